//! From room time to programme time. The programme leaves out what was not captured (before live, off the record, after the
//! end), and captions move with it.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One stretch of room time that the programme shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    pub start: Timestamp,
    pub end: Timestamp,
    /// Where it begins in the programme.
    pub at_ms: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timeline(pub Vec<Kept>);

impl Timeline {
    /// Room time from `start` to `end` without `gaps`.
    pub fn without(start: Timestamp, end: Timestamp, gaps: &[(Timestamp, Timestamp)]) -> Self {
        let mut gaps = gaps.to_vec();
        gaps.sort_unstable();
        let mut kept = Vec::new();
        let mut from = start;
        let mut at_us = 0;
        let mut keep = |from: Timestamp, to: Timestamp| {
            if to > from {
                kept.push(Kept {
                    start: from,
                    end: to,
                    at_ms: at_us / 1000,
                });
                at_us += to.since(from).as_micros() as u64;
            }
        };
        for (gap_start, gap_end) in gaps {
            keep(from, gap_start.min(end));
            from = from.max(gap_end);
        }
        keep(from, end);
        Self(kept)
    }

    /// Where `time` falls in the programme; a moment that was left out falls on the cut.
    pub fn at(&self, time: Timestamp) -> u64 {
        let Some(kept) = self.0.iter().find(|kept| time < kept.end).or(self.0.last()) else {
            return 0;
        };
        let inside = time.max(kept.start).min(kept.end);
        kept.at_ms + inside.since(kept.start).as_micros() as u64 / 1000
    }

    /// Whether `time` is shown.
    pub fn shows(&self, time: Timestamp) -> bool {
        self.0.iter().any(|kept| kept.start <= time && time < kept.end)
    }

    pub fn duration_ms(&self) -> u64 {
        self.0.last().map_or(0, |kept| {
            kept.at_ms + kept.end.since(kept.start).as_micros() as u64 / 1000
        })
    }
}
