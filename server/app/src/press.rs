//! The press centre: what the public may read without sign-in. Rendered on the server, readable without script, no third
//! party asked. It shows announced events and released editions, by types of its own: nothing of the staff's views can leak in.

mod answer;
mod calendar;
mod dates;
mod event_page;
mod event_routes;
mod feed;
mod feed_routes;
mod files;
mod forms;
mod home_page;
mod layout;
mod missing_page;
mod oembed;
mod public;
mod quote_page;
mod record_page;
mod register;
mod respond;
mod routes;
mod search_page;
mod search_routes;
mod signatures_page;
mod sitemap;
mod source;
mod structured;
mod waits;
mod words;

pub use answer::not_found;
pub use public::{PublicEdition, PublicEvent, PublicRecord};
pub use routes::routes;
pub use words::LANGUAGES;

#[cfg(test)]
mod tests;
