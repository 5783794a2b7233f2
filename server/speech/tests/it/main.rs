//! The speech crate on recorded human speech.

mod recognition;
mod segments;
#[path = "../support/mod.rs"]
mod support;
mod worker;
