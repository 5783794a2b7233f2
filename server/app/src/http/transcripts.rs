//! The transcript desk: an event's words with everything an editor needs beside them.

use super::{
    Problem,
    auth::SignedIn,
    editions::EditionState,
    events::{Event, at, place},
    input::{Json, Path},
};
use crate::{App, publication};
use axum::extract::State;
use rostrum_domain::{
    id::{EventId, PersonId},
    person::NameCard,
    policy::Action,
    question::Question,
    transcript::Segment,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Everything the transcript desk shows of one event.
#[derive(Debug, Serialize, ToSchema)]
pub struct Transcript {
    pub event: Event,
    /// In order of speaking, struck ones included.
    pub segments: Vec<Segment>,
    /// Who may be named as a speaker.
    pub speakers: Vec<Speaker>,
    pub questions: Vec<Question>,
    pub edition: EditionState,
    /// Languages of the event.
    pub languages: Vec<String>,
}

/// Somebody who held a seat in the room.
#[derive(Debug, Serialize, ToSchema)]
pub struct Speaker {
    pub person: PersonId,
    pub card: NameCard,
}

/// Reads the transcript.
#[utoipa::path(get, path = "/events/{event}/transcript", tag = "record", params(("event" = EventId, Path)), responses(
    (status = 200, description = "The transcript as it stands", body = Transcript),
    (status = 404, description = "No such event", body = Problem),
))]
pub async fn read(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<Transcript>, Problem> {
    let mut reader = app.db.read().await?;
    let event = at(&mut reader, id).await?;
    who.must(Action::SeeRecord, place(&event))?;
    let gathered = publication::gather(&mut reader, id)
        .await?
        .ok_or_else(Problem::missing)?;
    let speakers = gathered
        .roster()
        .0
        .into_iter()
        .map(|(person, card)| Speaker { person, card })
        .collect();
    Ok(Json(Transcript {
        languages: event.languages.clone(),
        edition: EditionState::of(&mut reader, &gathered).await?,
        questions: gathered.room.desk().iter().cloned().collect(),
        segments: gathered.segments,
        speakers,
        event: Event::of(&mut reader, event).await?,
    }))
}
