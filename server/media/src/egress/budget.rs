//! How much video a subscriber's network carries, from what it reports lost: down when more than 8 % is missing, up
//! again after five clean seconds. Audio is not part of it: it always goes.

use std::time::{Duration, Instant};

const MANY_LOST: f32 = 0.08;
const FEW_LOST: f32 = 0.02;
/// Clean time before more is tried. Longer recovers late, shorter provokes loss more often.
const PATIENCE: Duration = Duration::from_secs(5);
/// Below this no picture is worth sending.
const FLOOR: u32 = 120_000;
const PERIOD: Duration = Duration::from_secs(1);

/// Counts one second, then decides.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    received: u32,
    missing: u32,
    worst_report: Option<u8>,
    video_bytes: usize,
    period_start: Option<Instant>,
    clean_since: Option<Instant>,
    limit: Option<u32>,
}

impl Budget {
    /// Bits per second of video, `None` while nothing speaks against any amount.
    pub fn limit(&self) -> Option<u32> {
        self.limit
    }

    pub fn count(&mut self, video: bool, bytes: usize) {
        if video {
            self.video_bytes += bytes;
        }
    }

    pub fn hear_transport(&mut self, received: u16, missing: u16) {
        self.received = self.received.saturating_add(u32::from(received));
        self.missing = self.missing.saturating_add(u32::from(missing));
    }

    pub fn hear_report(&mut self, fraction: u8) {
        self.worst_report = self.worst_report.max(Some(fraction));
    }

    /// Call about once a second; true when the limit changed.
    pub fn decide(&mut self, now: Instant) -> bool {
        let Some(start) = self.period_start else {
            self.period_start = Some(now);
            return false;
        };
        let passed = now.saturating_duration_since(start);
        if passed < PERIOD {
            return false;
        }
        let sent = (self.video_bytes as f64 * 8.0 / passed.as_secs_f64()) as u32;
        let loss = self.loss();
        (self.received, self.missing, self.worst_report, self.video_bytes) = (0, 0, None, 0);
        self.period_start = Some(now);
        let before = self.limit;
        match loss {
            Some(loss) if loss > MANY_LOST => {
                self.clean_since = None;
                let rate = self.limit.map_or(sent, |limit| limit.min(sent.max(FLOOR)));
                self.limit = Some(((rate as f32 * (1.0 - loss.min(0.5)) * 0.9) as u32).max(FLOOR));
            }
            Some(loss) if loss > FEW_LOST => self.clean_since = None,
            _ => {
                let since = *self.clean_since.get_or_insert(now);
                if now.saturating_duration_since(since) >= PATIENCE {
                    self.clean_since = Some(now);
                    self.limit = self
                        .limit
                        .map(|limit| limit + limit / 2)
                        .filter(|limit| *limit < 20_000_000);
                }
            }
        }
        before != self.limit
    }

    /// Packet counts are exact and say most; receiver reports serve those who do not count.
    fn loss(&self) -> Option<f32> {
        let total = self.received + self.missing;
        if total >= 10 {
            return Some(self.missing as f32 / total as f32);
        }
        self.worst_report.map(|fraction| f32::from(fraction) / 256.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::origin;

    fn second(budget: &mut Budget, now: &mut Instant, lost: u16) {
        *now += PERIOD;
        budget.count(true, 250_000);
        budget.hear_transport(100 - lost, lost);
        budget.decide(*now);
    }

    #[test]
    fn loss_lowers_the_limit_and_clean_time_raises_it() {
        let (mut budget, mut now) = (Budget::default(), origin());
        budget.decide(now);
        second(&mut budget, &mut now, 3);
        assert_eq!(budget.limit(), None, "3 % is what retransmission is for");
        second(&mut budget, &mut now, 20);
        let low = budget.limit().unwrap();
        assert!(low < 2_000_000);
        for _ in 0..7 {
            second(&mut budget, &mut now, 0);
        }
        assert!(budget.limit().unwrap() > low);
        for _ in 0..60 {
            second(&mut budget, &mut now, 0);
        }
        assert_eq!(budget.limit(), None);
    }

    #[test]
    fn the_limit_never_falls_below_the_floor() {
        let (mut budget, mut now) = (Budget::default(), origin());
        budget.decide(now);
        for _ in 0..100 {
            second(&mut budget, &mut now, 90);
        }
        assert_eq!(budget.limit(), Some(FLOOR));
    }
}
