//! The one WebSocket of a room: `GET /api/v1/rooms/{event}/signal`. Opens sockets and hands each to a session; decides
//! nothing. The grant comes in the first message, so no cookie opens it and no other site can.

mod pace;
mod session;

use crate::App;
use axum::{
    extract::{Path, State, WebSocketUpgrade},
    response::Response,
};
use rostrum_domain::{id::EventId, signal::MAX_CLIENT_MESSAGE};
use uuid::Uuid;

/// Opens the signalling socket of a room; send `Hello` with a grant within five seconds.
#[utoipa::path(
    get,
    path = "/rooms/{event}/signal",
    tag = "room",
    params(("event" = String, Path)),
    responses((status = 101, description = "A WebSocket; its messages are in `messages.gen.ts`"))
)]
pub async fn open(State(app): State<App>, Path(event): Path<Uuid>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(MAX_CLIENT_MESSAGE)
        .max_frame_size(MAX_CLIENT_MESSAGE)
        .on_failed_upgrade(|error| tracing::debug!(%error, "a signalling socket could not be opened"))
        .on_upgrade(move |socket| {
            let tasks = app.tasks.clone();
            tasks.track_future(session::run(app, EventId(event), socket))
        })
}
