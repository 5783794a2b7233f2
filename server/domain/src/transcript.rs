//! What was said, by whom, in what capacity. The first text is kept for ever; every change is a further revision with its
//! author and reason, so the record can show how each sentence came to read as it does. Nothing here deletes.

mod attribution;
mod cut;
mod edit;
mod link;
mod revision;

pub use attribution::{NOT_IN_ROSTER, Roster};
pub use cut::{Halves, merge, split};
pub use edit::{Edit, EditError, MAX_TEXT, clean_text, restore, revise, strike};
pub use link::{AnnouncementSpan, ExchangeSpan, Minutes, refine};
pub use revision::{Content, Reason, Revision};

use crate::{
    id::{PersonId, QuestionId, SegmentId, TakeId},
    person::NameCard,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, utoipa::ToSchema)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Machine,
    /// Typed live by a captioner.
    Captioner,
    /// Written at the transcript desk.
    Editor,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
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
    /// Taken out of the record by the desk: kept here, shown in no output.
    #[serde(default)]
    pub struck: bool,
}

impl Segment {
    /// What a revision may change.
    pub fn content(&self) -> Content {
        Content {
            speaker: self.speaker,
            card: self.card.clone(),
            kind: self.kind,
            question: self.question,
            start: self.start,
            end: self.end,
            language: self.language.clone(),
            text: self.text.clone(),
            struck: self.struck,
        }
    }

    /// The segment as revision `number` has it.
    pub fn with(self, number: u32, content: Content) -> Self {
        let Content {
            speaker,
            card,
            kind,
            question,
            start,
            end,
            language,
            text,
            struck,
        } = content;
        Self {
            speaker,
            card,
            kind,
            question,
            start,
            end,
            language,
            text,
            struck,
            revision: number,
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
