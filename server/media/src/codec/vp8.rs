//! VP8 payload descriptor (RFC 7741, section 4.2) and the first bytes of a key frame (RFC 6386, section 9.1).

use super::Size;

/// What a forwarder needs to know of one VP8 payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Descriptor {
    /// Bytes before the VP8 data.
    pub length: u8,
    /// First packet of a frame: start of partition 0.
    pub start: bool,
    /// This packet starts a key frame.
    pub key: bool,
    /// Of the key frame started here.
    pub size: Option<Size>,
    pub picture_id: Option<PictureId>,
    pub tl0: Option<Counter>,
    /// Temporal layer; 0 is decodable without the others.
    pub temporal: u8,
    /// Depends on the base layer only: a receiver may join this temporal layer here.
    pub sync: bool,
}

/// The running number of the frame, in 7 or 15 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PictureId {
    pub at: u8,
    pub long: bool,
    pub value: u16,
}

/// The running number of base-layer frames (TL0PICIDX).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counter {
    pub at: u8,
    pub value: u8,
}

impl Descriptor {
    /// Reads the descriptor; `None` when the payload is cut short.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let first = *payload.first()?;
        let mut at = 1;
        let mut descriptor = Self {
            start: first & 0x10 != 0 && first & 0x07 == 0,
            ..Self::default()
        };
        if first & 0x80 != 0 {
            let extension = *payload.get(at)?;
            at += 1;
            if extension & 0x80 != 0 {
                let high = *payload.get(at)?;
                let long = high & 0x80 != 0;
                let value = if long {
                    u16::from(high & 0x7f) << 8 | u16::from(*payload.get(at + 1)?)
                } else {
                    u16::from(high)
                };
                descriptor.picture_id = Some(PictureId {
                    at: at as u8,
                    long,
                    value,
                });
                at += if long { 2 } else { 1 };
            }
            if extension & 0x40 != 0 {
                let value = *payload.get(at)?;
                descriptor.tl0 = Some(Counter { at: at as u8, value });
                at += 1;
            }
            if extension & 0x30 != 0 {
                let temporal = *payload.get(at)?;
                if extension & 0x20 != 0 {
                    descriptor.temporal = temporal >> 6;
                    descriptor.sync = temporal & 0x20 != 0;
                }
                at += 1;
            }
        }
        descriptor.length = at as u8;
        if descriptor.start {
            let data = payload.get(at..)?;
            descriptor.key = data.first()? & 0x01 == 0;
            if descriptor.key {
                descriptor.size = frame_size(data);
            }
        }
        Some(descriptor)
    }
}

/// Width and height written at the start of a key frame.
pub(crate) fn frame_size(frame: &[u8]) -> Option<Size> {
    let [_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1] = *frame.first_chunk::<10>()? else {
        return None;
    };
    let size = (
        u16::from_le_bytes([w0, w1]) & 0x3fff,
        u16::from_le_bytes([h0, h1]) & 0x3fff,
    );
    (size.0 > 0 && size.1 > 0).then_some(size)
}

/// Writes other counters into a payload that was parsed as `descriptor`.
pub(crate) fn renumber(payload: &mut [u8], descriptor: &Descriptor, picture_id: u16, tl0: u8) {
    if let Some(field) = descriptor.picture_id {
        let at = usize::from(field.at);
        if field.long {
            if let Some(bytes) = payload.get_mut(at..at + 2) {
                bytes.copy_from_slice(&(0x8000 | picture_id & 0x7fff).to_be_bytes());
            }
        } else if let Some(byte) = payload.get_mut(at) {
            *byte = (picture_id & 0x7f) as u8;
        }
    }
    if let Some(field) = descriptor.tl0
        && let Some(byte) = payload.get_mut(usize::from(field.at))
    {
        *byte = tl0;
    }
}

#[cfg(test)]
mod tests;
