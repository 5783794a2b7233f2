//! Takes the VP8 frames out of an IVF file (32-byte header, then 12 bytes before each frame), so that a moving picture is
//! published without an encoder.

use bytes::Bytes;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IvfError {
    #[error("this is not an IVF file with VP8 in it")]
    NotVp8,
    #[error("the file ends inside a frame")]
    Truncated,
    #[error("the first frame is not a key frame")]
    NoKeyFrame,
}

/// One coded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub data: Bytes,
    pub key: bool,
}

/// A clip that starts with a key frame, so that it can be played in a loop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    pub width: u16,
    pub height: u16,
    /// RTP ticks (90 kHz) between frames.
    pub ticks: u32,
    pub frames: Vec<Frame>,
}

/// Reads a whole file.
pub fn read_clip(file: &[u8]) -> Result<Clip, IvfError> {
    let header = file.get(..32).ok_or(IvfError::NotVp8)?;
    if &header[..4] != b"DKIF" || &header[8..12] != b"VP80" {
        return Err(IvfError::NotVp8);
    }
    let u16_at = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    let u32_at = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let (rate, scale) = (u32_at(16), u32_at(20));
    let ticks = (90_000 * u64::from(scale))
        .checked_div(u64::from(rate))
        .and_then(|ticks| u32::try_from(ticks).ok())
        .filter(|&ticks| ticks > 0)
        .ok_or(IvfError::NotVp8)?;

    let mut frames = Vec::new();
    let mut at = usize::from(u16_at(6));
    while at < file.len() {
        let before = file.get(at..at + 12).ok_or(IvfError::Truncated)?;
        let length = u32::from_le_bytes([before[0], before[1], before[2], before[3]]) as usize;
        let data = file.get(at + 12..at + 12 + length).ok_or(IvfError::Truncated)?;
        // RFC 6386 section 9.1: the lowest bit of a frame is 0 for a key frame.
        let key = data.first().is_some_and(|first| first & 1 == 0);
        frames.push(Frame {
            data: Bytes::copy_from_slice(data),
            key,
        });
        at += 12 + length;
    }
    if !frames.first().is_some_and(|frame| frame.key) {
        return Err(IvfError::NoKeyFrame);
    }
    Ok(Clip {
        width: u16_at(12),
        height: u16_at(14),
        ticks,
        frames,
    })
}

#[cfg(test)]
mod tests;
