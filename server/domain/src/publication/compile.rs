//! From the desk's segments to a frozen record: what is struck, empty or off the record is left out here, once, for every
//! output; speakers are labelled, exchanges numbered, times mapped to the programme.

use crate::{
    event::AskerPolicy,
    id::{PersonId, QuestionId, SegmentId},
    person::NameCard,
    publication::{
        Anchor, Block, Correction, EventFacts, MachineHelp, MediaFile, Numbering, Part, RECORD_FORMAT, Record,
        RecordSegment, RecordWaits, Speaker, Timeline, TranscriptLabel, label, record::RecordTotals,
    },
    question::Channel,
    time::Timestamp,
    transcript::{Minutes, Origin, Segment, SegmentKind},
};
use std::collections::{BTreeMap, BTreeSet};

/// Who asked, and how the question reached the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub asker: PersonId,
    pub channel: Channel,
    /// The cards of those who asked the same.
    pub together: Vec<NameCard>,
    /// The question this one follows up.
    pub parent: Option<QuestionId>,
}

/// Everything an edition is made from.
#[derive(Clone, Debug)]
pub struct Draft {
    pub edition: u32,
    pub event: EventFacts,
    pub asker_policy: AskerPolicy,
    pub totals: RecordTotals,
    pub waits: Option<RecordWaits>,
    pub segments: Vec<Segment>,
    /// Segments whose words a person has changed.
    pub corrected: BTreeSet<SegmentId>,
    pub questions: BTreeMap<QuestionId, Asked>,
    /// People who are here as press, whatever their card says.
    pub press: BTreeSet<PersonId>,
    pub minutes: Minutes,
    /// Of the programme file; empty when there is none, then times count from the start of the event.
    pub timeline: Timeline,
    pub media: Vec<MediaFile>,
    pub corrections: Vec<Correction>,
    /// Earlier editions, oldest first.
    pub earlier: Vec<Record>,
}

/// The record, a function of its arguments only.
pub fn compile(draft: &Draft) -> Record {
    let segments = publishable(draft);
    let timeline = if draft.timeline.0.is_empty() {
        plain_timeline(draft, &segments)
    } else {
        draft.timeline.clone()
    };
    let mut languages = Vec::new();
    for segment in &segments {
        if !languages.contains(&segment.language) {
            languages.push(segment.language.clone());
        }
    }
    Record {
        format: RECORD_FORMAT.to_owned(),
        edition: draft.edition,
        event: draft.event.clone(),
        label: TranscriptLabel::NearVerbatim,
        asker_policy: draft.asker_policy,
        machine_help: machine_help(draft, &segments),
        languages,
        totals: draft.totals,
        waits: draft.waits.clone(),
        blocks: blocks(draft, &segments, &timeline),
        corrections: draft.corrections.clone(),
        media: draft.media.clone(),
        timeline,
    }
}

/// In order of speaking, without what may not be published.
fn publishable(draft: &Draft) -> Vec<&Segment> {
    let off_record = |at: Timestamp| {
        draft
            .minutes
            .off_record
            .iter()
            .any(|(start, end)| *start <= at && end.is_none_or(|end| at < end))
    };
    let mut segments: Vec<&Segment> = draft
        .segments
        .iter()
        .filter(|segment| !segment.struck && !segment.text.trim().is_empty() && !off_record(segment.start))
        .collect();
    segments.sort_by_key(|segment| (segment.start, segment.end, segment.id));
    segments
}

fn plain_timeline(draft: &Draft, segments: &[&Segment]) -> Timeline {
    let start = draft
        .minutes
        .live_since
        .or(segments.first().map(|segment| segment.start))
        .unwrap_or_default();
    let last = segments.iter().map(|segment| segment.end).max().unwrap_or(start);
    let end = draft.minutes.ended_at.unwrap_or(last).max(last);
    let gaps: Vec<_> = draft
        .minutes
        .off_record
        .iter()
        .map(|(from, to)| (*from, to.unwrap_or(end)))
        .collect();
    Timeline::without(start, end, &gaps)
}

fn machine_help(draft: &Draft, segments: &[&Segment]) -> MachineHelp {
    let machine: Vec<_> = segments
        .iter()
        .filter(|segment| segment.origin == Origin::Machine)
        .collect();
    let speech: BTreeSet<String> = machine.iter().filter_map(|segment| segment.engine.clone()).collect();
    MachineHelp {
        speech: speech.into_iter().collect(),
        segments: machine.len() as u32,
        corrected: machine
            .iter()
            .filter(|segment| draft.corrected.contains(&segment.id))
            .count() as u32,
    }
}

/// What makes neighbouring segments one block.
#[derive(PartialEq)]
struct Key {
    kind: SegmentKind,
    person: Option<PersonId>,
    speaker: Speaker,
    question: Option<QuestionId>,
    announcement: Option<usize>,
    written: Option<Timestamp>,
}

