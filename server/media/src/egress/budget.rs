//! How much a subscriber's network carries. A network that never complained has no limit, and costs nothing. When its
//! delay grows, its queue stands or it loses much, the limit falls at once to what gets through; it rises again by
//! probes while the viewer could use more. Viewers without transport-wide feedback are judged by their receiver reports.

use super::{
    estimate::{Estimate, Usage},
    probe::{Prober, Step},
    rtcp::transport::Statuses,
};
use std::time::{Duration, Instant};

/// What is kept of what got through while the queue grew: the rest empties the queue.
const KEPT: f32 = 0.85;
/// The same when the queue grew slowly: the network is hardly too narrow.
const KEPT_SLOW: f32 = 0.95;
const STEEP: f32 = 0.1;
/// A queue of this length is emptied, whether it grows or stands. Longer lets sound be late, shorter mistakes a restless
/// radio network for a narrow one.
const STANDING: Duration = Duration::from_millis(100);
/// A queue of this length is emptied faster: less is kept.
const LONG: Duration = Duration::from_millis(300);
const KEPT_LONG: f32 = 0.7;
/// With more of a queue than this nothing is tried.
const SHORT: Duration = Duration::from_millis(60);
/// Loss that means a narrow network when something queues as well, and by itself: a radio network loses some without
/// being narrow, and retransmission repairs it.
const MANY_LOST_QUEUED: f32 = 0.10;
const MANY_LOST: f32 = 0.15;
const FEW_LOST: f32 = 0.02;
/// Loss alone never takes more, nor the smallest picture: it says little of the network's width.
const FLOOR: u32 = 150_000;
/// Less than a voice is no estimate.
const LEAST: u32 = 40_000;
/// Growth per second between probes.
const GROWTH: f32 = 0.08;
const CALM: Duration = Duration::from_secs(1);
/// More than this is no limit.
const CEILING: u32 = 40_000_000;
/// Feedback comes every 50 to 100 ms; silence for so long while packets are sent is a broken path.
const SILENCE: Duration = Duration::from_millis(1_500);
/// Clean reports before more is tried, for viewers that send nothing better.
const PATIENCE: Duration = Duration::from_secs(5);
const PERIOD: Duration = Duration::from_secs(1);
/// Transport-wide feedback packets heard per second; browsers send at most 20.
const MAX_FEEDBACK: u32 = 60;

/// What the allocator made of the limit, so that it is asked again only when its answer would differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Allocated {
    /// Bits per second of all that is sent now.
    pub spent: u32,
    /// The limit at which more would be sent; `u32::MAX` when there is no more.
    pub next: u32,
    /// Bits per second of all that would be useful.
    pub need: u32,
    /// Bits per second of sound and the least picture.
    pub least: u32,
}

#[derive(Default)]
pub(crate) struct Budget {
    estimate: Estimate,
    prober: Prober,
    limit: Option<u32>,
    allocated: Allocated,
    allocated_for: Option<u32>,
    decreased: Option<Instant>,
    grown: Option<Instant>,
    /// Decreases because of a queue that stood, and how long it was at the first.
    standing: (u8, Duration),
    /// One second of counting.
    since: Option<Instant>,
    bytes: usize,
    received: u32,
    missing: u32,
    feedbacks: u32,
    pub unknown: u32,
    loss: f32,
    worst_report: Option<u8>,
    clean_since: Option<Instant>,
}

impl Budget {
    /// Bits per second of sound and pictures, `None` while nothing speaks against any amount.
    pub fn limit(&self) -> Option<u32> {
        self.limit
    }

    /// Notes a packet that left; `number` is its transport-wide one.
    pub fn sent(&mut self, now: Instant, number: Option<u16>, bytes: usize) {
        self.bytes += bytes;
        if let Some(number) = number {
            self.estimate.sent(now, number, bytes);
            self.prober.sent(bytes);
        }
    }

    /// The allocator's answer to the present limit.
    pub fn allocate(&mut self, allocated: Allocated) {
        self.allocated = allocated;
        self.allocated_for = self.limit;
    }

