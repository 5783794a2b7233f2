//! H.264 over RTP (RFC 6184): where a key frame starts, and the picture size in its sequence parameter set
//! (ITU-T H.264, section 7.3.2.1.1).

use super::Size;

const SPS: u8 = 7;
const STAP_A: u8 = 24;

/// Whether a payload starts a key frame: encoders send the parameter sets right before it, alone or aggregated, there also
/// behind an access unit delimiter (x264).
pub(crate) fn starts_key_frame(payload: &[u8]) -> bool {
    find_sps(payload).is_some()
}

/// The sequence parameter set in a payload, when there is one.
pub(crate) fn find_sps(payload: &[u8]) -> Option<&[u8]> {
    match payload.first()? & 0x1f {
        SPS => Some(payload),
        STAP_A => aggregated(payload).find(|unit| unit[0] & 0x1f == SPS),
        _ => None,
    }
}

/// The units of a STAP-A payload; stops at the first that is cut short.
pub(crate) fn aggregated(payload: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = payload.get(1..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, tail) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        if length == 0 || length > tail.len() {
            return None;
        }
        let (unit, after) = tail.split_at(length);
        rest = after;
        Some(unit)
    })
}

/// Picture size from a sequence parameter set, cropping applied.
pub(crate) fn sps_size(sps: &[u8]) -> Option<Size> {
    let mut bits = Bits::new(sps.get(1..)?);
    let profile = bits.take(8)?;
    bits.take(16)?;
    bits.exp_golomb()?;
    let mut chroma_format = 1;
    if matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128) {
        chroma_format = bits.exp_golomb()?;
        if chroma_format == 3 {
            bits.take(1)?;
        }
        bits.exp_golomb()?;
        bits.exp_golomb()?;
        bits.take(1)?;
        if bits.take(1)? == 1 {
            // Scaling matrices never come from the encoders of conference software.
            return None;
        }
    }
    bits.exp_golomb()?;
    match bits.exp_golomb()? {
        0 => {
            bits.exp_golomb()?;
        }
        1 => {
            bits.take(1)?;
            bits.exp_golomb()?;
            bits.exp_golomb()?;
            for _ in 0..bits.exp_golomb()?.min(255) {
                bits.exp_golomb()?;
            }
        }
        _ => {}
    }
    bits.exp_golomb()?;
    bits.take(1)?;
    let width = bits.exp_golomb()?.checked_add(1)?.checked_mul(16)?;
    let height_units = bits.exp_golomb()?.checked_add(1)?;
    let frame_only = bits.take(1)?;
    if frame_only == 0 {
        bits.take(1)?;
    }
    bits.take(1)?;
    let height = height_units.checked_mul(16)?.checked_mul(2 - frame_only)?;
    let (mut crop_x, mut crop_y) = (0u32, 0u32);
    if bits.take(1)? == 1 {
        let unit_x = if matches!(chroma_format, 1 | 2) { 2 } else { 1 };
        let unit_y = if chroma_format == 1 { 2 } else { 1 } * (2 - frame_only);
        let (left, right) = (bits.exp_golomb()?, bits.exp_golomb()?);
        let (top, bottom) = (bits.exp_golomb()?, bits.exp_golomb()?);
        crop_x = left.checked_add(right)?.checked_mul(unit_x)?;
        crop_y = top.checked_add(bottom)?.checked_mul(unit_y)?;
    }
    let width = u16::try_from(width.checked_sub(crop_x)?).ok()?;
    let height = u16::try_from(height.checked_sub(crop_y)?).ok()?;
    (width > 0 && height > 0).then_some((width, height))
}

/// Reads bits, skipping emulation prevention bytes (section 7.4.1.1).
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    bit: u8,
    zeros: u8,
}

impl<'a> Bits<'a> {
    fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            bit: 0,
            zeros: 0,
        }
    }

    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            value = value << 1 | self.one()?;
        }
        Some(value)
    }

    fn one(&mut self) -> Option<u32> {
        if self.bit == 0 && self.zeros >= 2 && self.data.get(self.at) == Some(&3) {
            self.at += 1;
            self.zeros = 0;
        }
        let byte = *self.data.get(self.at)?;
        let value = byte >> (7 - self.bit) & 1;
        self.bit += 1;
        if self.bit == 8 {
            self.bit = 0;
            self.at += 1;
            self.zeros = if byte == 0 { self.zeros.saturating_add(1) } else { 0 };
        }
        Some(u32::from(value))
    }

    fn exp_golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.one()? == 0 {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1u32 << zeros) - 1 + self.take(zeros)?)
    }
}

#[cfg(test)]
mod tests;
