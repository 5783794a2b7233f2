//! What one slot of a viewer received.

use super::{Picture, decoder::Decoder, repair::Repair};
use std::time::Instant;

#[derive(Clone, Debug)]
pub struct Seen {
    pub at: Instant,
    pub sequence: u16,
    pub timestamp: u32,
    pub marker: bool,
    pub tag: u8,
    /// Pictures only.
    pub picture: Option<Picture>,
}

pub struct SlotView {
    pub mid: String,
    pub video: bool,
    pub ssrc: u32,
    pub rtx_ssrc: Option<u32>,
    pub seen: Vec<Seen>,
    pub decoder: Decoder,
    pub(super) repair: Repair,
}

impl SlotView {
    /// Reads a media section of the answer.
    pub(super) fn from_section(section: &str) -> Self {
        let after = |prefix: &str| section.lines().find_map(|line| line.strip_prefix(prefix));
        let repairs = after("a=ssrc-group:FID ").and_then(|pair| pair.split(' ').nth(1));
        Self {
            mid: after("a=mid:").unwrap().to_owned(),
            video: section.starts_with("video"),
            ssrc: after("a=ssrc:").unwrap().split(' ').next().unwrap().parse().unwrap(),
            rtx_ssrc: repairs.map(|ssrc| ssrc.parse().unwrap()),
            seen: Vec::new(),
            decoder: Decoder::default(),
            repair: Repair::default(),
        }
    }

    /// Received packets in their order, each once.
    pub fn in_order(&self) -> Vec<Seen> {
        let mut seen = self.seen.clone();
        let Some(first) = seen.first().map(|packet| packet.sequence) else {
            return seen;
        };
        seen.sort_by_key(|packet| packet.sequence.wrapping_sub(first.wrapping_sub(1000)));
        seen.dedup_by_key(|packet| packet.sequence);
        seen
    }

    /// Numbers missing between the first and the last.
    pub fn missing(&self) -> usize {
        let seen = self.in_order();
        seen.windows(2)
            .map(|pair| usize::from(pair[1].sequence.wrapping_sub(pair[0].sequence)) - 1)
            .sum()
    }

    pub fn tag(&self) -> Option<u8> {
        self.seen.last().map(|packet| packet.tag)
    }
}
