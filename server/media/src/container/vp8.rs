//! Puts VP8 frames together from RTP payloads (RFC 7741). A frame with a hole is dropped, and all that lean on it, up to
//! the next key frame: a record shows a still picture rather than a smeared one.

use super::Picture;

#[derive(Debug, Default)]
pub struct Vp8Depacketizer {
    frame: Vec<u8>,
    timestamp: u32,
    collecting: bool,
    /// Nothing is usable before the first key frame, nor after a loss.
    waiting: bool,
    started: bool,
}

impl Vp8Depacketizer {
    pub fn new() -> Self {
        Self {
            waiting: true,
            ..Self::default()
        }
    }

    /// Packets are missing here.
    pub fn lost(&mut self) {
        self.frame.clear();
        self.collecting = false;
        self.waiting = true;
    }

    /// Takes the next packet in order; returns a frame when it is whole.
    pub fn push(&mut self, timestamp: u32, marker: bool, payload: &[u8]) -> Option<Picture> {
        if payload.is_empty() {
            // Padding only.
            return None;
        }
        let Some((start, body)) = descriptor(payload) else {
            self.lost();
            return None;
        };
        if start {
            if self.collecting && self.started {
                // The former frame's last packet never came.
                self.waiting = true;
            }
            self.frame.clear();
            self.timestamp = timestamp;
            self.collecting = true;
            self.started = true;
        } else if !self.collecting || timestamp != self.timestamp {
            self.lost();
            return None;
        }
        self.frame.extend_from_slice(body);
        if !marker {
            return None;
        }
        self.collecting = false;
        let data = std::mem::take(&mut self.frame);
        let keyframe = data.first().is_some_and(|byte| byte & 1 == 0);
        if keyframe {
            self.waiting = false;
        }
        (!self.waiting && !data.is_empty()).then_some(Picture {
            rtp_timestamp: timestamp,
            keyframe,
            data,
        })
    }

    /// Width and height of a key frame (RFC 6386 section 9.1).
    pub fn size(keyframe: &[u8]) -> Option<(u16, u16)> {
        let header = keyframe.get(..10)?;
        if header[0] & 1 != 0 || header[3..6] != [0x9D, 0x01, 0x2A] {
            return None;
        }
        let width = u16::from_le_bytes([header[6], header[7]]) & 0x3FFF;
        let height = u16::from_le_bytes([header[8], header[9]]) & 0x3FFF;
        Some((width, height))
    }
}

/// Strips the payload descriptor; tells whether a frame's first partition starts here.
fn descriptor(payload: &[u8]) -> Option<(bool, &[u8])> {
    let first = *payload.first()?;
    let start = first & 0x10 != 0 && first & 0x0F == 0;
    let mut at = 1;
    if first & 0x80 != 0 {
        let extension = *payload.get(at)?;
        at += 1;
        if extension & 0x80 != 0 {
            at += if payload.get(at)? & 0x80 != 0 { 2 } else { 1 };
        }
        if extension & 0x40 != 0 {
            at += 1;
        }
        if extension & 0x30 != 0 {
            at += 1;
        }
    }
    payload.get(at..).map(|body| (start, body))
}
