//! The plane as its clients meet it: real webrtc-rs connections, a virtual network and clock. File names are the list
//! of what is tested.

mod bandwidth;
mod client;
mod consent;
mod cost;
mod determinism;
mod identity;
mod isolation;
mod join;
mod join_burst;
mod key_frame_storm;
mod loss;
mod malformed;
mod nack_storm;
mod negotiation;
mod network;
mod record;
mod replay;
mod resting_layers;
mod simulcast;
mod switch;
mod voices;
mod weather;
mod world;
