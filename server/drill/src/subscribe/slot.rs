//! What arrived in one receive slot.

use rtc::rtp::Header;
use std::time::Instant;

/// Counts of one slot since the subscriber came.
#[derive(Clone, Debug, Default)]
pub struct SlotCount {
    pub video: bool,
    pub packets: u64,
    /// Payload bytes.
    pub bytes: u64,
    /// Sequence numbers that were skipped and did not come later.
    pub lost: u64,
    /// Whole pictures (video), each with all its packets.
    pub pictures: u64,
    pub key_pictures: u64,
    /// Packets of sound that are not silence.
    pub voiced: u64,
    pub first_packet: Option<Instant>,
    pub first_picture: Option<Instant>,
    pub latest: Option<Instant>,
    sequence: Option<u16>,
    /// The picture now arriving: whether it is a key frame; `None` when its beginning was missed.
    growing: Option<bool>,
}

impl SlotCount {
    pub(super) fn new(video: bool) -> Self {
        Self {
            video,
            ..Self::default()
        }
    }

    pub(super) fn take(&mut self, now: Instant, header: &Header, payload: &[u8]) {
        self.packets += 1;
        self.bytes += payload.len() as u64;
        self.first_packet.get_or_insert(now);
        self.latest = Some(now);
        let step = self
            .sequence
            .map_or(1, |sequence| header.sequence_number.wrapping_sub(sequence));
        if step == 0 || step > u16::MAX / 2 {
            // Late or twice: a late one was counted as lost.
            self.lost = self.lost.saturating_sub(1);
            return;
        }
        self.sequence = Some(header.sequence_number);
        self.lost += u64::from(step - 1);
        if self.video {
            if step > 1 {
                self.growing = None;
            }
            self.picture(now, header.marker, payload);
        } else if payload.len() > 3 {
            self.voiced += 1;
        }
    }

    /// RFC 7741: follows one picture from its first partition to the marker.
    fn picture(&mut self, now: Instant, marker: bool, payload: &[u8]) {
        if let Some((key, _)) = beginning(payload) {
            self.growing = Some(key);
        }
        if !marker {
            return;
        }
        let Some(key) = self.growing.take() else { return };
        if key {
            self.key_pictures += 1;
        }
        // Nothing can be shown before the first key frame.
        if self.key_pictures > 0 {
            self.pictures += 1;
            self.first_picture.get_or_insert(now);
        }
    }
}

/// For the first packet of a VP8 frame: whether the frame is a key frame, and where it begins in the payload.
fn beginning(payload: &[u8]) -> Option<(bool, usize)> {
    let &first = payload.first()?;
    // S bit set, partition index 0.
    if first & 0x17 != 0x10 {
        return None;
    }
    let mut at = 1;
    if first & 0x80 != 0 {
        let &extensions = payload.get(at)?;
        at += 1;
        if extensions & 0x80 != 0 {
            at += if payload.get(at)? & 0x80 != 0 { 2 } else { 1 };
        }
        if extensions & 0x40 != 0 {
            at += 1;
        }
        if extensions & 0x30 != 0 {
            at += 1;
        }
    }
    Some((payload.get(at)? & 1 == 0, at))
}
