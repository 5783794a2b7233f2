//! Puts H.264 access units together from RTP payloads (RFC 6184: single NAL units, STAP-A, FU-A) in the form Matroska
//! wants: four-byte lengths, parameter sets apart.

use super::Picture;
use crate::codec::h264::sps_size;

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