    /// True when the allocator would answer otherwise now.
    pub fn stale(&self) -> bool {
        let Some(limit) = self.limit else {
            return self.allocated_for.is_some();
        };
        let fell = self.allocated_for.is_none_or(|before| limit < before - before / 32);
        fell && limit < self.allocated.spent || limit >= self.allocated.next
    }

    pub fn hear_transport(&mut self, now: Instant, statuses: Statuses<'_>) {
        self.feedbacks += 1;
        if self.feedbacks > MAX_FEEDBACK {
            return;
        }
        let heard = self.estimate.hear(now, statuses);
        self.received += heard.received;
        self.missing += heard.missing;
        self.unknown = self.unknown.saturating_add(heard.unknown);
        if let Some(rate) = heard.probed {
            self.probed(now, rate);
        }
        if self.estimate.probing() {
            return;
        }
        match self.estimate.usage() {
            Usage::Over => self.congested(now),
            Usage::Normal if self.estimate.queue() > STANDING => self.congested_standing(now),
            Usage::Normal => self.grow(now),
            Usage::Under => {}
        }
    }

    /// Receiver report: fraction of 256 lost.
    pub fn hear_report(&mut self, fraction: u8) {
        self.worst_report = self.worst_report.max(Some(fraction));
    }

    fn congested(&mut self, now: Instant) {
        if self.just_decreased(now) {
            return;
        }
        let kept = match self.estimate.queue() {
            queue if queue > LONG => KEPT_LONG,
            queue if queue > STANDING || self.estimate.slope() > STEEP => KEPT,
            _ => KEPT_SLOW,
        };
        if let Some(narrowed) = self.estimate.narrowed() {
            self.lower(now, (narrowed as f32 * kept) as u32);
        }
    }

    fn congested_standing(&mut self, now: Instant) {
        if self.just_decreased(now) {
            return;
        }
        let queue = self.estimate.queue();
        let (times, first) = self.standing;
        self.standing = match times {
            // Twice less was sent and the delay stayed: it is the path's.
            2 if queue > first / 5 * 4 => {
                self.estimate.accept_delay();
                return self.standing = (0, Duration::ZERO);
            }
            0 | 2 => (1, queue),
            _ => (times + 1, first),
        };
        self.congested(now);
    }

    fn lower(&mut self, now: Instant, rate: u32) {
        self.limit = Some(self.limit.unwrap_or(u32::MAX).min(rate.max(LEAST)));
        self.decreased = Some(now);
        self.prober.settle(now);
    }

    /// A decrease has to be seen by the receiver and told before there is another.
    fn just_decreased(&self, now: Instant) -> bool {
        let patience = (self.estimate.round_trip() + Duration::from_millis(100))
            .clamp(Duration::from_millis(200), Duration::from_secs(1));
        self.decreased
            .is_some_and(|at| now.saturating_duration_since(at) < patience)
    }

    /// Slowly up between probes, never far beyond what was seen to get through.
    fn grow(&mut self, now: Instant) {
        self.standing = (0, Duration::ZERO);
        let since = self.grown.replace(now);
        let (Some(limit), Some(since), Some(arriving)) = (self.limit, since, self.estimate.arriving()) else {
            return;
        };
        let calm = self
            .decreased
            .is_none_or(|at| now.saturating_duration_since(at) >= CALM);
        if calm && self.short() && self.loss <= FEW_LOST {
            let passed = now.saturating_duration_since(since).as_secs_f32().min(1.0);
            let grown = (limit as f32 * (1.0 + GROWTH * passed)) as u32;
            self.limit = Some(grown.min(arriving.saturating_add(arriving / 2)).max(limit));
        }
    }

    fn probed(&mut self, now: Instant, rate: u32) {
        let Some(limit) = self.limit else {
            return self.prober.failed(now);
        };
        if rate > limit {
            self.limit = Some(rate).filter(|rate| *rate < CEILING);
        }
        if rate > limit + limit / 5 {
            self.prober.succeeded(now);
        } else {
            self.prober.failed(now);
        }
    }

    /// The viewer could use more than the limit.
    fn short(&self) -> bool {
        self.limit.is_some_and(|limit| limit < self.target())
    }

