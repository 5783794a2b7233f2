//! One received stream: its numbering, its recent packets, its rate and size.

use super::{capture::CaptureClock, rest::Rest};
use crate::{
    codec::{Codec, Size, h264},
    packet::{History, MediaPacket, TrackId, Unwrap},
};
use std::time::{Duration, Instant};

/// A layer counts as gone when it is silent for so long while another layer of the source goes on.
const GONE: Duration = Duration::from_millis(1_200);

pub(crate) struct Track {
    pub id: TrackId,
    pub ssrc: u32,
    pub codec: Codec,
    /// Simulcast layer, when named.
    pub rid: Option<String>,
    pub size: Option<Size>,
    pub history: History,
    pub clock: CaptureClock,
    unwrap: Unwrap,
    pub last: Option<Instant>,
    /// When its last key frame began.
    pub last_key: Option<Instant>,
    pub rest: Rest,
    bytes: usize,
    packets: u64,
    reported: Option<u64>,
    /// Bits per second on the wire, up to each temporal layer: high at once, low slowly, so that a picture which stands
    /// still for a moment is not taken for a small one.
    rates: [u32; 3],
    /// Bytes of this second, by temporal layer.
    temporal: [usize; 3],
}

/// What forwarding adds to a payload: RTP header, one extension, and SRTP's tag.
const HEADERS: usize = 36;
/// What remains of a rate after a second without that much.
const MEMORY: (u32, u32) = (7, 8);

fn decayed(rate: u32) -> u32 {
    (u64::from(rate) * u64::from(MEMORY.0) / u64::from(MEMORY.1)) as u32
}

/// What one second brought.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Second {
    pub bits: u32,
    pub expected: u64,
    pub received: u64,
}

impl Track {
    pub fn new(id: TrackId, ssrc: u32, codec: Codec, rid: Option<String>) -> Self {
        Self {
            id,
            ssrc,
            codec,
            rid,
            size: None,
            history: History::new(),
            clock: CaptureClock::new(codec.clock_rate()),
            unwrap: Unwrap::default(),
            last: None,
            last_key: None,
            rest: Rest::default(),
            bytes: 0,
            packets: 0,
            reported: None,
            rates: [0; 3],
            temporal: [0; 3],
        }
    }

    /// Numbers and remembers a packet.
    pub fn take(&mut self, now: Instant, packet: rtc::rtp::Packet) -> MediaPacket {
        let sequence = self.unwrap.extend(packet.header.sequence_number);
        let packet = MediaPacket::new(self.id, self.codec, sequence, &packet.header, packet.payload, now);
        self.last = Some(now);
        self.bytes += packet.payload.len() + 12;
        self.packets += 1;
        let temporal = packet.vp8.map_or(0, |descriptor| descriptor.temporal.min(2));
        self.temporal[usize::from(temporal)] += packet.payload.len() + HEADERS;
        if packet.entry && self.codec.is_video() {
            self.last_key = Some(now);
            let size = match self.codec {
                Codec::Vp8 => packet.vp8.and_then(|descriptor| descriptor.size),
                _ => h264::find_sps(&packet.payload).and_then(h264::sps_size),
            };
            self.size = size.or(self.size);
        }
        if self.codec.is_video() {
            self.history.keep(&packet);
        }
        packet
    }

    /// Closes a second of statistics.
    pub fn second(&mut self, passed: Duration) -> Second {
        let seconds = passed.as_secs_f64().max(0.1);
        let mut sum = 0;
        for (rate, bytes) in self.rates.iter_mut().zip(std::mem::take(&mut self.temporal)) {
            sum += bytes;
            let now = (sum as f64 * 8.0 / seconds) as u32;
            let resting = self.rest.paused();
            *rate = now.max(if resting { *rate } else { decayed(*rate) });
        }
        let highest = self.unwrap.highest();
        let expected = match (highest, self.reported) {
            (Some(highest), Some(reported)) => highest.saturating_sub(reported),
            _ => self.packets,
        };
        let second = Second {
            bits: (self.bytes as f64 * 8.0 / seconds) as u32,
            expected,
            received: self.packets.min(expected),
        };
        self.reported = highest;
        (self.bytes, self.packets) = (0, 0);
        second
    }

    /// Whether it may be chosen: it comes in, or would if it were wanted again.
    pub fn on_offer(&self, now: Instant, newest: Option<Instant>) -> bool {
        self.alive(newest) || self.rest.paused() || self.rest.expected(now)
    }

    /// Bits per second with temporal layers up to 0, 1, 2. Zero in its first second.
    pub fn rates(&self) -> [u32; 3] {
        self.rates
    }

    pub fn alive(&self, newest: Option<Instant>) -> bool {
        match (self.last, newest) {
            (Some(last), Some(newest)) => newest.saturating_duration_since(last) < GONE,
            _ => false,
        }
    }

    /// Sorts layers: by size once known, before that by the usual names.
    pub fn rank(&self) -> (u16, u8) {
        let named = match self.rid.as_deref() {
            Some("q" | "l" | "low" | "0") => 0,
            Some("h" | "m" | "mid" | "1") => 1,
            _ => 2,
        };
        (self.size.map_or(0, |size| size.1), named)
    }
}
