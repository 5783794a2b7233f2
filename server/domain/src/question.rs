//! A question and its whole life. A question is never deleted and its words are never edited by staff.

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

/// Where a question stands. Each arrow is a fact in the room's journal:
/// `submitted → (held → submitted) → listed → called → on_air → asked → answered | taken | declined_on_record`,
/// and out of the line by `withdrawn`, `declined` (with a reason, told to the asker) or `not_reached` (the event ended).
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
}

impl QuestionState {
    /// Whether the asker may still take it back.
    pub fn may_withdraw(self) -> bool {
        matches!(self, Self::Submitted | Self::Held | Self::Listed | Self::Called)
    }

    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Answered | Self::Taken | Self::Declined | Self::Withdrawn | Self::NotReached
        )
    }
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
}
