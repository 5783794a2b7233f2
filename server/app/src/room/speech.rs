//! What is said on stage, as captions and as first texts of the transcript: the engine knows words, the room knows who
//! spoke, in what capacity, and to which question.

use crate::store::segments::NewSegment;
use rostrum_domain::{
    id::{EventId, PersonId, SeatId, SegmentId, SourceId},
    person::NameCard,
    room::{Room, minutes::MinuteTaker},
    signal::Caption,
    time::Timestamp,
    transcript::Origin,
};
use rostrum_speech::protocol::{Final, Partial};
use std::collections::{BTreeMap, VecDeque};
use uuid::Uuid;

/// Finished lines shown to those who come in. Higher: more to read back; lower: a join in mid-sentence has no context.
const SHOWN_BACK: usize = 20;
/// How long before its arrival a typed line was spoken, in microseconds: captioners write a few seconds behind.
const TYPING: i64 = 3_000_000;

/// Captions of one room.
#[derive(Default)]
pub struct Speech {
    /// Whose each source is; kept after it closed, because last words come late.
    speakers: BTreeMap<SourceId, SeatId>,
    recent: VecDeque<Caption>,
}

/// Somebody's words as the room attributes them.
pub struct Said<'a> {
    pub room: &'a Room,
    pub minutes: &'a MinuteTaker,
    pub now: Timestamp,
}

impl Speech {
    pub fn opened(&mut self, source: SourceId, seat: SeatId) {
        self.speakers.insert(source, seat);
    }

    pub fn seat_of(&self, source: SourceId) -> Option<SeatId> {
        self.speakers.get(&source).copied()
    }

    /// The lines to show to somebody who comes in.
    pub fn recent(&self) -> impl Iterator<Item = &Caption> {
        self.recent.iter()
    }

    /// Keeps the newest state of each of the last lines.
    pub fn keep(&mut self, caption: &Caption) {
        self.recent.retain(|kept| kept.line != caption.line);
        if caption.text.is_empty() {
            return;
        }
        self.recent.push_back(caption.clone());
        if self.recent.len() > SHOWN_BACK {
            self.recent.pop_front();
        }
    }

    /// A sentence still being spoken.
    pub fn partial(&self, said: &Said<'_>, partial: &Partial) -> Option<Caption> {
        let seat = self.seat_of(partial.track)?;
        let (_, mut caption) = said.line(
            seat,
            line(partial.track, partial.segment_no),
            partial.start,
            partial.end,
        )?;
        caption.revision = partial.revision;
        caption.text = partial.text.clone();
        caption.stable = partial.stable_chars;
        Some(caption)
    }

    /// A finished sentence, shown and stored; without words it only takes its partials away.
    pub fn finished(&self, said: &Said<'_>, event: EventId, words: &Final, id: Uuid) -> Option<(Caption, NewSegment)> {
        let seat = self.seat_of(words.track)?;
        let (speaker, mut caption) = said.line(seat, line(words.track, words.segment_no), words.start, words.end)?;
        caption.revision = words.revision;
        caption.text = words.text.clone();
        caption.stable = u32::try_from(words.text.chars().count()).unwrap_or(u32::MAX);
        caption.done = true;
        let mut segment = said.segment(event, SegmentId(id), speaker, &caption);
        segment.engine = Some(format!("{} {}", words.engine, words.model));
        segment.confidence = words.confidence;
        Some((caption, segment))
    }

    /// Speech that was heard but not understood: the unfinished line goes, nothing is invented.
    pub fn lost(&self, said: &Said<'_>, track: SourceId, segment: u32, start: Timestamp) -> Option<Caption> {
        let (_, mut caption) = said.line(self.seat_of(track)?, line(track, segment), start, said.now)?;
        caption.revision = u32::MAX;
        caption.done = true;
        Some(caption)
    }

    /// A line typed by a captioner, stored under the id of its command.
    pub fn typed(&self, said: &Said<'_>, event: EventId, typed: &Typed<'_>) -> Option<(Caption, NewSegment)> {
        let start = Timestamp(said.now.micros() - TYPING);
        let (speaker, mut caption) = said.line(typed.seat, typed.id.to_string(), start, said.now)?;
        caption.text = typed.text.trim().to_owned();
        caption.language = typed.language.to_owned();
        caption.stable = u32::try_from(caption.text.chars().count()).unwrap_or(u32::MAX);
        caption.done = true;
        caption.origin = Origin::Captioner;
        let mut segment = said.segment(event, SegmentId(typed.id), speaker, &caption);
        segment.author = Some(typed.author);
        Some((caption, segment))
    }
}

/// A captioner's line.
pub struct Typed<'a> {
    /// Who said it.
    pub seat: SeatId,
    pub text: &'a str,
    pub language: &'a str,
    pub author: PersonId,
    pub id: Uuid,
}

impl Said<'_> {
    fn line(&self, seat: SeatId, line: String, start: Timestamp, end: Timestamp) -> Option<(PersonId, Caption)> {
        let seat = self.room.roster().seat(seat)?;
        let (kind, _) = self.minutes.judge(seat.person, start, end);
        let caption = Caption {
            line,
            revision: 0,
            seat: Some(seat.id),
            card: seat.card.clone(),
            kind,
            language: self.room.record().caption_language().to_owned(),
            text: String::new(),
            stable: 0,
            done: false,
            origin: Origin::Machine,
            start,
            end,
        };
        Some((seat.person, caption))
    }

    fn segment(&self, event: EventId, id: SegmentId, speaker: PersonId, caption: &Caption) -> NewSegment {
        let (kind, question) = self.minutes.judge(speaker, caption.start, caption.end);
        NewSegment {
            id,
            event,
            speaker: Some(speaker),
            card: NameCard::clone(&caption.card),
            kind,
            question,
            start: caption.start,
            end: caption.end,
            language: caption.language.clone(),
            text: caption.text.clone(),
            origin: caption.origin,
            engine: None,
            confidence: None,
            take: None,
            author: None,
            at: self.now,
        }
    }
}

fn line(track: SourceId, segment: u32) -> String {
    format!("{track}-{segment}")
}
