//! Puts H.264 access units together from RTP payloads (RFC 6184: single NAL units, STAP-A, FU-A) in the form Matroska
//! wants: four-byte lengths, parameter sets apart.

use super::Picture;

const SPS: u8 = 7;
const PPS: u8 = 8;
const IDR: u8 = 5;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;

#[derive(Debug, Default)]
pub struct H264Depacketizer {
    unit: Vec<u8>,
    fragment: Vec<u8>,
    timestamp: Option<u32>,
    keyframe: bool,
    sps: Vec<u8>,
    pps: Vec<u8>,
    /// Nothing is usable before the first key frame, nor after a loss.
    waiting: bool,
    broken: bool,
}

impl H264Depacketizer {
    pub fn new() -> Self {
        Self {
            waiting: true,
            ..Self::default()
        }
    }

    /// Packets are missing here.
    pub fn lost(&mut self) {
        self.unit.clear();
        self.fragment.clear();
        self.waiting = true;
        self.broken = true;
    }

    /// Takes the next packet in order; returns an access unit when it is whole.
    pub fn push(&mut self, timestamp: u32, marker: bool, payload: &[u8]) -> Option<Picture> {
        if payload.is_empty() {
            return None;
        }
        if self.timestamp != Some(timestamp) {
            if !self.unit.is_empty() || !self.fragment.is_empty() {
                // The former unit's last packet never came.
                self.waiting = true;
            }
            self.unit.clear();
            self.fragment.clear();
            self.keyframe = false;
            self.broken = false;
            self.timestamp = Some(timestamp);
        }
        if self.add(payload).is_none() {
            self.lost();
        }
        if !marker {
            return None;
        }
        self.timestamp = None;
        let data = std::mem::take(&mut self.unit);
        let keyframe = std::mem::take(&mut self.keyframe);
        if keyframe && !self.broken && self.config().is_some() {
            self.waiting = false;
        }
        (!self.waiting && !data.is_empty()).then_some(Picture {
            rtp_timestamp: timestamp,
            keyframe,
            data,
        })
    }

    /// The `AVCDecoderConfigurationRecord` and the picture size, once parameter sets have been seen.
    /// When it changes, the stream needs a new file.
    pub fn config(&self) -> Option<(Vec<u8>, u16, u16)> {
        if self.sps.len() < 4 || self.pps.is_empty() {
            return None;
        }
        let (width, height) = sps_size(&self.sps)?;
        let mut config = vec![1, self.sps[1], self.sps[2], self.sps[3], 0xFF, 0xE1];
        config.extend_from_slice(&u16::try_from(self.sps.len()).ok()?.to_be_bytes());
        config.extend_from_slice(&self.sps);
        config.push(1);
        config.extend_from_slice(&u16::try_from(self.pps.len()).ok()?.to_be_bytes());
        config.extend_from_slice(&self.pps);
        Some((config, width, height))
    }

    fn add(&mut self, payload: &[u8]) -> Option<()> {
        match payload[0] & 0x1F {
            STAP_A => {
                let mut rest = &payload[1..];
                while !rest.is_empty() {
                    let length = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
                    self.nal(rest.get(2..2 + length)?);
                    rest = &rest[2 + length..];
                }
            }
            FU_A => {
                let header = *payload.get(1)?;
                if header & 0x80 != 0 {
                    self.fragment.clear();
                    self.fragment.push(payload[0] & 0xE0 | header & 0x1F);
                } else if self.fragment.is_empty() {
                    return None;
                }
                self.fragment.extend_from_slice(&payload[2..]);
                if header & 0x40 != 0 {
                    let nal = std::mem::take(&mut self.fragment);
                    self.nal(&nal);
                }
            }
            1..=23 => self.nal(payload),
            _ => return None,
        }
        Some(())
    }

    fn nal(&mut self, nal: &[u8]) {
        match nal.first().map(|byte| byte & 0x1F) {
            None => {}
            Some(SPS) => self.sps = nal.to_vec(),
            Some(PPS) => self.pps = nal.to_vec(),
            Some(kind) => {
                self.keyframe |= kind == IDR;
                self.unit.extend_from_slice(&(nal.len() as u32).to_be_bytes());
                self.unit.extend_from_slice(nal);
            }
        }
    }
}

/// Picture size from a sequence parameter set (ITU-T H.264 section 7.3.2.1.1).
fn sps_size(sps: &[u8]) -> Option<(u16, u16)> {
    // Remove emulation prevention.
    let mut bytes = Vec::with_capacity(sps.len());
    for &byte in sps.get(1..)? {
        if byte == 3 && bytes.ends_with(&[0, 0]) {
            continue;
        }
        bytes.push(byte);
    }
    let profile = *bytes.first()?;
    let mut bits = Bits { bytes: &bytes, at: 24 };
    bits.ue()?;
    let mut chroma = 1;
    if matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128) {
        chroma = bits.ue()?;
        if chroma == 3 {
            bits.bit()?;
        }
        bits.ue()?;
        bits.ue()?;
        bits.bit()?;
        if bits.bit()? == 1 {
            // Scaling matrices: no encoder of a live room sends them.
            return None;
        }
    }
    bits.ue()?;
    match bits.ue()? {
        0 => {
            bits.ue()?;
        }
        1 => {
            bits.bit()?;
            bits.se()?;
            bits.se()?;
            for _ in 0..bits.ue()?.min(255) {
                bits.se()?;
            }
        }
        _ => {}
    }
    bits.ue()?;
    bits.bit()?;
    let width = (bits.ue()?.checked_add(1)?).checked_mul(16)?;
    let map_height = bits.ue()?.checked_add(1)?;
    let frames_only = bits.bit()?;
    let height = (2 - frames_only).checked_mul(map_height)?.checked_mul(16)?;
    if frames_only == 0 {
        bits.bit()?;
    }
    bits.bit()?;
    let (mut crop_x, mut crop_y) = (0, 0);
    if bits.bit()? == 1 {
        let unit_x = if chroma == 1 || chroma == 2 { 2 } else { 1 };
        let unit_y = if chroma == 1 { 2 } else { 1 } * (2 - frames_only);
        crop_x = bits.ue()?.checked_add(bits.ue()?)?.checked_mul(unit_x)?;
        crop_y = bits.ue()?.checked_add(bits.ue()?)?.checked_mul(unit_y)?;
    }
    let size = |length: u32, crop: u32| length.checked_sub(crop).and_then(|size| u16::try_from(size).ok());
    Some((size(width, crop_x)?, size(height, crop_y)?))
}

/// Reads single bits and Exp-Golomb codes.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn bit(&mut self) -> Option<u32> {
        let byte = *self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(u32::from(bit))
    }

    fn ue(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.bit()? == 0 {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        let mut value = 1u32;
        for _ in 0..zeros {
            value = value << 1 | self.bit()?;
        }
        Some(value - 1)
    }

    fn se(&mut self) -> Option<i64> {
        let code = i64::from(self.ue()?);
        Some(if code % 2 == 0 { -code / 2 } else { (code + 1) / 2 })
    }
}
