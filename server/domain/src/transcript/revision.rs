//! One state of a segment's words and attribution, who made it, and why. Revisions are only ever added.

use crate::{
    id::{PersonId, QuestionId, SegmentId},
    person::NameCard,
    text::Lang,
    time::Timestamp,
    transcript::SegmentKind,
};
use serde::{Deserialize, Serialize};

/// Everything about a segment that a revision may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Content {
    pub speaker: Option<PersonId>,
    pub card: NameCard,
    pub kind: SegmentKind,
    pub question: Option<QuestionId>,
    pub start: Timestamp,
    pub end: Timestamp,
    pub language: Lang,
    pub text: String,
    pub struck: bool,
}

/// Why a revision was made. The first four are an editor's choice, the others name the act itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The machine or the captioner heard wrong.
    Recognition,
    /// A name of a person, place or body.
    Name,
    /// Punctuation, capitals, repetitions: the sense is untouched.
    Style,
    /// The sense changes; after publication this needs a public correction.
    Sense,
    /// The first text.
    First,
    Split,
    Merge,
    Strike,
    Restore,
    /// Kind and question set from the room's minutes.
    Minutes,
}

impl Reason {
    /// Whether a released text may change in this way without a public correction.
    pub fn needs_correction(self) -> bool {
        matches!(self, Self::Sense | Self::Strike | Self::Restore)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Revision {
    pub segment: SegmentId,
    /// 0 is the first text; no gaps.
    pub number: u32,
    /// `None`: a machine.
    pub author: Option<PersonId>,
    pub reason: Reason,
    pub at: Timestamp,
    pub content: Content,
}
