//! Everything somebody may want from a room, and why it may be refused. On one screen.

use crate::{
    id::{PersonId, QuestionId, SeatId},
    question::QuestionDraft,
    room::{
        fair::LineRule,
        show::{ShowPlan, ShowStep},
    },
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Someone wants something. Who may want what is `policy`'s business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    // At the door
    /// Accept the ground rules in this version.
    AcceptRules {
        version: u32,
    },

    // Anyone accredited
    RaiseHand {
        language: String,
        topic: Option<String>,
    },
    LowerHand,
    Submit {
        draft: QuestionDraft,
    },
    Withdraw {
        question: QuestionId,
    },

    /// Asks once more about one's own question.
    FollowUp {
        parent: QuestionId,
        draft: QuestionDraft,
    },
    /// Asks from the hall's microphone, or from one's own devices again.
    SitInHall {
        hall: bool,
    },

    // The called journalist
    /// Device check done: ready to go on air.
    Ready,
    /// Leave the air by oneself.
    LeaveFloor,

    // The question desk
    Hold {
        question: QuestionId,
        reason: Option<String>,
    },
    Release {
        question: QuestionId,
    },
    Decline {
        question: QuestionId,
        reason: String,
    },
    /// Put a question into the call list, at the end or before another.
    List {
        question: QuestionId,
        before: Option<QuestionId>,
    },
    /// Take it out of the call list, back to the desk.
    Unlist {
        question: QuestionId,
    },
    /// Override the computed order: before another, or to the end.
    Place {
        question: QuestionId,
        before: Option<QuestionId>,
        reason: String,
    },
    /// Back to its computed place.
    Unplace {
        question: QuestionId,
    },
    /// One question is asked and answered for the others too; all askers are named.
    Group {
        lead: QuestionId,
        members: Vec<QuestionId>,
    },
    Ungroup {
        question: QuestionId,
    },
    /// Take up a declined question again.
    Restore {
        question: QuestionId,
    },
    /// A question that was taken: by when, and who sees to it; `None` is whoever says so.
    Promise {
        question: QuestionId,
        due: Timestamp,
        owner: Option<PersonId>,
    },
    AnswerInWriting {
        question: QuestionId,
        text: String,
        language: String,
        /// In whose name; `None` is whoever answers.
        speaker: Option<PersonId>,
    },
    CloseUnanswered {
        question: QuestionId,
        reason: String,
    },

    // The chair
    OpenDoors,
    GoLive,
    End,
    GoOffRecord,
    GoOnRecord,
    /// Call a question's asker to the side room for the device check.
    Call {
        question: QuestionId,
    },
    /// Call somebody though another is next.
    CallOutOfTurn {
        question: QuestionId,
        reason: String,
    },
    /// Declare the rule of the line; `None`: as the desk lists.
    RuleLine {
        rule: Option<LineRule>,
        reason: String,
    },
    PlanShow {
        plan: ShowPlan,
    },
    StepShow {
        to: ShowStep,
    },
    /// Let the called journalist speak on stage.
    PutOnAir,
    /// Give one follow-up to the journalist on air.
    AllowFollowUp,
    /// End the exchange: the journalist steps down.
    StepDown {
        outcome: Outcome,
    },
    StartAnnouncement {
        title: String,
    },
    EndAnnouncement,
    Mute {
        seat: SeatId,
    },
    Unmute {
        seat: SeatId,
    },
    /// Move one of the team (or a speaker) between backstage, stage and gallery.
    Move {
        seat: SeatId,
        to: Zone,
    },
    Remove {
        seat: SeatId,
        reason: String,
    },
    /// A note from the team to one person ("two minutes left").
    Note {
        to: SeatId,
        text: String,
    },
    ClearAlarm {
        alarm: String,
    },

    // The captioner
    /// A finished caption line typed for the person now speaking, or for `seat`.
    TypeCaption {
        seat: Option<SeatId>,
        text: String,
        language: String,
    },
}

/// How an exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Answered,
    /// Promised for later, in writing.
    Taken,
    /// Back into the line (technical trouble).
    Requeue,
}

/// Where a seat is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// The green room: the team and the next speakers talk, unheard by the floor.
    Backstage,
    /// Seen and heard by all.
    Stage,
    /// The called journalist's device check.
    Side,
    /// Watching, and in line.
    Gallery,
}

/// Why a command was refused. `code` is stable for programs; the sentence is the client's, in its language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    #[error("your role may not do this")]
    NotAllowed,
    #[error("no such seat")]
    NoSuchSeat,
    #[error("no such question")]
    NoSuchQuestion,
    #[error("accept the ground rules first")]
    RulesNotAccepted,
    #[error("the ground rules have changed: read the new ones")]
    RulesChanged,
    #[error("the event is not live")]
    NotLive,
    #[error("the event has ended")]
    AlreadyEnded,
    #[error("this is already so")]
    AlreadySo,
    #[error("the question is no longer in a state that allows this")]
    WrongState,
    #[error("somebody is already called or on air")]
    FloorTaken,
    #[error("nobody is called or on air")]
    FloorEmpty,
    #[error("no follow-up left by the ground rules")]
    NoFollowUpLeft,
    #[error("another is next in line: give a reason to change the order")]
    ReasonNeeded,
    #[error("this cannot be so")]
    NotPossible,
    #[error("the asker is not in the room")]
    AskerAbsent,
    #[error("the text is empty")]
    Empty,
    #[error("the text is too long")]
    TooLong,
    #[error("too many open questions from you")]
    TooManyQuestions,
    #[error("questions are closed")]
    QuestionsClosed,
    #[error("too many requests: slow down")]
    TooFast,
    #[error("the room could not store this; try again")]
    NotStored,
}
