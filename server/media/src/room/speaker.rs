//! Who is speaking, with hysteresis: a cough takes nobody's picture away, a second of silence ends a speaker.

use rostrum_domain::id::SourceId;
use std::time::{Duration, Instant};

/// Speech at a normal microphone level is 80 to 110.
const SPEECH: u8 = 70;
/// How much louder another must be, and for how long, while the current speaker still speaks.
const MARGIN: u8 = 8;
const TAKE_OVER: Duration = Duration::from_millis(400);
/// When the current speaker has paused, the next one is faster.
const PAUSE: Duration = Duration::from_millis(300);
const SILENCE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(crate) struct Speaker {
    current: Option<SourceId>,
    spoke: Option<Instant>,
    challenger: Option<(SourceId, Instant)>,
}

impl Speaker {
    pub fn current(&self) -> Option<SourceId> {
        self.current
    }

    /// Call several times a second with the loudness (0 to 127) of each source; tells when the speaker changed.
    pub fn hear(&mut self, now: Instant, levels: &[(SourceId, u8)]) -> Option<Option<SourceId>> {
        let before = self.current;
        let level_of = |source| {
            levels
                .iter()
                .find(|(other, _)| *other == source)
                .map(|(_, level)| *level)
        };
        let current = self.current.and_then(level_of);
        if current.is_none() {
            // Gone from the stage: whoever speaks next need not wait.
            (self.current, self.spoke) = (None, None);
        }
        if current.is_some_and(|level| level >= SPEECH) {
            self.spoke = Some(now);
        }
        let pause = self.spoke.map_or(SILENCE, |spoke| now.saturating_duration_since(spoke));
        let loudest = levels
            .iter()
            .filter(|(source, level)| Some(*source) != self.current && *level >= SPEECH)
            .max_by_key(|(_, level)| *level);
        match loudest {
            Some((source, level)) if pause >= PAUSE || *level >= current.unwrap_or(0).saturating_add(MARGIN) => {
                let since = match self.challenger {
                    Some((challenger, since)) if challenger == *source => since,
                    _ => now,
                };
                self.challenger = Some((*source, since));
                let needed = if pause >= PAUSE { Duration::ZERO } else { TAKE_OVER };
                if now.saturating_duration_since(since) >= needed {
                    self.current = Some(*source);
                    self.spoke = Some(now);
                    self.challenger = None;
                }
            }
            _ => {
                self.challenger = None;
                if pause >= SILENCE {
                    self.current = None;
                }
            }
        }
        (before != self.current).then_some(self.current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::origin;

    #[test]
    fn a_cough_changes_nothing_and_silence_ends_a_speaker() {
        let minister: SourceId = "00000000-0000-7000-8000-000000000001".parse().unwrap();
        let journalist: SourceId = "00000000-0000-7000-8000-000000000002".parse().unwrap();
        let start = origin();
        let mut speaker = Speaker::default();
        let mut changes = Vec::new();
        for tick in 0..100u32 {
            let cough = (10..12).contains(&tick);
            let levels = [
                (minister, if tick < 40 { 95 } else { 0 }),
                (journalist, if cough || (60..80).contains(&tick) { 110 } else { 0 }),
            ];
            if let Some(change) = speaker.hear(start + Duration::from_millis(100) * tick, &levels) {
                changes.push((tick, change));
            }
        }
        assert_eq!(
            changes,
            [(0, Some(minister)), (49, None), (60, Some(journalist)), (89, None)]
        );
    }
}
