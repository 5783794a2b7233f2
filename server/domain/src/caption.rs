//! Published words as timed captions: WebVTT (W3C), SubRip and plain text. Pure functions of a frozen record, so the same
//! edition gives the same bytes for ever.

mod lines;
mod plain;
mod subrip;
mod webvtt;

pub use lines::{MAX_LINE, MAX_LINES, cues, lay_out};
pub use plain::plain;
pub use subrip::subrip;
pub use webvtt::webvtt;

/// One timed piece of speech before it is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    pub start_ms: u64,
    pub end_ms: u64,
    /// As the record labels the speaker.
    pub voice: String,
    pub language: String,
    pub text: String,
}

/// What stands on the screen from one moment to another: at most [`MAX_LINES`] lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    pub start_ms: u64,
    pub end_ms: u64,
    pub voice: String,
    pub language: String,
    pub lines: Vec<String>,
}

/// What every caption file says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    pub title: String,
    /// The public address of the record.
    pub source: String,
    /// "Edition 1 of 2026-11-19, …": one line.
    pub edition: String,
    /// How machines helped; one line.
    pub note: String,
}

#[cfg(test)]
mod tests;
