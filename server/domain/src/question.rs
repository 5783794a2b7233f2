//! A question and its whole life. A question is never deleted and its words are never edited by staff.

pub mod alike;

use crate::{
    id::{PersonId, QuestionId},
    person::NameCard,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the question reached the desk; shown on the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A hand raised in the room, no text.
    LiveHand,
    /// A slot asked for before the event ("ask live"), topic only.
    SlotRequest,
    /// Text sent before the event.
    WrittenAdvance,
    /// Text sent during the event.
    Message,
}

/// Where a question stands. Each arrow is a fact in the room's journal; [`QuestionState::may_become`] is the table:
/// `submitted → (held → submitted) → listed → called → on_air → answered | taken`, `taken → answered_in_writing |
/// closed_unanswered`; `grouped` goes the way of the question that leads its group; and out of the line by `withdrawn`,
/// `declined` (with a reason, told to the asker; it may be taken up again) or `not_reached` (the event ended).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionState {
    Submitted,
    Held,
    Listed,
    Called,
    OnAir,
    Answered,
    Taken,
    Declined,
    Withdrawn,
    NotReached,
    /// Asks the same as another question and is answered with it.
    Grouped,
    /// Taken, and answered in writing since.
    AnsweredInWriting,
    /// Taken, and closed without an answer; the reason is told.
    ClosedUnanswered,
}

impl QuestionState {
    pub const ALL: [Self; 13] = [
        Self::Submitted,
        Self::Held,
        Self::Listed,
        Self::Called,
        Self::OnAir,
        Self::Answered,
        Self::Taken,
        Self::Declined,
        Self::Withdrawn,
        Self::NotReached,
        Self::Grouped,
        Self::AnsweredInWriting,
        Self::ClosedUnanswered,
    ];

    /// The table of a question's life; there is no other way.
    pub fn may_become(self, next: Self) -> bool {
        use QuestionState::{
            Answered, AnsweredInWriting, Called, ClosedUnanswered, Declined, Grouped, Held, Listed, NotReached, OnAir,
            Submitted, Taken, Withdrawn,
        };
        let ways: &[Self] = match self {
            Submitted => &[Held, Listed, Called, Grouped, Declined, Withdrawn, NotReached],
            Held => &[Submitted, Listed, Grouped, Declined, Withdrawn, NotReached],
            Listed => &[Submitted, Held, Called, Grouped, Declined, Withdrawn, NotReached],
            Called => &[OnAir, Listed],
            OnAir => &[Answered, Taken, Listed],
            Grouped => &[Submitted, Listed, Answered, Taken, Declined, Withdrawn, NotReached],
            Taken => &[AnsweredInWriting, ClosedUnanswered],
            Declined => &[Submitted],
            Answered | Withdrawn | NotReached | AnsweredInWriting | ClosedUnanswered => &[],
        };
        ways.contains(&next)
    }

    /// Whether the asker may still take it back.
    pub fn may_withdraw(self) -> bool {
        matches!(
            self,
            Self::Submitted | Self::Held | Self::Listed | Self::Called | Self::Grouped
        )
    }

    /// Nothing more happens to it in the room; what was taken may still be answered in writing.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Answered
                | Self::Taken
                | Self::Declined
                | Self::Withdrawn
                | Self::NotReached
                | Self::AnsweredInWriting
                | Self::ClosedUnanswered
        )
    }

    /// Promised on air, whatever became of it since.
    pub fn was_taken(self) -> bool {
        matches!(self, Self::Taken | Self::AnsweredInWriting | Self::ClosedUnanswered)
    }
}

/// "I will come back to you": by when, and who sees to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct Promise {
    pub due: Timestamp,
    pub owner: PersonId,
    pub owner_name: String,
}

/// The answer given in writing to a question that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct WrittenAnswer {
    pub text: String,
    pub language: String,
    /// In whose name and office it is given.
    pub by: PersonId,
    pub card: NameCard,
    pub at: Timestamp,
}

/// What an asker hands in. Bounds: topic ≤ 200 characters, text ≤ 4,000.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct QuestionDraft {
    pub topic: String,
    pub language: String,
    /// `None`: the journalist asks live.
    pub text: Option<String>,
}

/// A question as the room holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct Question {
    pub id: QuestionId,
    pub asker: PersonId,
    /// Frozen when asked, whatever changes later.
    pub card: NameCard,
    pub channel: Channel,
    pub topic: String,
    pub language: String,
    pub text: Option<String>,
    pub state: QuestionState,
    /// Told to the asker when declined or held.
    pub reason: Option<String>,
    pub submitted_at: Timestamp,
    pub called_at: Option<Timestamp>,
    pub on_air_at: Option<Timestamp>,
    pub done_at: Option<Timestamp>,
    /// The question that is asked and answered for this one too.
    #[serde(default)]
    pub group: Option<QuestionId>,
    /// The question this one follows up.
    #[serde(default)]
    pub parent: Option<QuestionId>,
    /// When it was taken.
    #[serde(default)]
    pub promise: Option<Promise>,
    #[serde(default)]
    pub answer: Option<WrittenAnswer>,
}
