//! WHEP: media leaves here. Each receive section of the viewer's offer becomes a slot; what a slot shows is the room's
//! plan, told over the signalling socket.

use super::whip::{created, grant, must_be_sdp, owner, sitting};
use crate::{App, http::Problem, keys::GrantAudience, room::Sitting};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderName, StatusCode},
    response::Response,
};
use rostrum_domain::id::SubscriberId;
use uuid::Uuid;

/// Names the subscriber in an answer, for clients that do not parse addresses.
const SUBSCRIBER: HeaderName = HeaderName::from_static("rostrum-subscriber");

/// Watches the room as one's seat may.
#[utoipa::path(
    post,
    path = "/whep",
    tag = "room",
    request_body(content = String, content_type = "application/sdp"),
    responses(
        (status = 201, body = String, content_type = "application/sdp", description = "The answer; leave at `Location`"),
        (status = 400, description = "The offer cannot be used, and why", body = Problem),
        (status = 401, body = Problem),
        (status = 403, body = Problem),
    )
)]
pub async fn watch(State(app): State<App>, headers: HeaderMap, offer: String) -> Result<Response, Problem> {
    let grant = grant(&app, &headers, GrantAudience::Whep)?;
    must_be_sdp(&headers)?;
    if sitting(&app, &grant).await? == Sitting::Away {
        return Err(Problem::forbidden());
    }
    let (subscriber, answer) = app.media.subscribe(grant.room, grant.seat, offer).await?;
    Ok(created(
        SUBSCRIBER,
        &format!("/api/v1/whep/{subscriber}"),
        subscriber.0,
        answer,
    ))
}

/// Stops watching.
#[utoipa::path(
    delete,
    path = "/whep/{subscriber}",
    tag = "room",
    params(("subscriber" = String, Path)),
    responses((status = 200), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn leave(
    State(app): State<App>,
    Path(subscriber): Path<Uuid>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let door = owner(&app, &headers, GrantAudience::Whep)?;
    if app.media.unsubscribe(SubscriberId(subscriber), door) {
        Ok(StatusCode::OK)
    } else {
        Err(Problem::missing())
    }
}
