//! The live side of events: one actor per room, and the handle through which everybody else speaks to it. The actor is the
//! room's only writer; what it decides comes from `rostrum_domain::room`.

mod actor;
mod commit;
mod concern;
mod feed;
mod links;
mod message;
mod registry;
mod speech;

pub use links::{Link, QUEUE, text};
pub use message::{Deps, DeskView, Entrance, Report, Reports, RoomHandle, Sitting, reports};
pub use registry::{RoomError, Rooms};

#[cfg(test)]
mod tests;
