//! Per-speaker recordings, for the staff: listed, and played in ranges while they still grow.

use super::{
    Problem,
    auth::SignedIn,
    events::{at, place},
    input::{Json, Path},
    ranged,
};
use crate::{
    App,
    publication::programme::takes_folder,
    store::{
        takes,
        takes::{TakeMedia, TakeRow, TakeState},
    },
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use rostrum_domain::{
    id::{EventId, PersonId, SeatId, TakeId},
    media::{SourceKind, TapCodec},
    person::NameCard,
    policy::Action,
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

/// One recording of one source.
#[derive(Debug, Serialize, ToSchema)]
pub struct Take {
    pub id: TakeId,
    pub event: EventId,
    pub seat: SeatId,
    pub person: PersonId,
    pub card: NameCard,
    pub source_kind: SourceKind,
    pub media: TakeMedia,
    /// `opus`, `vp8`, `h264`
    pub codec: &'static str,
    /// Room time of its first frame.
    pub start: Timestamp,
    pub duration_ms: u64,
    pub bytes: u64,
    pub state: TakeState,
    /// Where it can be played.
    pub url: String,
}

impl From<TakeRow> for Take {
    fn from(row: TakeRow) -> Self {
        Self {
            id: row.id,
            event: row.event,
            seat: row.seat,
            person: row.person,
            card: row.card,
            source_kind: row.source_kind,
            media: row.media,
            codec: codec(row.codec),
            start: row.start,
            duration_ms: row.duration_ms,
            bytes: row.bytes,
            state: row.state,
            url: format!("/api/v1/takes/{}/media", row.id),
        }
    }
}

/// The recordings of an event.
#[derive(Debug, Serialize, ToSchema)]
pub struct Takes {
    pub items: Vec<Take>,
}

/// Lists the recordings of an event, by start.
#[utoipa::path(get, path = "/events/{event}/takes", tag = "record", params(("event" = EventId, Path)), responses(
    (status = 200, description = "The recordings", body = Takes),
    (status = 404, description = "No such event", body = Problem),
))]
pub async fn list(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<Takes>, Problem> {
    let mut reader = app.db.read().await?;
    let event = at(&mut reader, id).await?;
    who.must(Action::SeeRecord, place(&event))?;
    let rows = takes::of_event(&mut reader, id).await?;
    Ok(Json(Takes {
        items: rows.into_iter().map(Take::from).collect(),
    }))
}

/// Plays a recording.
#[utoipa::path(get, path = "/takes/{take}/media", tag = "record", params(("take" = TakeId, Path)), responses(
    (status = 200, description = "The file, WebM or Matroska", content_type = "video/webm"),
    (status = 206, description = "The range asked for", content_type = "video/webm"),
    (status = 404, description = "No such recording", body = Problem),
))]
pub async fn media(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<TakeId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut reader = app.db.read().await?;
    let take = takes::get(&mut reader, id).await?.ok_or_else(Problem::missing)?;
    let event = at(&mut reader, take.event).await?;
    who.must(Action::SeeRecord, place(&event))?;
    drop(reader);
    let media_type = match (take.codec, take.media) {
        (TapCodec::H264, _) => "video/x-matroska",
        (_, TakeMedia::Audio) => "audio/webm",
        (_, TakeMedia::Video) => "video/webm",
    };
    // While it grows, its state is its size.
    let tag = format!("{id}-{}-{}", take.bytes, take.duration_ms);
    let path = takes_folder(&app.config.data_dir).join(&take.path);
    let mut response = match ranged::serve(&path, media_type, &tag, &headers).await {
        Ok(response) => response,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(Problem::missing()),
        Err(error) => {
            tracing::error!(take = %id, %error, "a recording cannot be read");
            return Err(Problem::internal());
        }
    };
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

fn codec(codec: TapCodec) -> &'static str {
    match codec {
        TapCodec::Opus => "opus",
        TapCodec::Vp8 => "vp8",
        TapCodec::H264 => "h264",
    }
}
