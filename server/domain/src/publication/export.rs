//! A frozen edition in the forms that archives, broadcasters and reference managers read. Each is a function of the edition
//! and its address only, so it can be made again at any time, byte for byte.

pub mod akoma_ntoso;
pub mod citation;
pub mod ttml;
mod xml;

use crate::{
    publication::{Block, Manifest, Record},
    time::Timestamp,
    transcript::SegmentKind,
};
use jiff::{Zoned, tz::TimeZone};

/// A released edition and where the public finds it.
#[derive(Clone, Copy, Debug)]
pub struct Released<'a> {
    pub record: &'a Record,
    pub manifest: &'a Manifest,
    pub manifest_sha256: &'a str,
    /// Public address of the house without a slash at the end.
    pub base: &'a str,
    /// Language of titles and of the address; the text is in the languages spoken.
    pub lang: &'a str,
}

impl Released<'_> {
    pub fn url(&self) -> String {
        format!("{}/{}{}", self.base, self.lang, self.record.event.path)
    }

    /// `Regular press briefing 22/2026`
    pub fn number(&self) -> String {
        let event = &self.record.event;
        format!("{} {}/{}", event.series_name.read(self.lang), event.number, event.year)
    }

    /// When the briefing was held.
    pub fn held_at(&self) -> Timestamp {
        held_at(self.record)
    }

    /// `2026-11-19`, where the event was.
    pub fn held_on(&self) -> String {
        local(self.held_at(), &self.record.event.zone)
            .strftime("%Y-%m-%d")
            .to_string()
    }
}

/// When a briefing was held: when it went live, else when it was to begin.
pub fn held_at(record: &Record) -> Timestamp {
    record.event.live_since.unwrap_or(record.event.starts_at)
}

/// Stage notes stand in brackets, so that nobody quotes them.
pub fn shown(block: &Block, text: &str) -> String {
    if block.kind == SegmentKind::StageNote {
        format!("({})", text.trim_matches(['(', ')', '[', ']']))
    } else {
        text.to_owned()
    }
}

fn local(at: Timestamp, zone: &str) -> Zoned {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    jiff::Timestamp::from_microsecond(at.micros())
        .unwrap_or_default()
        .to_zoned(zone)
}

fn utc(at: Timestamp) -> String {
    local(at, "UTC").strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests;
