//! Every microphone decoded, placed on the room clock, mixed and encoded again: Opus, mono, 20 ms.

use super::Take;
use anyhow::Context;
use opus::{Application, Bitrate, Channels, Decoder, Encoder};
use rostrum_domain::time::Timestamp;
use rostrum_media::container::{Frame, Reader};
use std::{collections::VecDeque, fs::File, io::BufReader};

pub const RATE: u32 = 48_000;
/// Samples in one frame of 20 ms.
pub const FRAME: usize = 960;
/// The longest Opus packet: 120 ms.
const LONGEST: usize = 5_760;
/// A packet closer than this to where the last one ended belongs right there (times in files are whole milliseconds).
const SLACK: i64 = 60 * 48;

/// All microphones, read forward in time.
pub struct Mixer {
    voices: Vec<Voice>,
}

impl Mixer {
    pub fn open(takes: &[&Take], zero: Timestamp) -> anyhow::Result<Self> {
        let voices = takes
            .iter()
            .map(|take| Voice::open(take, zero))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { voices })
    }

    /// The mix of [`FRAME`] samples from `from`, counted since room time zero. Never asked for an earlier time again.
    pub fn mix(&mut self, from: i64) -> [f32; FRAME] {
        let mut out = [0.0; FRAME];
        for voice in &mut self.voices {
            voice.add(from, &mut out);
        }
        // Two people at once may exceed full scale: bend, do not break.
        out.map(|sample| {
            if sample.abs() > 0.8 {
                sample.signum() * (0.8 + 0.2 * ((sample.abs() - 0.8) / 0.2).tanh())
            } else {
                sample
            }
        })
    }
}

/// Encodes what [`Mixer::mix`] gives.
pub struct Voicebox(Encoder);

impl Voicebox {
    pub fn new() -> anyhow::Result<Self> {
        let mut encoder = Encoder::new(RATE, Channels::Mono, Application::Audio).context("open the Opus encoder")?;
        encoder
            .set_bitrate(Bitrate::Bits(48_000))
            .context("set the Opus bit rate")?;
        Ok(Self(encoder))
    }

    pub fn encode(&mut self, samples: &[f32; FRAME]) -> anyhow::Result<Vec<u8>> {
        self.0.encode_vec_float(samples, 1_500).context("encode the mix")
    }
}

/// One recording of one microphone.
struct Voice {
    reader: Option<Reader<BufReader<File>>>,
    decoder: Decoder,
    /// Room samples at the start of the file.
    start: i64,
    next: Option<Frame>,
    samples: VecDeque<f32>,
    /// Room sample of the first one in `samples`.
    head: i64,
}

impl Voice {
    fn open(take: &Take, zero: Timestamp) -> anyhow::Result<Self> {
        let mut reader = take.open().with_context(|| format!("open {}", take.path.display()))?;
        let next = reader.next_frame()?;
        let start = (take.start.micros() - zero.micros()) * 48 / 1000;
        Ok(Self {
            reader: Some(reader),
            decoder: Decoder::new(RATE, Channels::Mono).context("open the Opus decoder")?,
            start,
            next,
            samples: VecDeque::new(),
            head: start,
        })
    }

    fn add(&mut self, from: i64, out: &mut [f32; FRAME]) {
        let until = from + FRAME as i64;
        self.decode_until(until);
        while self.head < from && !self.samples.is_empty() {
            self.samples.pop_front();
            self.head += 1;
        }
        for (at, sample) in out.iter_mut().enumerate() {
            let index = from + at as i64 - self.head;
            if let Some(value) = usize::try_from(index).ok().and_then(|index| self.samples.get(index)) {
                *sample += value;
            }
        }
    }

    fn decode_until(&mut self, until: i64) {
        while let Some(frame) = self.next.take() {
            let at = self.start + frame.at_ms as i64 * 48;
            if at >= until {
                self.next = Some(frame);
                return;
            }
            let mut pcm = [0.0; LONGEST];
            // A damaged packet is a moment of silence, not the end of the programme.
            let count = self.decoder.decode_float(&frame.data, &mut pcm, false).unwrap_or(0);
            self.place(at, &pcm[..count]);
            self.next = self
                .reader
                .as_mut()
                .and_then(|reader| reader.next_frame().ok().flatten());
            if self.next.is_none() {
                self.reader = None;
            }
        }
    }

    fn place(&mut self, at: i64, pcm: &[f32]) {
        let end = self.head + self.samples.len() as i64;
        if self.samples.is_empty() {
            self.head = at.max(end);
            if at < end && end - at > SLACK {
                return;
            }
        } else if at - end > SLACK {
            self.samples.extend(std::iter::repeat_n(0.0, (at - end) as usize));
        } else if end - at > SLACK {
            return;
        }
        self.samples.extend(pcm);
    }
}
