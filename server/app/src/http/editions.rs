//! Handing in, giving back and releasing an event's record, and what has been released.

use super::{
    Problem,
    auth::SignedIn,
    events::{at, place},
    input::{Json, Path},
};
use crate::{
    App,
    publication::{self, Gathered, ReleaseError, programme},
    store::{
        Conn, StoreError,
        editions::{self, ProgrammeState, StoredEdition},
        people,
    },
};
use axum::extract::State;
use rostrum_domain::{
    id::{EditionId, EventId, PersonId},
    policy::Action,
    publication::{DeskRefusal, DeskState, Manifest},
    text::Text,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeskWord {
    Draft,
    Submitted,
    Published,
}

/// Where the record of an event stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditionState {
    pub state: DeskWord,
    #[schema(required = true)]
    pub submitted_by: Option<PersonId>,
    #[schema(required = true)]
    pub submitted_by_name: Option<String>,
    #[schema(required = true)]
    pub submitted_at: Option<Timestamp>,
    /// From the reviewer who gave it back.
    #[schema(required = true)]
    pub note: Option<String>,
    /// What the next edition corrects, for the public.
    #[schema(required = true)]
    pub correction: Option<Text>,
    /// The sense has changed since the last edition: submitting needs a correction.
    pub correction_needed: bool,
    /// Whoever edited or submitted may not release; these did.
    pub editors: Vec<Named>,
    /// Newest first.
    pub editions: Vec<Edition>,
    pub programme: Programme,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Named {
    pub person: PersonId,
    pub name: String,
}

/// The programme file: all recordings cut together.
#[derive(Debug, Serialize, ToSchema)]
pub struct Programme {
    /// `null` before the event has ended.
    #[schema(required = true)]
    pub state: Option<ProgrammeState>,
    #[schema(required = true)]
    pub duration_ms: Option<u64>,
    #[schema(required = true)]
    pub error: Option<String>,
}

/// A released edition.
#[derive(Debug, Serialize, ToSchema)]
pub struct Edition {
    pub id: EditionId,
    pub number: u32,
    pub event: EventId,
    pub published_at: Timestamp,
    /// Languages that were spoken.
    pub languages: Vec<String>,
    pub manifest_sha256: String,
    pub signature: String,
    pub key_id: String,
    /// Public address without language: `/hop-bao/2026/22`.
    pub path: String,
}

impl Edition {
    fn of(stored: &StoredEdition) -> Result<Self, StoreError> {
        let manifest: Manifest = serde_json::from_slice(&stored.manifest)?;
        Ok(Self {
            id: stored.id,
            number: stored.number,
            event: stored.event,
            published_at: stored.published_at,
            languages: manifest.languages,
            manifest_sha256: stored.manifest_sha256.clone(),
            signature: stored.signature.clone(),
            key_id: stored.key_id.clone(),
            path: manifest.event.path,
        })
    }
}

impl EditionState {
    pub async fn of(conn: &mut Conn, gathered: &Gathered) -> Result<Self, StoreError> {
        let desk = &gathered.desk;
        let (state, submitted) = match &desk.state {
            DeskState::Draft => (DeskWord::Draft, None),
            DeskState::Submitted { by, at } => (DeskWord::Submitted, Some((*by, *at))),
            DeskState::Published => (DeskWord::Published, None),
        };
        let submitted_by_name = match submitted {
            Some((by, _)) => Some(named(conn, by).await?.name),
            None => None,
        };
        let mut editors = Vec::new();
        for person in &desk.editors {
            editors.push(named(conn, *person).await?);
        }
        let released = editions::all(conn, gathered.event.id).await?;
        let programme = gathered.programme.as_ref();
        Ok(Self {
            state,
            submitted_by: submitted.map(|(by, _)| by),
            submitted_by_name,
            submitted_at: submitted.map(|(_, at)| at),
            note: desk.note.clone(),
            correction: desk.correction.clone(),
            correction_needed: desk.sense_changed,
            editors,
            editions: released.iter().rev().map(Edition::of).collect::<Result<_, _>>()?,
            programme: Programme {
                state: programme.map(|file| file.state),
                duration_ms: programme
                    .and_then(|file| file.media.as_ref())
                    .map(|media| media.duration_ms),
                error: programme.and_then(|file| file.error.clone()),
            },
        })
    }
}

async fn named(conn: &mut Conn, person: PersonId) -> Result<Named, StoreError> {
    let name = people::by_id(conn, person)
        .await?
        .map(|person| person.name)
        .unwrap_or_default();
    Ok(Named { person, name })
}

/// Where the record stands, and every edition.
#[utoipa::path(get, path = "/events/{event}/editions", tag = "record", params(("event" = EventId, Path)), responses(
    (status = 200, description = "The state of the record", body = EditionState),
    (status = 404, description = "No such event", body = Problem),
))]
pub async fn list(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<EditionState>, Problem> {
    let mut reader = app.db.read().await?;
    let event = at(&mut reader, id).await?;
    who.must(Action::SeeRecord, place(&event))?;
    Ok(Json(state(&mut reader, id).await?))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Submission {
    /// After a release: what is corrected, for the public.
    #[serde(default)]
    correction: Option<Text>,
}

/// Hands the text to the reviewers; it stands still until released or returned.
#[utoipa::path(post, path = "/events/{event}/editions/submit", tag = "record", request_body = Submission,
    params(("event" = EventId, Path)), responses(
        (status = 200, description = "Submitted", body = EditionState),
        (status = 409, description = "Not now; `code` says why", body = Problem),
))]
pub async fn submit(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
    Json(body): Json<Submission>,
) -> Result<Json<EditionState>, Problem> {
    let mut tx = app.db.begin().await?;
    let event = at(&mut tx, id).await?;
    who.must(Action::SubmitEdition, place(&event))?;
    publication::submit(&app, &mut tx, id, who.person.id, body.correction).await?;
    let state = state(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(state))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Return {
    /// What is to be done.
    note: String,
}

/// Gives the text back to the editors.
#[utoipa::path(post, path = "/events/{event}/editions/return", tag = "record", request_body = Return,
    params(("event" = EventId, Path)), responses(
        (status = 200, description = "Returned", body = EditionState),
        (status = 409, description = "Not submitted", body = Problem),
))]
pub async fn give_back(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
    Json(body): Json<Return>,
) -> Result<Json<EditionState>, Problem> {
    let mut check = super::input::Check::default();
    let note = check.text("note", &body.note, 0..=2000);
    check.done()?;
    let mut tx = app.db.begin().await?;
    let event = at(&mut tx, id).await?;
    who.must(Action::ReleaseEdition, place(&event))?;
    publication::give_back(&mut tx, id, note).await?;
    let state = state(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(state))
}

