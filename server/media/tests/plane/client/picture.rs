//! VP8 payloads a test can read again: who sent it, which frame it is of, how large the picture was.

use bytes::Bytes;

/// What a payload says.
#[derive(Clone, Copy, Debug)]
pub struct Picture {
    pub picture_id: u16,
    pub tl0: u8,
    /// Begins a frame.
    pub first: bool,
    pub key: bool,
    pub height: u16,
    /// Who sent it.
    pub tag: u8,
}

/// Bytes of one payload.
pub const LENGTH: usize = 900;

/// A VP8 payload: descriptor with 15-bit picture id, then the frame's head, tag and number.
pub fn write(tag: u8, frame: u32, first: bool, key: bool, (width, height): (u16, u16)) -> Bytes {
    let mut payload = vec![if first { 0x90 } else { 0x80 }, 0xe0];
    payload.extend_from_slice(&(0x8000 | (frame as u16 & 0x7fff)).to_be_bytes());
    payload.extend_from_slice(&[frame as u8, 0]);
    payload.extend_from_slice(&[if key { 0 } else { 1 }, 0, 0, 0x9d, 0x01, 0x2a]);
    payload.extend_from_slice(&width.to_le_bytes());
    payload.extend_from_slice(&height.to_le_bytes());
    payload.push(tag);
    payload.extend_from_slice(&frame.to_be_bytes());
    payload.resize(LENGTH, tag);
    payload.into()
}

/// `None` for padding.
pub fn read(payload: &[u8]) -> Option<Picture> {
    (payload.len() == LENGTH).then(|| Picture {
        picture_id: u16::from_be_bytes([payload[2], payload[3]]) & 0x7fff,
        tl0: payload[4],
        first: payload[0] & 0x10 != 0,
        key: payload[0] & 0x10 != 0 && payload[6] & 1 == 0,
        height: u16::from_le_bytes([payload[14], payload[15]]),
        tag: payload[16],
    })
}
