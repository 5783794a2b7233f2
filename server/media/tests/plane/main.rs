//! The plane as its clients meet it: real webrtc-rs connections, a virtual network and clock. File names are the list
//! of what is tested.

mod client;
mod consent;
mod identity;
mod isolation;
mod join;
mod loss;
mod malformed;
mod negotiation;
mod record;
mod simulcast;
mod switch;
mod voices;
mod world;
