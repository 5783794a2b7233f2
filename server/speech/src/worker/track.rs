//! One speaker in the worker: packets to sound, sound to segments, segments to jobs, and results to captions with times.

use super::pool::Job;
use crate::{
    clock::RoomClock,
    engine::{Caps, Hypothesis},
    glossary::{Glossary, Term},
    opus_track::{DecoderError, OpusTrack, Sound},
    partials::{Partials, without_loop},
    protocol::{AudioPacket, CaptionEvent, Final, OpenTrack, Partial},
    segmenter::{Segment, Segmenter},
};
use rostrum_domain::{id::SourceId, time::Timestamp};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

pub(super) struct Track {
    id: SourceId,
    life: u64,
    lang: Arc<str>,
    terms: Arc<[Term]>,
    glossary: Glossary,
    sound: OpusTrack,
    segmenter: Segmenter,
    clock: Option<RoomClock>,
    next_segment: u32,
    /// The segment being spoken, once it has a number.
    speaking: Option<u32>,
    due: Partials,
    /// Segments with a number whose last word has not been said.
    unfinished: BTreeMap<u32, Unfinished>,
    /// End of the last finished segment: times never run backwards.
    ended: Timestamp,
    last_packet: Instant,
    closing: bool,
}

#[derive(Default)]
struct Unfinished {
    revision: u32,
    partials: Partials,
}

impl Track {
    pub(super) fn new(open: OpenTrack, life: u64) -> Result<Self, DecoderError> {
        Ok(Self {
            id: open.track,
            life,
            lang: open.lang.into(),
            glossary: Glossary::new(&open.glossary),
            terms: open.glossary.into(),
            sound: OpusTrack::new()?,
            segmenter: Segmenter::default(),
            clock: None,
            next_segment: open.first_segment,
            speaking: None,
            due: Partials::default(),
            unfinished: BTreeMap::new(),
            ended: Timestamp::from_micros(i64::MIN),
            last_packet: Instant::now(),
            closing: false,
        })
    }

    pub(super) fn id(&self) -> SourceId {
        self.id
    }

    pub(super) fn next_segment(&self) -> u32 {
        self.next_segment
    }

    /// A new language or glossary; what was being said ends under the old ones.
    pub(super) fn reopen(&mut self, open: OpenTrack) -> Vec<Job> {
        let out = self.flush();
        self.lang = open.lang.into();
        self.glossary = Glossary::new(&open.glossary);
        self.terms = open.glossary.into();
        self.next_segment = self.next_segment.max(open.first_segment);
        out
    }

    pub(super) fn packet(&mut self, packet: AudioPacket) -> Vec<Job> {
        self.last_packet = Instant::now();
        let sounds = self.sound.push(packet);
        self.hear(sounds)
    }

    /// Ends what is being spoken.
    pub(super) fn flush(&mut self) -> Vec<Job> {
        let sounds = self.sound.flush();
        let mut out = self.hear(sounds);
        if let Some(segment) = self.segmenter.flush() {
            self.end(segment, &mut out);
        }
        out
    }

    pub(super) fn close(&mut self) -> Vec<Job> {
        self.closing = true;
        self.flush()
    }

    /// Somebody was speaking, but no packet came for `patience`.
    pub(super) fn stopped(&self, patience: Duration) -> bool {
        self.segmenter.speaking().is_some() && self.last_packet.elapsed() >= patience
    }

    /// Closed, and its last caption was said.
    pub(super) fn finished(&self) -> bool {
        self.closing && self.unfinished.is_empty()
    }

    /// Turns a result into a caption. A partial result that comes after the segment's end is not one.
    pub(super) fn recognized(&mut self, job: &Job, hypothesis: Hypothesis, caps: &Caps) -> Option<CaptionEvent> {
        let heard = if job.last {
            hypothesis.text.as_str()
        } else {
            without_loop(&hypothesis.text)
        };
        let text = self.glossary.apply(heard);
        let (track, segment_no, start, end) = (self.id, job.segment_no, job.start, job.end);
        if job.last {
            let revision = self.unfinished.remove(&segment_no)?.revision;
            let (engine, model) = (caps.engine.clone(), caps.model.clone());
            let confidence = hypothesis.confidence;
            return Some(CaptionEvent::Final(Final {
                track,
                segment_no,
                revision,
                start,
                end,
                text,
                confidence,
                engine,
                model,
            }));
        }
        let unfinished = self.unfinished.get_mut(&segment_no)?;
        if text.is_empty() {
            return None;
        }
        let stable_chars = unfinished.partials.agree(&text);
        let revision = unfinished.revision;
        unfinished.revision += 1;
        Some(CaptionEvent::Partial(Partial {
            track,
            segment_no,
            revision,
            start,
            end,
            text,
            stable_chars,
        }))
    }

    /// The segment's words will not come.
    pub(super) fn give_up(&mut self, segment_no: u32) {
        self.unfinished.remove(&segment_no);
    }

    fn hear(&mut self, sounds: Vec<Sound>) -> Vec<Job> {
        let mut out = Vec::new();
        for sound in sounds {
            match sound {
                Sound::Samples {
                    position,
                    captured_at,
                    samples,
                } => {
                    if self.segmenter.speaking().is_none() || self.clock.is_none() {
                        self.clock = Some(RoomClock::new(position, captured_at));
                    }
                    for segment in self.segmenter.push(&samples) {
                        self.end(segment, &mut out);
                    }
                    self.partial(&mut out);
                }
                Sound::Jump { position } => {
                    if let Some(segment) = self.segmenter.jump(position) {
                        self.end(segment, &mut out);
                    }
                }
            }
        }
        out
    }

    fn partial(&mut self, out: &mut Vec<Job>) {
        let Some((start, samples)) = self.segmenter.speaking() else {
            return;
        };
        if !self.due.due(samples.len()) {
            return;
        }
        let (end, samples) = (start + samples.len() as u64, samples.to_vec());
        let segment_no = self.number();
        out.push(self.job(segment_no, false, start, end, samples));
    }

    fn end(&mut self, segment: Segment, out: &mut Vec<Job>) {
        self.due = Partials::default();
        let end = segment.end();
        if segment.speech {
            let segment_no = self.number();
            let job = self.job(segment_no, true, segment.start, end, segment.samples);
            self.ended = job.end;
            out.push(job);
        } else if let Some(segment_no) = self.speaking {
            // Words were shown for what turned out to be a noise: take them back.
            let job = self.job(segment_no, true, segment.start, end, Vec::new());
            out.push(job);
        }
        self.speaking = None;
    }

    fn number(&mut self) -> u32 {
        *self.speaking.get_or_insert_with(|| {
            let segment_no = self.next_segment;
            self.next_segment = segment_no.saturating_add(1);
            self.unfinished.insert(segment_no, Unfinished::default());
            segment_no
        })
    }

    fn job(&self, segment_no: u32, last: bool, start: u64, end: u64, samples: Vec<f32>) -> Job {
        let time = |position| self.clock.map_or(Timestamp::default(), |clock| clock.at(position));
        let start = time(start).max(self.ended);
        Job {
            track: self.id,
            life: self.life,
            segment_no,
            last,
            start,
            end: time(end).max(start),
            samples,
            lang: Arc::clone(&self.lang),
            glossary: Arc::clone(&self.terms),
        }
    }
}
