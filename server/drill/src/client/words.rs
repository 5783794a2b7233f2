//! The answers the drill reads, and of them only what it needs: unknown members are ignored.

use rostrum_domain::{
    id::{EventId, PersonId, RegistrationId, SeriesId},
    person::Role,
    text::Text,
    time::Timestamp,
};
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
pub struct Me {
    pub person: Person,
    #[serde(default)]
    pub roles: Vec<Held>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    pub email: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Held {
    pub role: Role,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    pub id: EventId,
    pub series: SeriesId,
    pub title: Text,
    pub state: String,
    #[serde(default)]
    pub number: Option<u32>,
    #[serde(default)]
    pub public_path: Option<String>,
    pub version: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Registration {
    pub id: RegistrationId,
    pub email: String,
    pub state: String,
    pub version: u64,
}

/// One page of a list.
#[derive(Clone, Debug, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    #[serde(default)]
    pub next: Option<String>,
}

/// What opens the doors of one room for one person.
#[derive(Clone, Debug, Deserialize)]
pub struct Grant {
    pub event: EventId,
    pub role: Role,
    pub signal_url: String,
    pub signal_grant: String,
    pub whip_url: String,
    pub whip_grant: Option<String>,
    pub whep_url: String,
    pub whep_grant: String,
    pub expires_at: Timestamp,
}

#[derive(Debug, Deserialize)]
pub(super) struct Redeemed {
    pub me: Me,
}

#[derive(Debug, Deserialize)]
pub(super) struct Joined {
    pub me: Me,
    pub event: JoinedEvent,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum JoinedEvent {
    Id(EventId),
    Whole { id: EventId },
}

impl JoinedEvent {
    pub fn id(&self) -> EventId {
        match self {
            Self::Id(id) | Self::Whole { id } => *id,
        }
    }
}