    /// With room for what the allocator keeps back before it raises anything.
    fn target(&self) -> u32 {
        self.allocated.need.saturating_add(self.allocated.need / 4)
    }

    fn wants_probe(&self) -> bool {
        self.short() && self.loss <= MANY_LOST && self.estimate.queue() < SHORT
    }

    /// When [`Self::step`] has to be called.
    pub fn deadline(&self) -> Option<Instant> {
        self.prober.deadline(self.wants_probe())
    }

    /// Drives a probe: bytes to be sent now, of pictures that were sent before.
    pub fn step(&mut self, now: Instant) -> Option<usize> {
        let rate = match self.limit {
            Some(limit) if self.wants_probe() => {
                let twice = limit.saturating_mul(2).saturating_add(limit / 2);
                Some(twice.min(self.target()).max(limit + limit / 2))
            }
            _ => None,
        };
        match self.prober.step(now, rate, self.estimate.round_trip()) {
            Step::Nothing => None,
            Step::Start => {
                self.estimate.probe();
                self.prober_bytes(now)
            }
            Step::Send(bytes) => Some(bytes).filter(|bytes| *bytes > 0),
            Step::Sent => {
                self.estimate.probe_sent();
                None
            }
            Step::Empty => {
                // Nothing to probe with: the only way to learn is to send more.
                self.estimate.abandon_probe();
                self.prober.failed(now);
                self.limit = self.limit.map(|limit| (limit * 2).min(self.target()).max(limit));
                None
            }
            Step::Unanswered => {
                self.estimate.abandon_probe();
                self.prober.failed(now);
                None
            }
        }
    }

    fn prober_bytes(&mut self, now: Instant) -> Option<usize> {
        match self.prober.step(now, None, Duration::ZERO) {
            Step::Send(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Call about once a second: what is known by counting.
    pub fn decide(&mut self, now: Instant) {
        let Some(since) = self.since else {
            self.since = Some(now);
            return;
        };
        let passed = now.saturating_duration_since(since);
        if passed < PERIOD {
            return;
        }
        self.since = Some(now);
        let sent = (std::mem::take(&mut self.bytes) as f64 * 8.0 / passed.as_secs_f64()) as u32;
        let (received, missing) = (std::mem::take(&mut self.received), std::mem::take(&mut self.missing));
        let report = self.worst_report.take();
        self.feedbacks = 0;
        match self.estimate.heard {
            Some(heard) if now.saturating_duration_since(heard) > SILENCE && sent > LEAST => {
                self.lower(now, (self.limit.unwrap_or(sent).min(sent) / 2).max(FLOOR));
            }
            Some(_) if received + missing >= 20 => {
                self.loss = missing as f32 / (received + missing) as f32;
                let queued = self.estimate.queue() > SHORT && self.loss > MANY_LOST_QUEUED;
                if queued || self.loss > MANY_LOST {
                    let rate = self.limit.unwrap_or(sent).min(sent) as f32 * (1.0 - self.loss / 2.0);
                    self.lower(now, (rate as u32).max(self.floor()));
                }
            }
            Some(_) => self.loss = 0.0,
            None => self.judge_report(now, sent, report.map(|fraction| f32::from(fraction) / 256.0)),
        }
    }

    fn floor(&self) -> u32 {
        self.allocated.least.saturating_add(self.allocated.least / 8).max(FLOOR)
    }

    fn judge_report(&mut self, now: Instant, sent: u32, loss: Option<f32>) {
        match loss {
            Some(loss) if loss > MANY_LOST => {
                self.clean_since = None;
                let rate = self.limit.unwrap_or(sent).min(sent) as f32 * (1.0 - loss.min(0.5)) * 0.9;
                self.lower(now, (rate as u32).max(self.floor()));
            }
            Some(loss) if loss > FEW_LOST => self.clean_since = None,
            _ => {
                let since = *self.clean_since.get_or_insert(now);
                if now.saturating_duration_since(since) >= PATIENCE {
                    self.clean_since = Some(now);
                    let raised = self.limit.map(|limit| limit + limit / 2);
                    self.limit = raised.filter(|limit| *limit < CEILING);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
