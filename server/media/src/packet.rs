//! One received media packet as everything behind the ingest sees it: authenticated, repaired, numbered without wrapping.

use crate::codec::{Codec, h264, vp8};
use bytes::Bytes;
use std::time::Instant;

/// One stream of RTP packets of a publisher: its audio, or one simulcast layer. Unique in a plane, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TrackId(pub u64);

#[derive(Clone, Debug)]
pub(crate) struct MediaPacket {
    pub track: TrackId,
    pub codec: Codec,
    /// Sequence number with its cycles (RFC 3550, appendix A.1).
    pub sequence: u64,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Bytes,
    pub vp8: Option<vp8::Descriptor>,
    /// Decoding may start here. Always so for audio.
    pub entry: bool,
    pub arrived: Instant,
}

impl MediaPacket {
    pub fn new(
        track: TrackId,
        codec: Codec,
        sequence: u64,
        header: &rtc::rtp::Header,
        payload: Bytes,
        arrived: Instant,
    ) -> Self {
        let vp8 = match codec {
            Codec::Vp8 => vp8::Descriptor::parse(&payload),
            _ => None,
        };
        let entry = match codec {
            Codec::Opus => true,
            Codec::Vp8 => vp8.is_some_and(|descriptor| descriptor.key),
            Codec::H264 => h264::starts_key_frame(&payload),
        };
        Self {
            track,
            codec,
            sequence,
            timestamp: header.timestamp,
            marker: header.marker,
            payload,
            vp8,
            entry,
            arrived,
        }
    }
}

/// Gives 16-bit sequence numbers their cycles back. Starts at one cycle, so that early stragglers stay positive.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Unwrap {
    highest: Option<u64>,
}

impl Unwrap {
    pub fn extend(&mut self, number: u16) -> u64 {
        let Some(highest) = self.highest else {
            let first = 0x1_0000 + u64::from(number);
            self.highest = Some(first);
            return first;
        };
        let step = i64::from(number.wrapping_sub(highest as u16) as i16);
        let extended = highest.saturating_add_signed(step);
        if extended > highest {
            self.highest = Some(extended);
        }
        extended
    }

    pub fn highest(&self) -> Option<u64> {
        self.highest
    }
}

/// The packets of a track that may still be asked for again, shared by all its viewers.
pub(crate) struct History {
    ring: Vec<Option<MediaPacket>>,
}

/// About 1.5 s of a 1.5 Mbit/s layer. More repairs longer round trips, fewer saves memory (1.3 kB each).
const HISTORY: usize = 256;

impl History {
    pub fn new() -> Self {
        Self { ring: Vec::new() }
    }

    pub fn keep(&mut self, packet: &MediaPacket) {
        if self.ring.is_empty() {
            self.ring.resize(HISTORY, None);
        }
        self.ring[(packet.sequence % HISTORY as u64) as usize] = Some(packet.clone());
    }

    pub fn get(&self, sequence: u64) -> Option<&MediaPacket> {
        self.ring
            .get((sequence % HISTORY as u64) as usize)?
            .as_ref()
            .filter(|packet| packet.sequence == sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow_over_the_wrap_and_stragglers_fall_behind() {
        let mut unwrap = Unwrap::default();
        let first = unwrap.extend(65_534);
        assert_eq!(unwrap.extend(65_535), first + 1);
        assert_eq!(unwrap.extend(1), first + 3);
        assert_eq!(unwrap.extend(0), first + 2);
        assert_eq!(unwrap.highest(), Some(first + 3));
    }
}
