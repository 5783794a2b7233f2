//! Asks a publisher for key frames: at once, but at most once in 300 ms for all that want one (Chromium ignores the
//! rest, and answers on all layers), again until the key frame is there.

use crate::packet::TrackId;
use std::time::{Duration, Instant};

const SPACING: Duration = Duration::from_millis(300);
const REPEAT: Duration = Duration::from_millis(320);
/// A layer that gives no key frame for so long is not coming; whoever still wants it asks again.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(crate) struct KeyFrames {
    wanted: Vec<(TrackId, Instant)>,
    asked: Option<Instant>,
    due: Option<Instant>,
}

impl KeyFrames {
    pub fn want(&mut self, now: Instant, track: TrackId) {
        match self.wanted.iter_mut().find(|(wanted, _)| *wanted == track) {
            Some((_, since)) => *since = now,
            None => self.wanted.push((track, now)),
        }
        let earliest = self.asked.map_or(now, |asked| asked + SPACING).max(now);
        self.due = Some(self.due.map_or(earliest, |due| due.min(earliest)));
    }

    /// A key frame has begun.
    pub fn seen(&mut self, track: TrackId) {
        self.wanted.retain(|(wanted, _)| *wanted != track);
        if self.wanted.is_empty() {
            self.due = None;
        }
    }

    /// A track to ask now, if any.
    pub fn poll(&mut self, now: Instant) -> Option<TrackId> {
        if self.due.is_none_or(|due| due > now) {
            return None;
        }
        self.wanted
            .retain(|(_, since)| now.saturating_duration_since(*since) < PATIENCE);
        self.due = None;
        let (track, _) = *self.wanted.first()?;
        self.asked = Some(now);
        self.due = Some(now + REPEAT);
        Some(track)
    }

    pub fn due(&self) -> Option<Instant> {
        self.due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::origin;

    #[test]
    fn requests_are_joined_and_repeated_until_the_key_frame_comes() {
        let start = origin();
        let at = |millis| start + Duration::from_millis(millis);
        let mut keyframes = KeyFrames::default();
        let mut asked = Vec::new();
        for millis in 0..2_000 {
            if millis < 200 {
                keyframes.want(at(millis), TrackId(1));
                keyframes.want(at(millis), TrackId(2));
            }
            if millis == 1_000 {
                keyframes.seen(TrackId(1));
                keyframes.seen(TrackId(2));
            }
            if keyframes.poll(at(millis)).is_some() {
                asked.push(millis);
            }
        }
        assert_eq!(asked, [0, 300, 620, 940]);
    }
}
