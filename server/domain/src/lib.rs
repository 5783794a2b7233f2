//! The vocabulary and the rules of Rostrum: pure, without clock, randomness, sockets, files or database.

pub mod caption;
pub mod event;
pub mod id;
pub mod media;
pub mod person;
pub mod policy;
pub mod publication;
pub mod question;
pub mod room;
pub mod signal;
pub mod text;
pub mod time;
pub mod transcript;
