//! What was said, by whom, in what capacity; and the first machine text is kept.

use crate::{
    id::{PersonId, QuestionId, SegmentId, TakeId},
    person::NameCard,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SegmentKind {
    /// The chair's or anybody's remarks outside questions.
    Remarks,
    Announcement,
    Question,
    Answer,
    /// "The briefing is suspended", the chair calling somebody.
    Procedure,
    /// (laughter), (inaudible): never part of a quote.
    StageNote,
}

/// Where a segment's first text came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Machine,
    /// Typed live by a captioner.
    Captioner,
    /// Written at the transcript desk.
    Editor,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Segment {
    pub id: SegmentId,
    pub speaker: Option<PersonId>,
    /// From the registration, at the time of speaking.
    pub card: NameCard,
    pub kind: SegmentKind,
    /// Question this segment asks or answers.
    pub question: Option<QuestionId>,
    pub start: Timestamp,
    pub end: Timestamp,
    pub language: String,
    pub text: String,
    pub origin: Origin,
    /// Engine and model of the machine text.
    pub engine: Option<String>,
    /// 0 to 1, where the engine tells.
    pub confidence: Option<f32>,
    pub take: Option<TakeId>,
    /// Number of the newest revision; 0 is the first text.
    pub revision: u32,
}
