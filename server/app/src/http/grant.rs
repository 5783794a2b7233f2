//! `POST /events/{event}/grant`: exchanges a sign-in for short-lived grants to the doors of one room. Role, name and outlet
//! come from the registration or the team list; the client brings nothing but who it is.

use crate::{
    App, entrance,
    http::{Problem, auth::SignedIn, turn},
    keys::{Grant, GrantAudience},
    store::events,
};
use axum::{
    Json,
    extract::{Path, State},
};
use rostrum_domain::{
    event::EventState,
    id::{EventId, SeatId},
    media::SourceKind,
    person::Role,
    time::Timestamp,
};
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;
use uuid::Uuid;

/// How long a grant opens its door; who is inside stays. Longer: a withdrawn right lives on; shorter: slow devices fail.
const LASTS: Duration = Duration::from_secs(120);

/// What opens the room.
#[derive(Debug, Serialize, ToSchema)]
pub struct Grants {
    #[schema(value_type = String, format = "uuid")]
    pub event: EventId,
    pub role: Role,
    /// Path of the signalling WebSocket; send the grant in the first message.
    pub signal_url: String,
    pub signal_grant: String,
    /// Path of the WHIP door; the grant is a bearer token.
    pub whip_url: String,
    /// `None` for who may never publish.
    pub whip_grant: Option<String>,
    pub whep_url: String,
    pub whep_grant: String,
    pub ice_servers: Vec<IceServer>,
    #[schema(value_type = i64)]
    pub expires_at: Timestamp,
}

/// As `RTCIceServer` of the browser.
#[derive(Debug, Serialize, ToSchema)]
pub struct IceServer {
    pub urls: Vec<String>,
    pub username: String,
    pub credential: String,
}

/// Grants for one room, for whoever is of its team or accredited.
#[utoipa::path(
    post,
    path = "/events/{event}/grant",
    tag = "room",
    params(("event" = String, Path)),
    responses(
        (status = 200, body = Grants),
        (status = 403, description = "Neither of the team nor accredited", body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "The event is cancelled or published", body = Problem),
    )
)]
pub async fn grant(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(event): Path<Uuid>,
) -> Result<Json<Grants>, Problem> {
    let mut conn = app.db.read().await?;
    let event = events::by_id(&mut conn, EventId(event))
        .await?
        .ok_or_else(Problem::missing)?;
    let actor = entrance::actor(&mut conn, &who, &event)
        .await?
        .ok_or_else(Problem::forbidden)?;
    drop(conn);
    match event.state {
        EventState::Draft if !actor.role.is_team() => return Err(Problem::missing()),
        EventState::Cancelled | EventState::Published => return Err(Problem::closed()),
        EventState::Draft | EventState::Announced | EventState::Live | EventState::Ended => {}
    }
    let now = app.now();
    let expires_at = now.saturating_add(LASTS);
    let sign = |door: GrantAudience, carries: Vec<SourceKind>| {
        app.keys.sign_grant(&Grant {
            iss: Grant::issuer(),
            aud: door,
            sub: actor.person,
            room: event.id,
            seat: SeatId::of(event.id, actor.person),
            role: actor.role,
            card: actor.card.clone(),
            carries,
            exp: expires_at.micros().div_euclid(1_000_000),
        })
    };
    let publishes = actor.role != Role::Observer;
    let carries = || vec![SourceKind::Camera, SourceKind::Screen];
    Ok(Json(Grants {
        event: event.id,
        role: actor.role,
        signal_url: format!("/api/v1/rooms/{}/signal", event.id),
        signal_grant: sign(GrantAudience::Signal, Vec::new()),
        whip_url: "/api/v1/whip".to_owned(),
        whip_grant: publishes.then(|| sign(GrantAudience::Whip, carries())),
        whep_url: "/api/v1/whep".to_owned(),
        whep_grant: sign(GrantAudience::Whep, Vec::new()),
        ice_servers: turn::servers(&app, now),
        expires_at,
    }))
}
