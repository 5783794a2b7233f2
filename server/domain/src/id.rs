//! Every kind of thing has its own id type, so that swapping a room for an event is a compile error.
//! Ids are UUIDs (version 7, made by the shell); this crate only carries them.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use ts_rs::TS;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, utoipa::ToSchema)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// A human being known to the house.
    PersonId,
    /// A news organisation.
    OutletId,
    /// A row of briefings with its own numbering.
    SeriesId,
    /// One briefing; its room has the same id.
    EventId,
    /// A person's request to take part in one event, and its decision.
    RegistrationId,
    /// A question and its whole life.
    QuestionId,
    /// A person's seat in one room; survives reloads, drops and a change of device.
    SeatId,
    /// One published camera, screen or encoder (a WHIP session).
    SourceId,
    /// One subscriber's connection (a WHEP session).
    SubscriberId,
    /// One finished or growing piece of recording.
    TakeId,
    /// One piece of the transcript.
    SegmentId,
    /// One published edition of an event's record.
    EditionId,
    /// A client-made id that makes a command safe to send twice.
    CommandId,
    /// One sign-in of one person on one device.
    SessionId,
}
