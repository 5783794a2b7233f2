//! What the registration form shows of an event, without signing in: announced events only.

use super::{PublicEvent, at};
use crate::{
    App,
    http::{
        Problem,
        input::{Json, Path},
    },
};
use axum::extract::State;
use rostrum_domain::id::EventId;

/// Reads an announced event.
#[utoipa::path(get, path = "/public/events/{event}", tag = "public", params(("event" = EventId, Path)), responses(
    (status = 200, description = "The event", body = PublicEvent),
    (status = 404, description = "No such event, or not announced", body = Problem),
))]
pub async fn read(State(app): State<App>, Path(id): Path<EventId>) -> Result<Json<PublicEvent>, Problem> {
    let mut reader = app.db.read().await?;
    let event = at(&mut reader, id).await?;
    if event.announced_at.is_none() {
        return Err(Problem::missing());
    }
    Ok(Json(PublicEvent::of(&mut reader, event).await?))
}
