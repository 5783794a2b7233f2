//! Kinds and question links from the room's minutes: who had the floor for which question, and when an announcement was
//! read. The machine knows words; the minutes know what they were.

use crate::{
    id::{PersonId, QuestionId},
    time::Timestamp,
    transcript::{Content, SegmentKind},
};

/// How far before the chair's click somebody may begin to speak. Higher: the end of the exchange before is drawn in; lower: a
/// journalist who speaks at once is taken for remarks.
const LEAD: i64 = 1_500_000;

/// The parts of the room's journal that tell what words were. Spans are in order and do not overlap within a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Minutes {
    pub live_since: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub exchanges: Vec<ExchangeSpan>,
    pub announcements: Vec<AnnouncementSpan>,
    /// Spans held off the record; an end of `None` lasts until the event's end.
    pub off_record: Vec<(Timestamp, Option<Timestamp>)>,
}

/// From on air to stepped down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeSpan {
    pub question: QuestionId,
    pub asker: PersonId,
    pub start: Timestamp,
    pub end: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncementSpan {
    pub title: String,
    pub start: Timestamp,
    pub end: Option<Timestamp>,
}

impl Minutes {
    /// The exchange in which a segment that begins at `start` and ends at `end` was said.
    pub fn exchange(&self, start: Timestamp, end: Timestamp) -> Option<&ExchangeSpan> {
        let at = middle(start, end);
        self.exchanges
            .iter()
            .rev()
            .find(|span| within(at, span.start, span.end))
    }

    /// The announcement in which it was read, with its number from 0.
    pub fn announcement(&self, start: Timestamp, end: Timestamp) -> Option<(usize, &AnnouncementSpan)> {
        let at = middle(start, end);
        self.announcements
            .iter()
            .enumerate()
            .rev()
            .find(|(_, span)| within(at, span.start, span.end))
    }
}

/// The segment with the kind and question that the minutes give it, or `None` when nothing changes. `by_house` says whether
/// the speaker answers for the house (spokesperson, guest speaker) rather than runs the floor.
///
/// After the asker has stepped down, what the house says until the next exchange or announcement still answers: people
/// finish their sentence after the click.
pub fn refine(current: &Content, minutes: &Minutes, by_house: bool) -> Option<Content> {
    if current.struck || current.kind == SegmentKind::StageNote {
        return None;
    }
    let (kind, question) = judge(current, minutes, by_house);
    let next = Content {
        kind,
        question,
        ..current.clone()
    };
    (next != *current).then_some(next)
}

fn judge(current: &Content, minutes: &Minutes, by_house: bool) -> (SegmentKind, Option<QuestionId>) {
    if let Some(span) = minutes.exchange(current.start, current.end) {
        return if current.speaker == Some(span.asker) {
            (SegmentKind::Question, Some(span.question))
        } else if by_house {
            (SegmentKind::Answer, Some(span.question))
        } else {
            (SegmentKind::Procedure, None)
        };
    }
    if minutes.announcement(current.start, current.end).is_some() && by_house {
        return (SegmentKind::Announcement, None);
    }
    match last_exchange_before(minutes, current.start) {
        Some(span) if by_house => (SegmentKind::Answer, Some(span.question)),
        _ if current.kind == SegmentKind::Procedure => (SegmentKind::Procedure, None),
        _ => (SegmentKind::Remarks, None),
    }
}

/// The exchange that ended before `at`, when no announcement has begun since.
fn last_exchange_before(minutes: &Minutes, at: Timestamp) -> Option<&ExchangeSpan> {
    let span = minutes
        .exchanges
        .iter()
        .rev()
        .find(|span| span.end.is_some_and(|end| end <= at))?;
    let announced = minutes
        .announcements
        .iter()
        .any(|a| a.start >= span.start && a.start <= at);
    (!announced).then_some(span)
}

fn within(at: Timestamp, start: Timestamp, end: Option<Timestamp>) -> bool {
    at.micros() >= start.micros() - LEAD && end.is_none_or(|end| at < end)
}

fn middle(start: Timestamp, end: Timestamp) -> Timestamp {
    Timestamp(start.micros() + (end.micros() - start.micros()) / 2)
}
