//! The product seen from outside: what the black-box suites need to start the real binary on a real database, with a real
//! mail server beside it, and to talk to it like the people it is for.

pub mod postgres;
pub mod server;
pub mod smtp;

pub use server::TestServer;
pub use smtp::MailServer;
