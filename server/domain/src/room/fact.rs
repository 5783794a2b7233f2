//! What happened in a room. The journal is a list of these, numbered and timed; it is also the minutes of the event.
//! Add-only: a stored fact must be readable for ever.

use crate::{
    event::GroundRules,
    id::{CommandId, PersonId, QuestionId, SeatId},
    person::{NameCard, Role},
    question::{Channel, Promise, QuestionDraft, QuestionState, WrittenAnswer},
    room::{
        command::{Outcome, Zone},
        fair::{LineRule, Turn},
        show::{ShowPlan, ShowStep},
    },
    text::Text,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// Always the first: what the room is for.
    Convened {
        title: Text,
        rules: GroundRules,
        caption_language: String,
    },
    /// The programme was edited before the end.
    Amended {
        title: Text,
        rules: GroundRules,
    },
    SeatTaken {
        seat: SeatId,
        person: PersonId,
        role: Role,
        card: NameCard,
    },
    Connected {
        seat: SeatId,
    },
    Disconnected {
        seat: SeatId,
    },
    RulesAccepted {
        seat: SeatId,
        version: u32,
    },
    Submitted {
        question: QuestionId,
        asker: PersonId,
        card: NameCard,
        channel: Channel,
        draft: QuestionDraft,
    },
    Withdrawn {
        question: QuestionId,
    },
    Held {
        question: QuestionId,
        reason: Option<String>,
    },
    Released {
        question: QuestionId,
    },
    Declined {
        question: QuestionId,
        reason: String,
    },
    /// `position` counts from 0.
    Listed {
        question: QuestionId,
        position: u32,
    },
    Unlisted {
        question: QuestionId,
    },
    /// The rule of the line from here on (`None`: as the desk lists), and the past turns that count.
    LineRuled {
        rule: Option<LineRule>,
        past: Vec<Turn>,
        reason: Option<String>,
    },
    /// Put elsewhere than the rule says: before those it overtook, or behind those it let pass.
    Placed {
        question: QuestionId,
        before: Vec<QuestionId>,
        behind: Vec<QuestionId>,
        reason: String,
    },
    Unplaced {
        question: QuestionId,
    },
    /// The computed line at the moment somebody was called, for whoever checks it later.
    LineStood {
        order: Vec<QuestionId>,
    },
    /// Called though another was next.
    CalledOutOfTurn {
        question: QuestionId,
        next: Option<QuestionId>,
        reason: String,
    },
    /// Asked and answered with another question from here on.
    Grouped {
        lead: QuestionId,
        members: Vec<QuestionId>,
    },
    Ungrouped {
        question: QuestionId,
    },
    /// A grouped question had the outcome of its lead.
    WentWithLead {
        question: QuestionId,
        lead: QuestionId,
        state: QuestionState,
    },
    FollowsUp {
        question: QuestionId,
        parent: QuestionId,
    },
    /// Declined by mistake: back at the desk.
    Restored {
        question: QuestionId,
    },
    Promised {
        question: QuestionId,
        promise: Promise,
    },
    AnsweredInWriting {
        question: QuestionId,
        answer: WrittenAnswer,
    },
    ClosedUnanswered {
        question: QuestionId,
        reason: String,
    },
    /// Asks from a seat in the hall, at its microphone, without media of one's own.
    SatInHall {
        seat: SeatId,
        hall: bool,
    },
    ShowPlanned {
        plan: ShowPlan,
    },
    ShowStepped {
        to: ShowStep,
    },
    DoorsOpened,
    WentLive,
    Ended,
    WentOffRecord,
    WentOnRecord,
    Called {
        question: QuestionId,
        seat: SeatId,
    },
    DeviceReady {
        seat: SeatId,
    },
    OnAir {
        question: QuestionId,
        seat: SeatId,
    },
    FollowUpAllowed {
        question: QuestionId,
    },
    SteppedDown {
        question: QuestionId,
        seat: SeatId,
        outcome: Outcome,
    },
    AnnouncementStarted {
        title: String,
    },
    AnnouncementEnded,
    Muted {
        seat: SeatId,
    },
    Unmuted {
        seat: SeatId,
    },
    Moved {
        seat: SeatId,
        to: Zone,
    },
    Removed {
        seat: SeatId,
        reason: String,
    },
    NoteSent {
        to: SeatId,
        text: String,
    },
    NotReached {
        question: QuestionId,
    },
    AlarmRaised {
        alarm: String,
        text: String,
    },
    AlarmCleared {
        alarm: String,
    },
}

/// One line of the journal: a fact with its number (from 1, no gaps), its time, and who caused it by which command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub number: u64,
    pub at: Timestamp,
    /// `None`: the house itself (a connection lost, an alarm).
    pub actor: Option<PersonId>,
    pub command: Option<CommandId>,
    pub fact: Fact,
}
