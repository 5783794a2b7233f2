//! How loud a microphone is now: from the audio-level extension (RFC 6464), or, for encoders that do not send it, from
//! whether Opus sends sound at all.

use std::time::{Duration, Instant};

/// Silence suppression sends a packet each 400 ms; a longer pause is silence too.
const STALE: Duration = Duration::from_millis(500);
/// Opus frames of silence are a few bytes long.
const SILENT_FRAME: usize = 12;
const ASSUMED: f32 = 85.0;

#[derive(Debug, Default)]
pub(crate) struct Loudness {
    /// 0 (silence) to 127 (full scale), smoothed over about 150 ms.
    value: f32,
    heard: Option<Instant>,
}

impl Loudness {
    /// `level` is −dBov, 0 loudest.
    pub fn hear(&mut self, now: Instant, level: Option<u8>, payload: usize) {
        let sample = match level {
            Some(level) => f32::from(127 - (level & 0x7f)),
            None if payload > SILENT_FRAME => ASSUMED,
            None => 0.0,
        };
        let weight = if sample > self.value { 0.4 } else { 0.12 };
        self.value += (sample - self.value) * weight;
        self.heard = Some(now);
    }

    pub fn at(&self, now: Instant) -> u8 {
        match self.heard {
            Some(heard) if now.saturating_duration_since(heard) < STALE => self.value as u8,
            _ => 0,
        }
    }
}