/// Freezes, signs and publishes. Never by somebody who edited or submitted the text.
#[utoipa::path(post, path = "/events/{event}/editions/release", tag = "record",
    params(("event" = EventId, Path)), responses(
        (status = 200, description = "Published", body = Edition),
        (status = 403, description = "Four eyes: you worked on this text", body = Problem),
        (status = 409, description = "Not now; `code` says why", body = Problem),
))]
pub async fn release(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<Edition>, Problem> {
    let mut tx = app.db.begin().await?;
    let event = at(&mut tx, id).await?;
    who.must(Action::ReleaseEdition, place(&event))?;
    let edition = publication::release(&app, &mut tx, id, who.person.id).await?;
    let shown = Edition::of(&edition)?;
    tx.commit().await?;
    Ok(Json(shown))
}

/// Makes the programme file again, for instance after a failure.
#[utoipa::path(post, path = "/events/{event}/editions/assemble", tag = "record",
    params(("event" = EventId, Path)), responses(
        (status = 200, description = "It will be made", body = EditionState),
        (status = 409, description = "The event is not over", body = Problem),
))]
pub async fn assemble(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<EditionState>, Problem> {
    let mut tx = app.db.begin().await?;
    let event = at(&mut tx, id).await?;
    who.must(Action::EditTranscript, place(&event))?;
    let gathered = publication::gather(&mut tx, id).await?.ok_or_else(Problem::missing)?;
    if gathered.taker.minutes().ended_at.is_none() {
        return Err(refused(DeskRefusal::EventNotOver));
    }
    if matches!(gathered.desk.state, DeskState::Submitted { .. }) {
        return Err(refused(DeskRefusal::UnderReview));
    }
    programme::room_ended(&mut tx, app.new_id(), id, app.now()).await?;
    let state = state(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(state))
}

async fn state(conn: &mut Conn, id: EventId) -> Result<EditionState, Problem> {
    let gathered = publication::gather(conn, id).await?.ok_or_else(Problem::missing)?;
    Ok(EditionState::of(conn, &gathered).await?)
}

pub fn refused(refusal: DeskRefusal) -> Problem {
    let problem = match refusal {
        DeskRefusal::FourEyes => Problem::forbidden(),
        _ => Problem::wrong_state(),
    };
    problem.detail(refusal.to_string()).with("code", refusal.code())
}

impl From<ReleaseError> for Problem {
    fn from(error: ReleaseError) -> Self {
        match error {
            ReleaseError::NotFound => Self::missing(),
            ReleaseError::Refused(refusal) => refused(refusal),
            ReleaseError::Store(error) => error.into(),
            ReleaseError::Canonical(error) => {
                tracing::error!(%error, "an edition cannot be frozen");
                Self::internal()
            }
        }
    }
}

#[cfg(test)]
mod tests;