fn blocks(draft: &Draft, segments: &[&Segment], timeline: &Timeline) -> Vec<Block> {
    let mut runs: Vec<(Key, Vec<&Segment>)> = Vec::new();
    let (written, spoken): (Vec<&Segment>, Vec<&Segment>) =
        segments.iter().partition(|segment| written(draft, segment).is_some());
    for segment in spoken {
        let key = key(draft, segment);
        match runs.last_mut() {
            Some((last, run)) if *last == key => run.push(segment),
            _ => runs.push((key, vec![segment])),
        }
    }
    // What was promised stands with its exchange, not at the end of the page.
    for segment in written {
        let key = key(draft, segment);
        let exchange = runs.iter().rposition(|(run, _)| run.question == key.question);
        runs.insert(exchange.map_or(runs.len(), |last| last + 1), (key, vec![segment]));
    }
    let mut numbering = Numbering::after(&draft.earlier);
    numbering.reserve_announcements(draft.minutes.announcements.len() as u32);
    let mut open_exchange = None;
    runs.into_iter()
        .map(|(key, run)| {
            let anchor = anchor(&mut numbering, &mut open_exchange, &key, &run);
            let follows = (key.kind == SegmentKind::Question)
                .then(|| draft.questions.get(&key.question?)?.parent)
                .flatten()
                .and_then(|parent| numbering.first(Part::Question, parent));
            block(draft, timeline, key, anchor, follows, &run)
        })
        .collect()
}

/// When an answer was given in writing after the event; `None` for what was said.
fn written(draft: &Draft, segment: &Segment) -> Option<Timestamp> {
    let after = draft.minutes.ended_at.is_some_and(|ended| segment.start >= ended);
    let answers = segment.kind == SegmentKind::Answer && segment.question.is_some();
    (after && answers && segment.origin == Origin::Editor).then_some(segment.start)
}

fn key(draft: &Draft, segment: &Segment) -> Key {
    let press = segment.card.outlet.is_some()
        || segment.speaker.is_some_and(|person| {
            draft.press.contains(&person) || draft.questions.values().any(|asked| asked.asker == person)
        });
    let of_exchange = matches!(segment.kind, SegmentKind::Question | SegmentKind::Answer);
    let announcement = (segment.kind == SegmentKind::Announcement)
        .then(|| {
            draft
                .minutes
                .announcement(segment.start, segment.end)
                .map(|(index, _)| index)
        })
        .flatten();
    Key {
        kind: segment.kind,
        person: segment.speaker,
        speaker: label(&segment.card, press, draft.asker_policy),
        question: segment.question.filter(|_| of_exchange),
        announcement,
        written: written(draft, segment),
    }
}

fn anchor(numbering: &mut Numbering, open_exchange: &mut Option<u32>, key: &Key, run: &[&Segment]) -> Option<Anchor> {
    let ids: Vec<SegmentId> = run.iter().map(|segment| segment.id).collect();
    match key.kind {
        SegmentKind::Question => {
            let number = numbering.exchange(key.question, &ids);
            *open_exchange = Some(number);
            Some(numbering.anchor(Part::Question, number))
        }
        SegmentKind::Answer => {
            let number = match (key.question, *open_exchange) {
                (None, Some(open)) => open,
                (question, _) => numbering.exchange(question, &ids),
            };
            *open_exchange = Some(number);
            Some(numbering.anchor(Part::Answer, number))
        }
        SegmentKind::Announcement => {
            *open_exchange = None;
            let number = numbering.announcement(key.announcement.map(|index| index as u32 + 1), &ids);
            Some(numbering.anchor(Part::Announcement, number))
        }
        SegmentKind::Remarks => {
            *open_exchange = None;
            None
        }
        SegmentKind::Procedure | SegmentKind::StageNote => None,
    }
}

fn block(
    draft: &Draft,
    timeline: &Timeline,
    key: Key,
    anchor: Option<Anchor>,
    follows: Option<Anchor>,
    run: &[&Segment],
) -> Block {
    let is_question = key.kind == SegmentKind::Question;
    let asked = key
        .question
        .filter(|_| is_question)
        .and_then(|question| draft.questions.get(&question));
    let together = asked.map(|asked| asked.together.iter()).into_iter().flatten();
    Block {
        anchor,
        kind: key.kind,
        channel: asked.map(|asked| asked.channel),
        together: together.map(|card| label(card, true, draft.asker_policy)).collect(),
        follows,
        written: key.written,
        title: key
            .announcement
            .and_then(|index| draft.minutes.announcements.get(index))
            .map(|span| span.title.clone())
            .filter(|title| !title.trim().is_empty()),
        speaker: key.speaker,
        question: key.question,
        segments: run.iter().map(|segment| record_segment(segment, timeline)).collect(),
    }
}

fn record_segment(segment: &Segment, timeline: &Timeline) -> RecordSegment {
    let start_ms = timeline.at(segment.start);
    RecordSegment {
        id: segment.id,
        revision: segment.revision,
        start: segment.start,
        end: segment.end,
        start_ms,
        end_ms: timeline.at(segment.end).max(start_ms + 1),
        language: segment.language.clone(),
        text: segment.text.clone(),
        origin: segment.origin,
    }
}
