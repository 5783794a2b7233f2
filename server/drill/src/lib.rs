//! The synthetic press corps: real WebRTC and WebSocket clients that go through the server's public doors, and nothing
//! else. It plays the demonstration, loads a server, measures it, and is the cast of the black-box tests.

pub mod assets;
pub mod bench;
pub mod cli;
pub mod client;
pub mod demo;
pub mod ivf;
pub mod load;
pub mod mint;
pub mod office;
pub mod ogg;
mod peer;
pub mod people;
pub mod publish;
pub mod show;
pub mod signal;
pub mod subscribe;
pub mod voice;

pub use peer::PeerError;
