//! One way of one client's connection: how long it takes, what it loses, how much it carries. A link of limited
//! bandwidth has a queue in front that drops what does not fit (drop-tail), as home routers do.

use super::{Dice, is_media};
use std::time::{Duration, Instant};

/// What is lost. Only media (RTP and RTCP) is; handshakes would repeat by timers of a second and blur what is tested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Loss {
    #[default]
    None,
    /// Each datagram alone.
    Even { per_mille: u64 },
    /// Gilbert and Elliott: a good state that loses nothing and a bad one that loses much.
    Bursts { begin: u64, end: u64, inside: u64 },
}

#[derive(Clone)]
pub struct Link {
    pub delay: Duration,
    /// At most so much more; the order is kept.
    pub jitter: Duration,
    /// Of 1000 datagrams, those that fall behind later ones.
    pub reordered: u64,
    pub loss: Loss,
    /// Also handshakes and checks are lost.
    pub merciless: bool,
    /// Bits per second; `None` is more than anybody sends.
    pub bandwidth: Option<u64>,
    /// As much as waits before the link at its bandwidth.
    pub queue: Duration,
    /// Nothing passes.
    pub cut: bool,
    inside_burst: bool,
    free: Option<Instant>,
    newest: Option<Instant>,
}

/// A packet that falls behind does so by this much.
const BEHIND: Duration = Duration::from_millis(15);
/// IPv4 and UDP headers.
const OVERHEAD: usize = 28;

impl Default for Link {
    fn default() -> Self {
        Self {
            delay: Duration::from_millis(10),
            jitter: Duration::ZERO,
            reordered: 0,
            loss: Loss::None,
            merciless: false,
            bandwidth: None,
            queue: Duration::from_millis(300),
            cut: false,
            inside_burst: false,
            free: None,
            newest: None,
        }
    }
}

impl Link {
    /// When the datagram arrives; `None` when it never does.
    pub(super) fn carry(&mut self, now: Instant, data: &[u8], dice: &mut Dice) -> Option<Instant> {
        if self.cut || (is_media(data) || self.merciless) && self.loses(dice) {
            return None;
        }
        let mut leaves = now;
        if let Some(bandwidth) = self.bandwidth {
            let begins = self.free.map_or(now, |free| free.max(now));
            if begins - now > self.queue {
                return None;
            }
            let bits = ((data.len() + OVERHEAD) * 8) as u64;
            leaves = begins + Duration::from_micros(bits * 1_000_000 / bandwidth);
            self.free = Some(leaves);
        }
        let jitter = Duration::from_micros(dice.below(self.jitter.as_micros() as u64 + 1));
        let arrives = leaves + self.delay + jitter;
        if dice.chance(self.reordered) {
            return Some(arrives + BEHIND);
        }
        let arrives = self.newest.map_or(arrives, |newest| newest.max(arrives));
        self.newest = Some(arrives);
        Some(arrives)
    }

    fn loses(&mut self, dice: &mut Dice) -> bool {
        match self.loss {
            Loss::None => false,
            Loss::Even { per_mille } => dice.chance(per_mille),
            Loss::Bursts { begin, end, inside } => {
                self.inside_burst = if self.inside_burst {
                    !dice.chance(end)
                } else {
                    dice.chance(begin)
                };
                self.inside_burst && dice.chance(inside)
            }
        }
    }
}
