//! Does the delay grow? Packets sent together are one group; how much longer each group takes than the one before is
//! summed up, smoothed, and a line is laid through the last of these sums. A line that rises steeper than a threshold,
//! which adapts to the network's own jitter, means that a queue is filling (draft-ietf-rmcat-gcc-02, section 5, with
//! the line in the place of the Kalman filter, as browsers do).

use std::time::Duration;

/// Packets sent within this time are one group.
const GROUP_US: i64 = 5_000;
/// Groups on the line: at 50 sounds and 25 pictures a second about 0.4 s. More is calmer, fewer is faster.
const LINE: usize = 20;
const SMOOTHING: f32 = 0.9;
/// Slope to steepness, so that the threshold has the size it has in browsers: 12.5 is a slope of 0.05.
const GAIN: f32 = 240.0;
/// A rising line must hold so long.
const SUSTAINED_US: i64 = 10_000;
/// Less queue than this is no congestion, however steep.
const MIN_QUEUE_US: i64 = 25_000;
/// The least delay is taken over one to two such times, so that clocks may drift and routes may change.
const BASE_WINDOW_US: i64 = 10_000_000;
/// A step this large is a jump of a clock, not a queue.
const JUMP_US: i64 = 5_000_000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Usage {
    #[default]
    Normal,
    /// The queue grows.
    Over,
    /// The queue empties.
    Under,
}

#[derive(Clone, Copy)]
struct Group {
    first_sent: i64,
    last_sent: i64,
    last_arrival: i64,
}

pub(super) struct Trend {
    group: Option<Group>,
    before: Option<Group>,
    accumulated: f32,
    smoothed: f32,
    /// (arrival in µs, smoothed delay in ms), oldest first.
    line: [(i64, f32); LINE],
    count: usize,
    slope: f32,
    threshold: f32,
    rising_since: Option<i64>,
    usage: Usage,
    /// The least delay in the newest feedback.
    delay: i64,
    newest: bool,
    base: [Option<i64>; 2],
    base_since: i64,
}

impl Default for Trend {
    fn default() -> Self {
        Self {
            group: None,
            before: None,
            accumulated: 0.0,
            smoothed: 0.0,
            line: [(0, 0.0); LINE],
            count: 0,
            slope: 0.0,
            threshold: 12.5,
            rising_since: None,
            usage: Usage::Normal,
            delay: 0,
            newest: true,
            base: [None; 2],
            base_since: 0,
        }
    }
}

impl Trend {
    /// Another feedback packet begins.
    pub fn begin(&mut self) {
        self.newest = true;
    }

    /// A packet that arrived, in the order of sending; times in µs of the two ends' own clocks.
    pub fn add(&mut self, sent: i64, arrival: i64) {
        self.watch_delay(sent, arrival);
        let Some(group) = &mut self.group else {
            self.group = Some(Group::new(sent, arrival));
            return;
        };
        if sent < group.first_sent {
            return;
        }
        if sent - group.first_sent <= GROUP_US {
            group.last_sent = group.last_sent.max(sent);
            group.last_arrival = group.last_arrival.max(arrival);
            return;
        }
        let done = *group;
        self.group = Some(Group::new(sent, arrival));
        if let Some(before) = self.before.replace(done) {
            self.compare(before, done);
        }
    }

    /// A packet that says nothing of the trend went by: the next group has nothing to be compared with.
    pub fn skip(&mut self) {
        (self.group, self.before) = (None, None);
    }

    /// What was learnt of the slope is about a queue of our own making.
    pub fn forget_slope(&mut self) {
        self.skip();
        (self.count, self.slope, self.accumulated, self.smoothed) = (0, 0.0, 0.0, 0.0);
        self.rising_since = None;
        self.usage = Usage::Normal;
    }

    pub fn usage(&self) -> Usage {
        match self.usage {
            Usage::Over if self.queue_us() < MIN_QUEUE_US => Usage::Normal,
            usage => usage,
        }
    }

