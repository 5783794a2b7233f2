//! The messages of the one WebSocket: JSON text frames, one message each. The TypeScript is generated from here.
//!
//! The client opens `/api/v1/rooms/{event}/signal`, sends `Hello` with its grant within five seconds, and gets a
//! `Welcome` (a snapshot for its class) or the notices it missed. Commands carry a client-made id and are safe to send
//! twice: the second time the stored outcome is sent again.

pub mod typescript;

use crate::{
    id::{CommandId, QuestionId, SeatId, SourceId, SubscriberId},
    media::SlotShows,
    person::NameCard,
    room::{
        command::{Command, Refusal},
        quality::Quality,
        view::{MeSection, Section, ViewClass},
    },
    time::Timestamp,
    transcript::{Origin, SegmentKind},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Raised when a message changes in a way an old client cannot read.
pub const PROTOCOL: u32 = 1;
/// The largest message a client may send, in bytes. Higher: more memory per hostile socket; lower: long questions are refused.
pub const MAX_CLIENT_MESSAGE: usize = 32 * 1024;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// First message. `resume` is the number of the last notice seen.
    Hello {
        grant: String,
        #[ts(type = "number | null")]
        resume: Option<u64>,
    },
    Command {
        id: CommandId,
        command: Command,
    },
    /// How large each receive slot is shown, so that the right simulcast layer is sent.
    View {
        subscriber: SubscriberId,
        slots: Vec<SlotWish>,
    },
    Ping {
        at: Timestamp,
    },
}

/// The useful height of one slot in CSS pixels times device pixel ratio; 0 is hidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SlotWish {
    pub mid: String,
    pub height: u16,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// A snapshot: everything this class shows, as of notice `number`.
    Welcome {
        protocol: u32,
        class: ViewClass,
        #[ts(type = "number")]
        number: u64,
        now: Timestamp,
        sections: Vec<Section>,
        me: MeSection,
    },
    /// Sections that changed; numbers have no gaps within a class.
    Notice {
        #[ts(type = "number")]
        number: u64,
        sections: Vec<Section>,
    },
    /// One's own section changed.
    Me {
        me: MeSection,
    },
    /// The outcome of a command; `refused` is absent when it was done.
    Outcome {
        id: CommandId,
        refused: Option<Refusal>,
        question: Option<QuestionId>,
    },
    Caption {
        caption: Caption,
    },
    /// What each receive slot of this seat's subscriber now shows.
    Slots {
        subscriber: SubscriberId,
        slots: Vec<SlotShows>,
    },
    /// The layers (RIDs) of one's own source that nobody watches or records now: the page stops encoding them, and starts
    /// again when they are no longer listed.
    LayersResting {
        source: SourceId,
        layers: Vec<String>,
    },
    /// Who is speaking on stage; for borders and for captions without text.
    Speaking {
        source: Option<SourceId>,
    },
    /// How everybody's connection does, about once a second; to the team only, and never resumed.
    Quality {
        quality: Quality,
    },
    Pong {
        at: Timestamp,
        now: Timestamp,
    },
    /// The server closes the connection next.
    Bye {
        reason: Bye,
    },
}

/// A caption line. A higher `revision` of the same `line` replaces it; `done` means it will not change live any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Caption {
    pub line: String,
    pub revision: u32,
    pub seat: Option<SeatId>,
    pub card: NameCard,
    pub kind: SegmentKind,
    pub language: String,
    pub text: String,
    /// Characters of `text` that will not change any more.
    pub stable: u32,
    pub done: bool,
    pub origin: Origin,
    pub start: Timestamp,
    pub end: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Bye {
    /// The grant is unknown, expired, or for another room.
    BadGrant,
    /// The same person opened the room on another device, which now has the seat.
    Replaced,
    Removed,
    /// Come back by yourself in a moment.
    Restarting,
    /// A message that could not be read.
    Malformed,
    TooSlow,
    TooFast,
}
