//! Changing an event, until it has ended. Title and rules reach a room that is open.

use super::{Event, at, create::check, place};
use crate::{
    App,
    http::{
        Problem,
        auth::SignedIn,
        input::{Json, Path},
        series::next_rules,
        version::{IfMatch, Versioned},
    },
    store::{events, events::Event as Stored},
};
use axum::extract::State;
use rostrum_domain::{
    event::{Attendance, EventState, GroundRules},
    id::EventId,
    policy::Action,
    text::Text,
    time::Timestamp,
};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
pub struct EventEdit {
    title: Option<Text>,
    description: Option<Text>,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    zone: Option<String>,
    languages: Option<Vec<String>>,
    caption_language: Option<String>,
    rules: Option<GroundRules>,
    attendance: Option<Attendance>,
    registration_closes_at: Option<Timestamp>,
    questions_close_at: Option<Timestamp>,
}

/// Changes an event.
#[utoipa::path(patch, path = "/events/{event}", tag = "programme", request_body = EventEdit,
    params(("event" = EventId, Path), ("If-Match" = String, Header, description = "The version edited")),
    responses(
        (status = 200, description = "Changed", body = Event),
        (status = 409, description = "It has ended or was cancelled", body = Problem),
        (status = 412, description = "Somebody else changed it; `current` holds it", body = Problem),
))]
pub async fn edit(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
    IfMatch(version): IfMatch,
    Json(body): Json<EventEdit>,
) -> Result<Versioned<Event>, Problem> {
    let mut tx = app.db.begin().await?;
    let known = at(&mut tx, id).await?;
    who.must(Action::EditProgramme, place(&known))?;
    if known.version != version {
        let current = Event::of(&mut tx, known).await?;
        return Err(Problem::stale().with("current", current));
    }
    if !matches!(
        known.state,
        EventState::Draft | EventState::Announced | EventState::Live
    ) {
        return Err(Problem::wrong_state());
    }
    let mut event = check(Stored {
        title: body.title.unwrap_or(known.title),
        description: body.description.unwrap_or(known.description),
        starts_at: body.starts_at.unwrap_or(known.starts_at),
        ends_at: body.ends_at.unwrap_or(known.ends_at),
        zone: body.zone.unwrap_or(known.zone),
        languages: body.languages.unwrap_or(known.languages),
        caption_language: body.caption_language.unwrap_or(known.caption_language),
        rules: next_rules(&known.rules, body.rules),
        attendance: body.attendance.unwrap_or(known.attendance),
        registration_closes_at: body.registration_closes_at.unwrap_or(known.registration_closes_at),
        questions_close_at: body.questions_close_at.unwrap_or(known.questions_close_at),
        ..known
    })?;
    if !events::update(&mut tx, &event, app.now()).await? {
        return Err(Problem::stale());
    }
    event.version += 1;
    let (title, rules) = (event.title.clone(), event.rules.clone());
    let shown = Event::of(&mut tx, event).await?;
    tx.commit().await?;
    if shown.public.state != EventState::Draft {
        match app.rooms.get(id).await {
            Ok(room) => room.amended(title, rules),
            // The programme has it; the room reads its title from the journal until the next edit.
            Err(error) => tracing::error!(event = %id, %error, "the room could not be told of an edit"),
        }
    }
    Ok(Versioned(shown.version, shown))
}