    pub fn slope(&self) -> f32 {
        self.slope
    }

    pub fn queue(&self) -> Duration {
        Duration::from_micros(self.queue_us().max(0) as u64)
    }

    pub fn accept_delay(&mut self) {
        self.base = [Some(self.delay), None];
    }

    fn queue_us(&self) -> i64 {
        self.base
            .iter()
            .flatten()
            .min()
            .map_or(0, |base| self.delay.saturating_sub(*base))
    }

    fn watch_delay(&mut self, sent: i64, arrival: i64) {
        let delay = arrival.saturating_sub(sent);
        // One late packet is jitter; a queue delays all of them.
        self.delay = if std::mem::take(&mut self.newest) {
            delay
        } else {
            self.delay.min(delay)
        };
        if self.base[0].is_none() || arrival.saturating_sub(self.base_since) > BASE_WINDOW_US {
            self.base = [None, self.base[0]];
            self.base_since = arrival;
        }
        self.base[0] = Some(self.base[0].map_or(delay, |base| base.min(delay)));
    }

    fn compare(&mut self, before: Group, done: Group) {
        let sent = done.last_sent - before.last_sent;
        let arrived = done.last_arrival - before.last_arrival;
        if arrived < 0 {
            return;
        }
        if (arrived - sent).abs() > JUMP_US {
            self.forget_slope();
            self.base = [None; 2];
            return;
        }
        self.accumulated += (arrived - sent) as f32 / 1e3;
        self.smoothed = SMOOTHING * self.smoothed + (1.0 - SMOOTHING) * self.accumulated;
        if self.count == LINE {
            self.line.rotate_left(1);
            self.count -= 1;
        }
        self.line[self.count] = (done.last_arrival, self.smoothed);
        self.count += 1;
        if self.count == LINE {
            let slope = slope(&self.line).unwrap_or(self.slope);
            self.judge(slope, arrived, done.last_arrival);
        }
    }

    fn judge(&mut self, slope: f32, passed_us: i64, at: i64) {
        let steepness = slope * GAIN;
        let growing = slope >= self.slope;
        self.slope = slope;
        if steepness > self.threshold {
            let since = *self.rising_since.get_or_insert(at - passed_us / 2);
            if at - since > SUSTAINED_US && growing {
                self.usage = Usage::Over;
            }
        } else {
            self.rising_since = None;
            self.usage = if steepness < -self.threshold {
                Usage::Under
            } else {
                Usage::Normal
            };
        }
        // Section 5.4: the threshold follows slowly upwards what jitter does, and faster downwards; sudden peaks do
        // not move it.
        let distance = steepness.abs() - self.threshold;
        if distance < 15.0 {
            let pace = if distance > 0.0 { 0.0087 } else { 0.039 };
            let passed_ms = (passed_us as f32 / 1e3).min(100.0);
            self.threshold = (self.threshold + pace * distance * passed_ms).clamp(6.0, 600.0);
        }
    }
}

impl Group {
    fn new(sent: i64, arrival: i64) -> Self {
        Self {
            first_sent: sent,
            last_sent: sent,
            last_arrival: arrival,
        }
    }
}

/// Least squares; `None` when all arrived at once.
fn slope(line: &[(i64, f32)]) -> Option<f32> {
    let count = line.len() as f32;
    let start = line.first()?.0;
    let since = |at: &i64| (at - start) as f32 / 1e3;
    let mean_x = line.iter().map(|(at, _)| since(at)).sum::<f32>() / count;
    let mean_y = line.iter().map(|(_, y)| y).sum::<f32>() / count;
    let (mut above, mut below) = (0.0, 0.0);
    for (at, y) in line {
        above += (since(at) - mean_x) * (y - mean_y);
        below += (since(at) - mean_x).powi(2);
    }
    (below > 0.0).then(|| above / below)
}
