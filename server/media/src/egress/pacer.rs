//! Spreads a burst of pictures (a key frame is ten times a usual one) over the time its network needs for it, so that
//! the sound behind it is not late. Only viewers whose network has a limit are paced, sound never is, and what fits
//! leaves at once.

use crate::packet::MediaPacket;
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Faster than the limit, since the limit is an average and pictures come in turns.
const FACTOR: f32 = 1.5;
/// What may leave at once: this much time at the paced rate, and two packets. More is a longer queue in the network,
/// less is more wake-ups here.
const BURST: f32 = 0.040;
const BURST_BYTES: f32 = 2_400.0;
/// Pictures held back for longer than this are worth nothing; the slot waits for the next key frame instead.
const MAX_HELD: f32 = 1.0;
/// Bytes that may always be held: a key frame of the smallest layer.
const MAX_HELD_BYTES: f32 = 30_000.0;
const STEP: Duration = Duration::from_millis(5);

#[derive(Default)]
pub(crate) struct Pacer {
    /// Slots and their packets in the order of coming.
    held: VecDeque<(usize, MediaPacket)>,
    held_bytes: f32,
    /// Bytes that left and are not through the network yet.
    debt: f32,
    at: Option<Instant>,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Now,
    Held,
    /// Too much is held already: everything held was given up.
    GivenUp,
}

impl Pacer {
    /// A packet of a picture wants to leave. `limit` in bits per second.
    pub fn admit(&mut self, slot: usize, packet: &MediaPacket, limit: Option<u32>) -> Fate {
        let Some(limit) = limit else {
            // What is held goes first; it is due at once.
            if self.held.is_empty() {
                return Fate::Now;
            }
            self.hold(slot, packet);
            return Fate::Held;
        };
        self.pay(packet.arrived, limit);
        if self.held.is_empty() && self.debt < burst(limit) {
            self.debt += packet.payload.len() as f32;
            return Fate::Now;
        }
        if self.held_bytes > MAX_HELD_BYTES.max(pace(limit) * MAX_HELD) {
            self.held.clear();
            self.held_bytes = 0.0;
            return Fate::GivenUp;
        }
        self.hold(slot, packet);
        Fate::Held
    }

    fn hold(&mut self, slot: usize, packet: &MediaPacket) {
        self.held_bytes += packet.payload.len() as f32;
        self.held.push_back((slot, packet.clone()));
    }

    /// The next packet whose turn has come.
    pub fn release(&mut self, now: Instant, limit: Option<u32>) -> Option<(usize, MediaPacket)> {
        if let Some(limit) = limit {
            self.pay(now, limit);
            if self.debt >= burst(limit) {
                return None;
            }
        }
        let (slot, packet) = self.held.pop_front()?;
        self.held_bytes -= packet.payload.len() as f32;
        self.debt += packet.payload.len() as f32;
        Some((slot, packet))
    }

    /// Retransmissions and probes do not wait, and pictures wait for them.
    pub fn spend(&mut self, bytes: usize) {
        if self.at.is_some() {
            self.debt += bytes as f32;
        }
    }

    pub fn deadline(&self) -> Option<Instant> {
        let at = self.at.filter(|_| !self.held.is_empty())?;
        Some(at + STEP)
    }

    /// When it was last used.
    pub fn since(&self) -> Option<Instant> {
        self.at
    }

    #[cfg(test)]
    fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    fn pay(&mut self, now: Instant, limit: u32) {
        let passed = self
            .at
            .map_or(0.0, |at| now.saturating_duration_since(at).as_secs_f32());
        self.at = Some(now);
        self.debt = (self.debt - pace(limit) * passed).max(0.0);
    }
}

/// Bytes per second.
fn pace(limit: u32) -> f32 {
    limit as f32 * FACTOR / 8.0
}

fn burst(limit: u32) -> f32 {
    pace(limit) * BURST + BURST_BYTES
}

#[cfg(test)]
mod tests;
