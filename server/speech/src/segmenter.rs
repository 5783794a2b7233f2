//! Cuts a speaker's sound into clips of speech that an engine can take: from a little before the first word until a pause,
//! or, in long speech, at the quietest moment. Decides where words are, never which.

use crate::engine::SAMPLE_RATE;
use earshot::Detector;
use std::collections::VecDeque;

/// Samples the voice detector looks at together: 16 ms.
const FRAME: usize = 256;
/// Score from which a frame begins speech, and from which it goes on: soft ends of words score lower than their heads.
const VOICE_BEGINS: f32 = 0.5;
const VOICE_GOES_ON: f32 = 0.3;
/// Pause that ends a segment. Shorter chops sentences into fragments that the engine misreads; longer delays captions.
const HANG_OVER: usize = frames(900);
/// Sound kept before the first voiced frame: soft consonants come before the voice.
const PRE_ROLL: usize = frames(300);
/// Sound kept after the last voiced frame.
const POST_ROLL: usize = frames(300);
/// Less voice than this is a cough or a knock. Longer would lose a plain "no".
const SHORTEST_VOICE: usize = frames(200);
/// No clip is longer; the engine was made for sentences and the reader waits for the end.
const LONGEST: usize = frames(12_000);
/// In speech without a pause the cut is made at the quietest moment of this last part.
const CUT_WITHIN: usize = frames(2_000);

/// Frames on each side that count for how quiet a moment is.
const CUT_AROUND: usize = frames(80);

const fn frames(millis: usize) -> usize {
    millis * SAMPLE_RATE / 1000 / FRAME
}

/// A clip of speech, or what looked like one.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Position of the first sample in the track.
    pub start: u64,
    pub samples: Vec<f32>,
    /// `false`: too little voice to be words.
    pub speech: bool,
}

impl Segment {
    pub fn end(&self) -> u64 {
        self.start + self.samples.len() as u64
    }
}

pub struct Segmenter {
    detector: Box<Detector>,
    /// Samples that do not fill a frame yet.
    rest: Vec<f32>,
    /// Position after the last whole frame.
    position: u64,
    /// The newest frames while nobody speaks.
    before: VecDeque<[f32; FRAME]>,
    open: Option<Open>,
}

/// A segment being spoken.
struct Open {
    start: u64,
    samples: Vec<f32>,
    energy: Vec<f32>,
    voiced: Vec<bool>,
    /// Frames since the last voiced one.
    quiet: usize,
}

impl Default for Segmenter {
    fn default() -> Self {
        Self {
            detector: Detector::default_boxed(),
            rest: Vec::new(),
            position: 0,
            before: VecDeque::with_capacity(PRE_ROLL + 1),
            open: None,
        }
    }
}

impl Segmenter {
    /// Takes sound that follows directly on what came before; gives the segments that ended in it.
    pub fn push(&mut self, samples: &[f32]) -> Vec<Segment> {
        let mut ended = Vec::new();
        self.rest.extend_from_slice(samples);
        let whole = self.rest.len() / FRAME * FRAME;
        let tail = self.rest.split_off(whole);
        let ready = std::mem::replace(&mut self.rest, tail);
        let (chunks, _) = ready.as_chunks::<FRAME>();
        for frame in chunks {
            ended.extend(self.frame(frame));
        }
        ended
    }

    /// Nothing was heard up to `position`: ends what was being spoken.
    pub fn jump(&mut self, position: u64) -> Option<Segment> {
        let ended = self.flush();
        self.position = position;
        self.rest.clear();
        self.before.clear();
        self.detector.reset();
        ended
    }

    /// Ends what is being spoken now, without waiting for a pause.
    pub fn flush(&mut self) -> Option<Segment> {
        let open = self.open.take()?;
        // The part of a frame that is still waiting belongs to the clip; it is also the head of the next frame.
        Some(open.finish(&self.rest))
    }

    /// What is being spoken now: position of its first sample, and its samples so far.
    pub fn speaking(&self) -> Option<(u64, &[f32])> {
        self.open.as_ref().map(|open| (open.start, open.samples.as_slice()))
    }

    fn frame(&mut self, frame: &[f32; FRAME]) -> Option<Segment> {
        let enough = if self.open.is_some() {
            VOICE_GOES_ON
        } else {
            VOICE_BEGINS
        };
        // A decoder overshoots full scale on loud speech; the detector takes nothing beyond it.
        let within = frame.map(|sample| sample.clamp(-1.0, 1.0));
        let voice = self.detector.predict_f32(&within) >= enough;
        self.position += FRAME as u64;
        let Some(open) = &mut self.open else {
            self.before.push_back(*frame);
            if voice {
                self.begin();
            } else if self.before.len() > PRE_ROLL {
                self.before.pop_front();
            }
            return None;
        };
        open.push(frame, voice);
        if open.quiet >= HANG_OVER {
            return self.open.take().map(|open| open.finish(&[]));
        }
        (open.voiced.len() >= LONGEST).then(|| open.cut())
    }

    fn begin(&mut self) {
        let length = self.before.len() * FRAME;
        let mut open = Open::at(self.position - length as u64);
        let last = self.before.len() - 1;
        for (n, frame) in self.before.drain(..).enumerate() {
            open.push(&frame, n == last);
        }
        self.open = Some(open);
    }
}

impl Open {
    fn at(start: u64) -> Self {
        Self {
            start,
            samples: Vec::new(),
            energy: Vec::new(),
            voiced: Vec::new(),
            quiet: 0,
        }
    }

    fn push(&mut self, frame: &[f32; FRAME], voice: bool) {
        self.samples.extend_from_slice(frame);
        self.energy.push(frame.iter().map(|sample| sample * sample).sum());
        self.voiced.push(voice);
        self.quiet = if voice { 0 } else { self.quiet + 1 };
    }

    fn finish(mut self, rest: &[f32]) -> Segment {
        if self.quiet > POST_ROLL {
            let frames = self.voiced.len() - (self.quiet - POST_ROLL);
            self.samples.truncate(frames * FRAME);
        } else {
            self.samples.extend_from_slice(rest);
        }
        let speech = self.voiced.iter().filter(|voiced| **voiced).count() >= SHORTEST_VOICE;
        Segment {
            start: self.start,
            samples: self.samples,
            speech,
        }
    }

    /// Gives the first part, up to the quietest of the last frames, and keeps the rest.
    fn cut(&mut self) -> Segment {
        let first = self.energy.len() - CUT_WITHIN;
        // Some frames together: a pause between words, not the closure inside a consonant.
        let around = |n: usize| self.energy[n - CUT_AROUND..=n + CUT_AROUND].iter().sum::<f32>();
        let at = (first..self.energy.len() - CUT_AROUND)
            .min_by(|a, b| around(*a).total_cmp(&around(*b)))
            .unwrap_or(first);
        let mut rest = Self::at(self.start + (at * FRAME) as u64);
        rest.samples = self.samples.split_off(at * FRAME);
        rest.energy = self.energy.split_off(at);
        rest.voiced = self.voiced.split_off(at);
        rest.quiet = self.quiet.min(rest.voiced.len());
        std::mem::replace(self, rest).finish(&[])
    }
}
