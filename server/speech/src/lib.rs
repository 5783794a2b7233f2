//! Speech recognition in its own process: a speaker's Opus packets in, captions with exact times out.
//!
//! The server holds a [`client::SpeechClient`]; the process it starts runs [`worker::run`]. Between them is a pipe that
//! speaks [`protocol`]. A crash or a CPU storm of the engine cannot touch media, and what is not understood is said to be
//! lost, never left out in silence. All text from here is machine output: a draft until a person has read it.

pub mod client;
pub mod clock;
pub mod engine;
pub mod glossary;
pub mod moonshine;
pub mod opus_track;
pub mod partials;
pub mod protocol;
pub mod segmenter;
pub mod wer;
pub mod worker;
