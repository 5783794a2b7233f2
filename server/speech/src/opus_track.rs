//! One speaker's RTP packets of Opus to continuous sound at 16 kHz. Puts packets in order, conceals the lost ones with
//! libopus (joining what is left would ruin the words around each hole), and fills pauses in transmission with silence, so
//! that a position in the sound is a time. Decodes straight to 16 kHz: libopus mixes down and resamples by itself.

use crate::{engine::SAMPLE_RATE, protocol::AudioPacket};
use rostrum_domain::time::Timestamp;
use std::collections::BTreeMap;

/// Packets that may wait for one that is late. More survives worse networks and delays captions by 20 ms each.
const REORDER: usize = 8;
/// Beyond this a sequence jump is a new stream, not loss: one minute of packets.
const RESTART: u64 = 3000;
/// Late packets in a row after which the sender is taken to have started again.
const LATE_LIMIT: u32 = 50;
/// Ticks of the RTP clock per sample: 48 kHz to 16 kHz (RFC 7587, section 4.1).
const TICKS: i64 = 3;
/// libopus invents sound well for about this long; then silence is more honest.
const CONCEAL: usize = SAMPLE_RATE / 10;
/// Silence made for a pause; what is longer becomes a jump. Long enough for the segmenter to see the end of speech.
const SILENCE: usize = 2 * SAMPLE_RATE;
/// Capture times and RTP times further apart than this disagree: the capture times win.
const DISAGREE_MICROS: u64 = 1_000_000;
/// The longest Opus packet, 120 ms (RFC 6716, section 2.1.4).
const LONGEST: usize = SAMPLE_RATE * 120 / 1000;
/// A packet's usual length, for concealing one that cannot be decoded.
const USUAL: usize = SAMPLE_RATE / 50;

/// What came out of the packets.
#[derive(Clone, Debug, PartialEq)]
pub enum Sound {
    /// Samples that begin at `position` (counted from the first packet), and when the first was captured.
    Samples {
        position: u64,
        captured_at: Timestamp,
        samples: Vec<f32>,
    },
    /// Nothing was heard up to `position`.
    Jump { position: u64 },
}

