//! An event as the house sees it, and as everybody may see it: two types, so that nothing is left out by hand.

use super::series_of;
use crate::{
    http::Problem,
    store::{Conn, events, events::Event as Stored, questions, series::Series},
};
use rostrum_domain::{
    event::{Attendance, EventState, GroundRules},
    id::{EventId, SeriesId},
    text::Text,
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    #[serde(flatten)]
    pub public: PublicEvent,
    pub version: i64,
    pub counts: EventCounts,
}

/// What waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventCounts {
    pub pending: u32,
    pub approved: u32,
    pub questions: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PublicEvent {
    pub id: EventId,
    pub series: SeriesId,
    pub series_slug: String,
    pub series_name: Text,
    /// Given at announcement.
    #[schema(required = true)]
    pub number: Option<u32>,
    #[schema(required = true)]
    pub year: Option<i32>,
    pub title: Text,
    pub description: Text,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// IANA zone.
    pub zone: String,
    pub languages: Vec<String>,
    pub caption_language: String,
    pub rules: GroundRules,
    pub attendance: Attendance,
    pub registration_closes_at: Timestamp,
    pub questions_close_at: Timestamp,
    pub state: EventState,
    /// Told with a cancellation.
    #[schema(required = true)]
    pub cancel_reason: Option<String>,
    /// The public page's address after the language: `/{series}/{year}/{number}`.
    #[schema(required = true)]
    pub public_path: Option<String>,
}

impl Event {
    pub async fn of(conn: &mut Conn, event: Stored) -> Result<Self, Problem> {
        let counts = events::counts(conn, event.id).await?;
        let questions = questions::of_event(conn, event.id).await?.len();
        let version = event.version;
        let public = PublicEvent::of(conn, event).await?;
        let questions = u32::try_from(questions).unwrap_or(u32::MAX);
        Ok(Self {
            public,
            version,
            counts: EventCounts {
                pending: counts.pending,
                approved: counts.approved,
                questions,
            },
        })
    }
}

impl PublicEvent {
    pub async fn of(conn: &mut Conn, event: Stored) -> Result<Self, Problem> {
        let series = series_of(conn, &event).await?;
        Ok(Self::new(event, series))
    }

    pub fn new(event: Stored, series: Series) -> Self {
        let public_path = event
            .number
            .zip(event.year)
            .map(|(number, year)| format!("/{}/{year}/{number}", series.slug));
        Self {
            id: event.id,
            series: event.series,
            series_slug: series.slug,
            series_name: series.name,
            number: event.number,
            year: event.year,
            title: event.title,
            description: event.description,
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            zone: event.zone,
            languages: event.languages,
            caption_language: event.caption_language,
            rules: event.rules,
            attendance: event.attendance,
            registration_closes_at: event.registration_closes_at,
            questions_close_at: event.questions_close_at,
            state: event.state,
            cancel_reason: event.cancel_reason,
            public_path,
        }
    }
}
