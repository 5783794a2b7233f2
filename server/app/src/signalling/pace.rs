//! How fast one socket may speak: a bucket that fills with time. Pure; the caller says what time it is.

use tokio::time::Instant;

/// Messages that may come at once. Higher: a reconnecting client sends its backlog in one go; lower: floods are cut earlier.
const BURST: f64 = 60.0;
/// Messages a second over time. A person clicks once a second, a client pings every few and reports its view on resize.
const RATE: f64 = 10.0;
/// Messages beyond the pace after which the socket is closed. Higher: broken clients are carried longer.
const PATIENCE: u32 = 200;

pub struct Pace {
    tokens: f64,
    at: Instant,
    beyond: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Fine,
    /// Refuse this one.
    TooFast,
    /// Close the socket.
    Enough,
}

impl Pace {
    pub fn new(now: Instant) -> Self {
        Self {
            tokens: BURST,
            at: now,
            beyond: 0,
        }
    }

    /// Counts one message.
    pub fn message(&mut self, now: Instant) -> Verdict {
        self.tokens = (self.tokens + now.duration_since(self.at).as_secs_f64() * RATE).min(BURST);
        self.at = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Verdict::Fine;
        }
        self.beyond += 1;
        if self.beyond > PATIENCE {
            Verdict::Enough
        } else {
            Verdict::TooFast
        }
    }
}

#[cfg(test)]
mod tests;
