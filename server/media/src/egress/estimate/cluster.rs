//! A probe: packets sent faster than the network is known to carry. How fast they come out at the other end is how much
//! it carries.

/// Of the probe's packets so many must have come: fewer measure nothing.
const MIN_ARRIVED: u32 = 4;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cluster {
    packets: u32,
    bytes: u32,
    first_bytes: u32,
    last_bytes: u32,
    first_sent: Option<u32>,
    last_sent: u32,
    closed: bool,
    came: u32,
    gone: u32,
    came_bytes: u32,
    first_came: Option<(i64, u32)>,
    last_came: i64,
}

impl Cluster {
    /// Whether a packet sent at `at` (ticks of 10 µs) belongs to the probe.
    pub(super) fn takes(&mut self, at: u32, bytes: usize) -> bool {
        if self.closed {
            return false;
        }
        let bytes = bytes as u32;
        if self.first_sent.is_none() {
            (self.first_sent, self.first_bytes) = (Some(at), bytes);
        }
        self.last_sent = at;
        self.last_bytes = bytes;
        self.packets += 1;
        self.bytes += bytes;
        true
    }

    pub(super) fn close(&mut self) {
        self.closed = true;
    }

    pub(super) fn arrived(&mut self, at_us: i64, bytes: u32) {
        self.came += 1;
        self.came_bytes += bytes;
        if self.first_came.is_none() {
            self.first_came = Some((at_us, bytes));
        }
        self.last_came = self.last_came.max(at_us);
    }

    pub(super) fn lost(&mut self) {
        self.gone += 1;
    }

    /// Bits per second, once all of it was heard of. Sent and received rates bound each other; when it came out slower
    /// than it went in, it came out as fast as the network can, and a little room is left to that.
    pub(super) fn result(&self) -> Option<u32> {
        if !self.closed || self.came + self.gone < self.packets {
            return None;
        }
        let measured = || {
            let (first_came, first_came_bytes) = self.first_came?;
            let received = rate(self.came_bytes - first_came_bytes, self.last_came - first_came)?;
            let sent_us = i64::from(self.last_sent.wrapping_sub(self.first_sent?)) * 10;
            // Without the last: time between the first and the last packet is what the others took to leave.
            let sent = rate(self.bytes - self.last_bytes, sent_us)?;
            Some(if received < sent / 10 * 9 {
                received / 20 * 19
            } else {
                received.min(sent)
            })
        };
        let enough = self.came >= MIN_ARRIVED && self.gone * 10 <= self.packets * 2;
        Some(if enough { measured().unwrap_or(0) } else { 0 })
    }
}

fn rate(bytes: u32, micros: i64) -> Option<u32> {
    let micros = u64::try_from(micros).ok().filter(|micros| *micros > 0)?;
    u32::try_from(u64::from(bytes) * 8_000_000 / micros).ok()
}
