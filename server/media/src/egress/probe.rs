//! When a subscriber's network is asked for more, and how: recent pictures are sent once more on the RTX stream, for a
//! moment and faster than the network is known to carry. A viewer that has all it wants is never probed.

use std::time::{Duration, Instant};

/// How long a probe lasts, when it is large enough by then. Longer measures better and queues more where it fails.
const LENGTH: Duration = Duration::from_millis(30);
/// At least so much is sent, else a slow network is measured by two packets.
const MIN_BYTES: usize = 6_000;
/// A probe that nobody's pictures can fill ends here.
const MAX_LENGTH: Duration = Duration::from_millis(150);
const STEP: Duration = Duration::from_millis(5);
/// After the network became narrow it is left alone so long.
const SETTLE: Duration = Duration::from_millis(1_000);
/// After a success the next follows as soon as the viewer's picture may have grown.
const NEXT: Duration = Duration::from_millis(150);
/// After failures it is tried less and less often. Longer recovers late, shorter spends 3 % of 300 kbit/s.
const MAX_WAIT: Duration = Duration::from_secs(4);
/// Feedback that does not come for so long, after the round trip, does not come.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug)]
enum State {
    Resting,
    /// Since when, how fast, how much was sent.
    Sending {
        since: Instant,
        rate: u32,
        sent: usize,
        step: Instant,
    },
    Waiting {
        until: Instant,
    },
}

#[derive(Debug)]
pub(crate) struct Prober {
    state: State,
    not_before: Option<Instant>,
    wait: Duration,
}

/// What a step of a probe asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Nothing,
    Start,
    /// Send so many bytes.
    Send(usize),
    /// All is sent.
    Sent,
    /// There was nothing to send.
    Empty,
    /// The feedback never came.
    Unanswered,
}

impl Default for Prober {
    fn default() -> Self {
        Self {
            state: State::Resting,
            not_before: None,
            wait: SETTLE,
        }
    }
}

impl Prober {
    /// The network became narrow.
    pub fn settle(&mut self, now: Instant) {
        self.not_before = Some(now + SETTLE);
    }

    pub fn succeeded(&mut self, now: Instant) {
        self.state = State::Resting;
        self.wait = SETTLE;
        self.not_before = Some(now + NEXT);
    }

    pub fn failed(&mut self, now: Instant) {
        self.state = State::Resting;
        self.not_before = Some(now + self.wait);
        self.wait = (self.wait * 2).min(MAX_WAIT);
    }

    /// Bytes that left while a probe is sent, its own and others.
    pub fn sent(&mut self, bytes: usize) {
        if let State::Sending { sent, .. } = &mut self.state {
            *sent += bytes;
        }
    }

    /// When [`Self::step`] has to be called, given that more is wanted or not.
    pub fn deadline(&self, wanted: bool) -> Option<Instant> {
        match self.state {
            State::Resting if wanted => self.not_before,
            State::Resting => None,
            State::Sending { step, .. } => Some(step),
            State::Waiting { until } => Some(until),
        }
    }

    /// `rate` is what a new probe shall try, in bits per second; `None` starts none.
    pub fn step(&mut self, now: Instant, rate: Option<u32>, round_trip: Duration) -> Step {
        match &mut self.state {
            State::Resting => {
                let (Some(rate), true) = (rate, self.not_before.is_some_and(|at| at <= now)) else {
                    return Step::Nothing;
                };
                self.state = State::Sending {
                    since: now,
                    rate,
                    sent: 0,
                    step: now,
                };
                Step::Start
            }
            State::Sending { step, .. } if *step > now => Step::Nothing,
            State::Sending {
                since,
                rate,
                sent,
                step,
            } => {
                let passed = now.saturating_duration_since(*since);
                let due = |time: Duration| (f64::from(*rate) / 8.0 * time.as_secs_f64()) as usize;
                if passed >= MAX_LENGTH || *sent >= due(LENGTH).max(MIN_BYTES) {
                    let empty = *sent == 0;
                    self.state = State::Waiting {
                        until: now + round_trip + PATIENCE,
                    };
                    return if empty { Step::Empty } else { Step::Sent };
                }
                *step = now + STEP;
                Step::Send((due(passed + STEP)).saturating_sub(*sent))
            }
            State::Waiting { until } if *until <= now => Step::Unanswered,
            State::Waiting { .. } => Step::Nothing,
        }
    }
}
