//! How a subscriber's network does, from what its receiver reports say: round trip, loss, jitter, and pictures that stood
//! still. Costs a few words per subscriber and nothing per packet.

use rostrum_domain::media::LinkHealth;
use std::time::{Duration, Instant};

/// Sender reports that may still be answered; browsers report every one to five seconds.
const REMEMBERED: usize = 6;
/// A receiver that reports nothing for so long is not known to lose anything.
const STALE: Duration = Duration::from_secs(8);

/// One report block about one of our streams (RFC 3550, section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Of 256 lost since the last report.
    pub fraction: u8,
    /// In units of the stream's clock.
    pub jitter: u32,
    /// Middle half of the NTP time of our last sender report; 0 when there was none.
    pub last: u32,
    /// Since then, 1/65536 s.
    pub delay: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Line {
    sent: [Option<(u32, Instant)>; REMEMBERED],
    next: usize,
    rtt: Option<Duration>,
    jitter: Duration,
    worst: u8,
    heard: Option<Instant>,
    freezes: u32,
    octets: u32,
}

impl Line {
    /// A sender report leaves with this NTP time.
    pub fn reported(&mut self, now: Instant, ntp_middle: u32) {
        self.sent[self.next] = Some((ntp_middle, now));
        self.next = (self.next + 1) % REMEMBERED;
    }

    pub fn hear(&mut self, now: Instant, block: Block, clock_rate: u32) {
        if self
            .heard
            .is_none_or(|heard| now.saturating_duration_since(heard) > Duration::from_millis(500))
        {
            self.worst = 0;
        }
        self.heard = Some(now);
        self.worst = self.worst.max(block.fraction);
        self.jitter = Duration::from_secs_f64(f64::from(block.jitter) / f64::from(clock_rate));
        let answered = self.sent.iter().flatten().find(|(middle, _)| *middle == block.last);
        if let Some((_, sent)) = answered.filter(|_| block.last != 0) {
            let held = Duration::from_secs_f64(f64::from(block.delay) / 65_536.0);
            let rtt = now.saturating_duration_since(*sent).saturating_sub(held);
            // Smoothed as in TCP (RFC 6298): one late report is not a slow network.
            self.rtt = Some(self.rtt.map_or(rtt, |before| before * 7 / 8 + rtt / 8));
        }
    }

    pub fn froze(&mut self) {
        self.freezes = self.freezes.saturating_add(1);
    }

    /// Closes a second; `octets` is all that was ever sent, wrapping.
    pub fn second(&mut self, now: Instant, passed: Duration, octets: u32, height: Option<u16>) -> LinkHealth {
        let sent = octets.wrapping_sub(std::mem::replace(&mut self.octets, octets));
        let fresh = self
            .heard
            .is_some_and(|heard| now.saturating_duration_since(heard) < STALE);
        LinkHealth {
            rtt_ms: self.rtt.filter(|_| fresh).map(|rtt| rtt.as_millis() as u32),
            loss: if fresh { f32::from(self.worst) / 256.0 } else { 0.0 },
            jitter_ms: if fresh { self.jitter.as_millis() as u32 } else { 0 },
            bitrate: (f64::from(sent) * 8.0 / passed.as_secs_f64().max(0.1)) as u32,
            height,
            freezes: std::mem::take(&mut self.freezes),
        }
    }
}

#[cfg(test)]
mod tests;
