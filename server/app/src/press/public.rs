//! The public's view of events and records: own types, made only from what has been announced or released.

use crate::store::{
    StoreError,
    editions::{EditionHead, StoredEdition},
    events::Event,
    series::Series,
};
use rostrum_domain::{
    event::{Attendance, EventState, GroundRules},
    id::{EditionId, EventId},
    publication::{Manifest, Record},
    text::Text,
    time::Timestamp,
};
use serde::Serialize;

/// An announced event.
#[derive(Clone, Debug, Serialize)]
pub struct PublicEvent {
    pub id: EventId,
    pub series: String,
    pub series_name: Text,
    pub number: u32,
    pub year: i32,
    /// Without language: `/hop-bao/2026/22`.
    pub path: String,
    pub title: Text,
    pub description: Text,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub zone: String,
    pub languages: Vec<String>,
    pub rules: GroundRules,
    pub attendance: Attendance,
    pub registration_closes_at: Timestamp,
    pub questions_close_at: Timestamp,
    pub state: EventState,
    pub cancel_reason: Option<String>,
    pub announced_at: Timestamp,
    pub changed_at: Timestamp,
    pub version: i64,
}

impl PublicEvent {
    /// `None` for what has not been announced. `released`: an edition exists.
    pub fn of(event: &Event, series: &Series, changed_at: Timestamp, released: bool) -> Option<Self> {
        let (number, year, announced_at) = (event.number?, event.year?, event.announced_at?);
        let state = match event.state {
            EventState::Draft => return None,
            _ if released => EventState::Published,
            EventState::Published => EventState::Ended,
            state => state,
        };
        Some(Self {
            id: event.id,
            series: series.slug.clone(),
            series_name: series.name.clone(),
            number,
            year,
            path: format!("/{}/{year}/{number}", series.slug),
            title: event.title.clone(),
            description: event.description.clone(),
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            zone: event.zone.clone(),
            languages: event.languages.clone(),
            rules: event.rules.clone(),
            attendance: event.attendance,
            registration_closes_at: event.registration_closes_at,
            questions_close_at: event.questions_close_at,
            state,
            cancel_reason: event.cancel_reason.clone(),
            announced_at,
            changed_at,
            version: event.version,
        })
    }

    pub fn is_over(&self) -> bool {
        matches!(
            self.state,
            EventState::Ended | EventState::Published | EventState::Cancelled
        )
    }
}

/// One released edition, as listed.
#[derive(Clone, Debug, Serialize)]
pub struct PublicEdition {
    pub id: EditionId,
    pub number: u32,
    pub published_at: Timestamp,
    pub manifest_sha256: String,
    pub signature: String,
    pub key_id: String,
}

impl From<&EditionHead> for PublicEdition {
    fn from(head: &EditionHead) -> Self {
        Self {
            id: head.id,
            number: head.number,
            published_at: head.published_at,
            manifest_sha256: head.manifest_sha256.clone(),
            signature: head.signature.clone(),
            key_id: head.key_id.clone(),
        }
    }
}

/// A released record, read back from its frozen bytes.
#[derive(Clone, Debug, Serialize)]
pub struct PublicRecord {
    pub edition: PublicEdition,
    pub manifest: Manifest,
    pub content: Record,
    /// Every edition, newest first.
    pub editions: Vec<PublicEdition>,
}

impl PublicRecord {
    pub fn of(stored: &StoredEdition, all: &[EditionHead]) -> Result<Self, StoreError> {
        Ok(Self {
            edition: PublicEdition {
                id: stored.id,
                number: stored.number,
                published_at: stored.published_at,
                manifest_sha256: stored.manifest_sha256.clone(),
                signature: stored.signature.clone(),
                key_id: stored.key_id.clone(),
            },
            manifest: serde_json::from_slice(&stored.manifest)?,
            content: serde_json::from_slice(&stored.content)?,
            editions: all.iter().map(PublicEdition::from).collect(),
        })
    }

    /// Whether a later edition replaces this one.
    pub fn newest(&self) -> u32 {
        self.editions
            .first()
            .map_or(self.edition.number, |edition| edition.number)
    }

    pub fn first_published_at(&self) -> Timestamp {
        self.editions
            .last()
            .map_or(self.edition.published_at, |edition| edition.published_at)
    }
}
