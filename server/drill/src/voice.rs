//! Recorded human speech, ready to be published: Opus packets of 20 ms with their loudness. The packets of the file are
//! sent as they are; decoding once at the start only measures how loud each is (RFC 6464).

use crate::ogg::{self, OggError};
use bytes::Bytes;
use std::time::Duration;

/// Samples at 48 kHz in one packet of 20 ms.
pub const SAMPLES: u32 = 960;
/// Length of one packet.
pub const PACKET: Duration = Duration::from_millis(20);
/// The well-known 20 ms of silence: what a microphone sends between utterances.
pub const SILENCE: Bytes = Bytes::from_static(&[0xf8, 0xff, 0xfe]);
/// RFC 6464: −127 dBov.
pub const SILENCE_LEVEL: u8 = 127;

#[derive(Debug, thiserror::Error)]
pub enum VoiceError {
    #[error(transparent)]
    Ogg(#[from] OggError),
    #[error("packet {0} is not 20 ms long")]
    NotTwentyMs(usize),
    #[error("packet {0} does not decode: {1}")]
    Undecodable(usize, opus::Error),
}

/// One utterance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    pub packets: Vec<Sound>,
    /// What is said, as a person hears it.
    pub text: String,
}

/// 20 ms of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    pub data: Bytes,
    /// −dBov, 0 (loudest) to 127 (silence).
    pub level: u8,
}

impl Voice {
    /// Reads an Ogg Opus file of 20 ms packets; `text` is its transcript.
    pub fn read(file: &[u8], text: &str) -> Result<Self, VoiceError> {
        let file = ogg::read_opus(file)?;
        let mut decoder =
            opus::Decoder::new(16_000, opus::Channels::Mono).map_err(|error| VoiceError::Undecodable(0, error))?;
        let mut samples = [0_i16; 320];
        let mut packets = Vec::with_capacity(file.packets.len());
        for (index, data) in file.packets.into_iter().enumerate() {
            if ogg::samples_in(&data) != Some(SAMPLES) {
                return Err(VoiceError::NotTwentyMs(index));
            }
            let decoded = decoder
                .decode(&data, &mut samples, false)
                .map_err(|error| VoiceError::Undecodable(index, error))?;
            packets.push(Sound {
                level: level(&samples[..decoded]),
                data,
            });
        }
        Ok(Self {
            packets,
            text: text.trim().to_owned(),
        })
    }

    pub fn duration(&self) -> Duration {
        PACKET * u32::try_from(self.packets.len()).unwrap_or(u32::MAX)
    }
}

/// Root mean square against full scale, as −dBov.
fn level(samples: &[i16]) -> u8 {
    if samples.is_empty() {
        return SILENCE_LEVEL;
    }
    let power = samples.iter().map(|&s| f64::from(s) * f64::from(s)).sum::<f64>() / samples.len() as f64;
    let dbov = 10.0 * (power / (32_767.0 * 32_767.0)).max(1e-13).log10();
    (-dbov).round().clamp(0.0, f64::from(SILENCE_LEVEL)) as u8
}

#[cfg(test)]
mod tests;
