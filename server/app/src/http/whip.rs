//! WHIP (RFC 9725): media enters here. One offer, one answer; a grant names the seat, and the room says whether that seat
//! may be heard at all now.

use crate::{
    App,
    http::Problem,
    keys::{Grant, GrantAudience},
    media_io::{Door, DoorError},
    room::Sitting,
};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rostrum_domain::{id::SourceId, media::SourceKind, room::Actor, time::Timestamp};
use serde::Deserialize;
use uuid::Uuid;

/// Largest offer that is read. Browsers send 5 to 15 kB; the negotiation has its own, tighter bound.
pub const MAX_OFFER: usize = 64 * 1024;
/// Names the source in an answer, for clients that do not parse addresses.
const SOURCE: HeaderName = HeaderName::from_static("rostrum-source");

#[derive(Debug, Deserialize)]
pub struct What {
    #[serde(default = "camera")]
    kind: SourceKind,
}

fn camera() -> SourceKind {
    SourceKind::Camera
}

/// Publishes a camera or a screen.
#[utoipa::path(
    post,
    path = "/whip",
    tag = "room",
    params(("kind" = Option<String>, Query, description = "`camera` (default) or `screen`")),
    request_body(content = String, content_type = "application/sdp"),
    responses(
        (status = 201, body = String, content_type = "application/sdp", description = "The answer; leave at `Location`"),
        (status = 400, description = "The offer cannot be used, and why", body = Problem),
        (status = 401, body = Problem),
        (status = 403, description = "Only who is called or on air may publish", body = Problem),
    )
)]
pub async fn publish(
    State(app): State<App>,
    Query(What { kind }): Query<What>,
    headers: HeaderMap,
    offer: String,
) -> Result<Response, Problem> {
    let grant = grant(&app, &headers, GrantAudience::Whip)?;
    must_be_sdp(&headers)?;
    if !grant.carries.contains(&kind) {
        return Err(Problem::forbidden().detail("This grant does not carry such a source."));
    }
    match sitting(&app, &grant).await? {
        Sitting::Away => return Err(Problem::forbidden()),
        Sitting::Watches => return Err(Problem::forbidden().detail("Only who is called or on air may publish.")),
        Sitting::Publishes => {}
    }
    let (source, answer) = app.media.publish(grant.room, grant.seat, kind, offer).await?;
    Ok(created(SOURCE, &format!("/api/v1/whip/{source}"), source.0, answer))
}

/// Stops publishing.
#[utoipa::path(
    delete,
    path = "/whip/{source}",
    tag = "room",
    params(("source" = String, Path)),
    responses((status = 200), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn leave(
    State(app): State<App>,
    Path(source): Path<Uuid>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let door = owner(&app, &headers, GrantAudience::Whip)?;
    if app.media.unpublish(SourceId(source), door) {
        Ok(StatusCode::OK)
    } else {
        Err(Problem::missing())
    }
}

/// The bearer's grant for this door.
pub(super) fn grant(app: &App, headers: &HeaderMap, door: GrantAudience) -> Result<Grant, Problem> {
    app.keys
        .verify_grant(bearer(headers)?, door, app.now())
        .map_err(|_| Problem::bad_grant())
}

/// Takes the grant's seat in its room.
pub(super) async fn sitting(app: &App, grant: &Grant) -> Result<Sitting, Problem> {
    let busy = || Problem::unavailable().retry_after(2);
    let room = app.rooms.get(grant.room).await.map_err(|_| busy())?;
    let (person, role, card) = (grant.sub, grant.role, grant.card.clone());
    room.sit(Actor { person, role, card }).await.ok_or_else(busy)
}

/// Whose connection is to be closed: leaving is allowed after the grant has run out.
pub(super) fn owner(app: &App, headers: &HeaderMap, door: GrantAudience) -> Result<Door, Problem> {
    let grant = app
        .keys
        .verify_grant(bearer(headers)?, door, Timestamp::default())
        .map_err(|_| Problem::bad_grant())?;
    Ok(Door {
        event: grant.room,
        seat: grant.seat,
    })
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    token.map(|(_, token)| token.trim()).ok_or_else(Problem::bad_grant)
}

pub(super) fn must_be_sdp(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/sdp") {
        Ok(())
    } else {
        Err(Problem::wrong_media_type())
    }
}

/// 201 with the answer (RFC 9725 section 4.2).
pub(super) fn created(name: HeaderName, location: &str, id: Uuid, answer: String) -> Response {
    let text = |text: &str| HeaderValue::from_str(text).expect("ids and paths are ASCII");
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/sdp"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::LOCATION, text(location));
    headers.insert(name, text(&id.to_string()));
    (StatusCode::CREATED, headers, answer).into_response()
}

impl From<DoorError> for Problem {
    fn from(error: DoorError) -> Self {
        match error {
            DoorError::Offer(reason) => Self::malformed().detail(reason.to_string()),
            DoorError::Closed => Self::unavailable().retry_after(2),
        }
    }
}