#[derive(Debug, thiserror::Error)]
#[error("libopus: {0}")]
pub struct DecoderError(#[from] opus::Error);

pub struct OpusTrack {
    decoder: opus::Decoder,
    /// Packets that arrived before one they follow, by unwrapped sequence number.
    waiting: BTreeMap<u64, AudioPacket>,
    /// What should come next; `None` before the first packet and after a restart.
    next: Option<u64>,
    late: u32,
    position: u64,
    last: Option<Last>,
}

/// Where the sound ended, on both clocks.
#[derive(Clone, Copy)]
struct Last {
    /// RTP timestamp after the last sample.
    rtp: u32,
    captured_at: Timestamp,
    length: usize,
}

impl OpusTrack {
    pub fn new() -> Result<Self, DecoderError> {
        let decoder = opus::Decoder::new(SAMPLE_RATE as u32, opus::Channels::Mono)?;
        Ok(Self {
            decoder,
            waiting: BTreeMap::new(),
            next: None,
            late: 0,
            position: 0,
            last: None,
        })
    }

    /// Takes a packet in any order and gives the sound that is complete now, in order.
    pub fn push(&mut self, packet: AudioPacket) -> Vec<Sound> {
        let mut out = Vec::new();
        let Some(next) = self.next else {
            // Far from zero, so that a packet before the first one has a number too.
            let first = u64::from(packet.sequence) + (1 << 32);
            self.next = Some(first + 1);
            self.play(&packet, 0, &mut out);
            return out;
        };
        let number = unwrap(packet.sequence, next);
        if number < next {
            self.late += 1;
            if self.late < LATE_LIMIT {
                return out;
            }
            self.restart(&mut out);
            out.extend(self.push(packet));
            return out;
        }
        self.late = 0;
        if number - next > RESTART {
            self.restart(&mut out);
            out.extend(self.push(packet));
            return out;
        }
        self.waiting.entry(number).or_insert(packet);
        self.play_ready(REORDER, &mut out);
        out
    }

    /// Gives what is held back, counting missing packets as lost.
    pub fn flush(&mut self) -> Vec<Sound> {
        let mut out = Vec::new();
        self.play_ready(0, &mut out);
        out
    }

    fn restart(&mut self, out: &mut Vec<Sound>) {
        self.play_ready(0, out);
        self.next = None;
        self.late = 0;
        // A decoder without history; it cannot fail on a decoder that was made.
        let _ = self.decoder.reset_state();
    }

    fn play_ready(&mut self, may_wait: usize, out: &mut Vec<Sound>) {
        while let (Some(next), Some((number, packet))) = (self.next, self.waiting.pop_first()) {
            if number != next && self.waiting.len() < may_wait {
                self.waiting.insert(number, packet);
                return;
            }
            self.next = Some(number + 1);
            self.play(&packet, number - next, out);
        }
    }

    /// Decodes one packet, after filling what is missing before it.
    fn play(&mut self, packet: &AudioPacket, lost: u64, out: &mut Vec<Sound>) {
        if packet.payload.is_empty() {
            return;
        }
        if let Some(last) = self.last {
            self.fill(packet, last, lost, out);
        }
        let mut samples = vec![0.0; LONGEST];
        let length = match self.decoder.decode_float(&packet.payload, &mut samples, false) {
            Ok(length) => length,
            // Not Opus: as good as lost.
            Err(_) => self
                .decoder
                .decode_float(&[], &mut samples[..USUAL], false)
                .unwrap_or(0),
        };
        samples.truncate(length);
        let rtp = packet.rtp_timestamp.wrapping_add((length as u32) * TICKS as u32);
        self.last = Some(Last {
            rtp,
            captured_at: later(packet.captured_at, length),
            length,
        });
        self.emit(samples, packet.captured_at, out);
    }

    fn fill(&mut self, packet: &AudioPacket, last: Last, lost: u64, out: &mut Vec<Sound>) {
        let by_rtp = i64::from(packet.rtp_timestamp.wrapping_sub(last.rtp) as i32) / TICKS;
        let captured = packet.captured_at.micros().saturating_sub(last.captured_at.micros());
        let disagreement = captured.saturating_sub(by_rtp.saturating_mul(1_000_000) / SAMPLE_RATE as i64);
        let missing = if disagreement.unsigned_abs() > DISAGREE_MICROS {
            captured.saturating_mul(SAMPLE_RATE as i64 / 1000) / 1000
        } else {
            by_rtp
        };
        let Ok(missing) = usize::try_from(missing) else { return };
        let concealed = if lost > 0 {
            self.conceal(packet, missing, last, out)
        } else {
            0
        };
        let at = later(last.captured_at, concealed);
        let silence = missing - concealed;
        if silence > 0 {
            self.emit(vec![0.0; silence.min(SILENCE)], at, out);
        }
        if silence > SILENCE {
            self.position += (silence - SILENCE) as u64;
            out.push(Sound::Jump {
                position: self.position,
            });
        }
    }

    /// Invents the sound of lost packets; the one just before `packet` from the copy that `packet` may carry (in-band FEC,
    /// RFC 6716, section 2.1.7). Returns how many samples were made.
    fn conceal(&mut self, packet: &AudioPacket, missing: usize, last: Last, out: &mut Vec<Sound>) -> usize {
        // libopus takes multiples of 2.5 ms.
        let step = SAMPLE_RATE / 400;
        let wanted = missing.min(CONCEAL) / step * step;
        let frame = last.length.clamp(step, LONGEST) / step * step;
        let from_copy = wanted.min(frame);
        let mut made = Vec::with_capacity(wanted);
        let mut invented = if missing <= CONCEAL { wanted - from_copy } else { wanted };
        while invented > 0 {
            let length = invented.min(frame);
            made.extend(self.decoded(&[], length, false));
            invented -= length;
        }
        if made.len() < wanted {
            made.extend(self.decoded(&packet.payload, wanted - made.len(), true));
        }
        let length = made.len();
        if length > 0 {
            self.emit(made, last.captured_at, out);
        }
        length
    }

    /// `length` samples whatever happens: positions must stay times.
    fn decoded(&mut self, payload: &[u8], length: usize, copy: bool) -> Vec<f32> {
        let mut samples = vec![0.0; length];
        // What cannot be concealed stays silent.
        let _ = self.decoder.decode_float(payload, &mut samples, copy);
        samples
    }

    fn emit(&mut self, samples: Vec<f32>, captured_at: Timestamp, out: &mut Vec<Sound>) {
        let position = self.position;
        self.position += samples.len() as u64;
        out.push(Sound::Samples {
            position,
            captured_at,
            samples,
        });
    }
}

/// The number nearest to `near` with these low 16 bits.
fn unwrap(sequence: u16, near: u64) -> u64 {
    let delta = sequence.wrapping_sub(near as u16) as i16;
    near.wrapping_add_signed(i64::from(delta))
}

fn later(time: Timestamp, samples: usize) -> Timestamp {
    let micros = samples as u64 * 1_000_000 / SAMPLE_RATE as u64;
    time.saturating_add(std::time::Duration::from_micros(micros))
}

#[cfg(test)]
mod tests;
