//! What each audience is shown of a room. Sections are replaced whole, so a client never folds facts, and a section is
//! serialised once for everybody who sees it.

use crate::{
    event::GroundRules,
    id::{EventId, PersonId, QuestionId, SeatId, SourceId},
    media::{SourceHealth, SourceKind},
    person::{NameCard, Role},
    question::{Channel, Promise, Question, QuestionState, WrittenAnswer},
    room::{
        command::Zone,
        count::LineCount,
        fair::{Because, Had, LineRule},
        show::Show,
    },
    text::Text,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which sections a connection is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ViewClass {
    /// Journalists and observers: `room`, `stage`, `line`, `people`, `captions`.
    Floor,
    /// The house's people: the same, and `team`, `desk`, `alarms`.
    Team,
}

/// One replaceable part of what a client shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(tag = "section", rename_all = "snake_case")]
pub enum Section {
    Room(RoomSection),
    Stage(StageSection),
    Line(LineSection),
    People(PeopleSection),
    Captions(CaptionsSection),
    /// Team only.
    Team(TeamSection),
    /// Team only.
    Desk(DeskSection),
    /// Team only.
    Alarms(AlarmsSection),
    /// Only to its owner; not numbered with the others.
    Me(MeSection),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not open yet: only the team is let in.
    Closed,
    /// Doors open, holding card on the floor, green room working.
    Doors,
    Live,
    Ended,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct RoomSection {
    pub event: EventId,
    pub title: Text,
    pub phase: Phase,
    /// While false nothing is captured.
    pub on_record: bool,
    pub rules: GroundRules,
    pub live_since: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// The announcement being read, if one is.
    pub announcement: Option<String>,
    pub show: Show,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct StageSection {
    /// In order of importance: the journalist on air, the spokesperson, speakers, the chair.
    pub seats: Vec<StageSeat>,
    pub exchange: Option<Exchange>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct StageSeat {
    pub seat: SeatId,
    pub role: Role,
    pub card: NameCard,
    pub connected: bool,
    pub muted: bool,
    pub sources: Vec<SourceCard>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct SourceCard {
    pub source: SourceId,
    pub kind: SourceKind,
}

/// The journalist who has the floor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct Exchange {
    pub question: QuestionId,
    pub seat: SeatId,
    pub card: NameCard,
    pub topic: String,
    pub step: ExchangeStep,
    pub since: Timestamp,
    pub follow_ups_used: u8,
    /// Others who asked the same and are answered with it.
    pub together: Vec<NameCard>,
    /// Asks at the hall's microphone: no picture or sound of their own.
    pub hall: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExchangeStep {
    /// In the side room: checking devices.
    Called,
    /// Device check done.
    Ready,
    OnAir,
    FollowUp,
}

/// The call list as everybody sees it: names and outlets, not the texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct LineSection {
    pub entries: Vec<LineEntry>,
    /// By which the order is computed; `None`: as the desk lists.
    pub rule: Option<LineRule>,
    /// received, called, answered, taken, not reached: the public count.
    pub totals: Totals,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct LineEntry {
    pub question: QuestionId,
    pub card: NameCard,
    pub language: String,
    /// Others who asked the same.
    pub together: Vec<NameCard>,
    pub hall: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct Totals {
    pub received: u32,
    pub called: u32,
    pub answered: u32,
    pub taken: u32,
    pub declined: u32,
    pub withdrawn: u32,
    pub not_reached: u32,
    /// Of those taken: answered in writing since.
    pub answered_in_writing: u32,
    /// Of those taken: closed without an answer.
    pub closed_unanswered: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct PeopleSection {
    /// Connected now, all zones.
    pub count: u32,
    /// The first 200 of the gallery by name; the rest only counted.
    pub gallery: Vec<NameCard>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct CaptionsSection {
    pub language: String,
    pub state: CaptionsState,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CaptionsState {
    /// Machine captions run; always labelled.
    Machine { engine: String },
    /// A captioner types.
    Manual,
    /// Off, and why, in a stable word: `off_record`, `not_live`, `no_engine`, `language_unsupported`, `restarting`.
    Off { why: String },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct TeamSection {
    pub seats: Vec<TeamSeat>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct TeamSeat {
    pub seat: SeatId,
    pub person: PersonId,
    pub role: Role,
    pub card: NameCard,
    pub zone: Zone,
    pub connected: bool,
    pub hall: bool,
    pub muted: bool,
    pub sources: Vec<SourceCard>,
    pub health: Option<SourceHealth>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct DeskSection {
    /// Newest last; every question of the event with its whole text.
    pub questions: Vec<Question>,
    /// Whether each asker is connected now, by question.
    pub present: Vec<QuestionId>,
    /// The call list in order.
    pub line: Vec<QuestionId>,
    /// Why the first of them stand where they stand; empty without a rule.
    pub places: Vec<Placement>,
    /// Open questions that may ask the same; a person decides.
    pub alike: Vec<Alike>,
    /// The count so far, with waiting times.
    pub count: LineCount,
}

/// Why somebody stands where they stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct Placement {
    pub question: QuestionId,
    /// The place by the rule alone; 1 is next.
    pub computed: u32,
    pub why: Because,
    pub had: Vec<Had>,
    /// The chair's reason, where the order was changed by hand.
    pub reason: Option<String>,
}

/// Two questions in the same language whose words resemble each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct Alike {
    pub one: QuestionId,
    pub other: QuestionId,
    /// In percent.
    pub score: u8,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct AlarmsSection {
    pub alarms: Vec<Alarm>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct Alarm {
    /// Stable word: `disk_full`, `recorder_stopped`, `captions_off`, `spokesperson_lost`.
    pub alarm: String,
    pub text: String,
    pub since: Timestamp,
}

/// One's own place, role and questions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct MeSection {
    pub seat: SeatId,
    pub person: PersonId,
    pub role: Role,
    pub card: NameCard,
    pub zone: Zone,
    pub rules_accepted: bool,
    /// Muted by the chair.
    pub muted: bool,
    pub hand_raised: bool,
    /// 1 is next; `None` when not in line.
    pub place: Option<u32>,
    pub questions: Vec<MyQuestion>,
    /// Asks at the hall's microphone.
    pub hall: bool,
    /// Names of the commands (`Command`'s `do`) this seat may give now.
    pub may: Vec<String>,
    /// Latest note from the team.
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct MyQuestion {
    pub id: QuestionId,
    pub channel: Channel,
    pub topic: String,
    pub text: Option<String>,
    pub language: String,
    pub state: QuestionState,
    pub reason: Option<String>,
    pub submitted_at: Timestamp,
    pub parent: Option<QuestionId>,
    /// How many others ask the same.
    pub together: u32,
    pub promise: Option<Promise>,
    pub answer: Option<WrittenAnswer>,
}
