//! The index of recordings. A row is made when a take begins and brought up to date when it ends or is recovered.

use crate::store::{
    Conn, StoreError,
    row::{Cells, json, word},
};
use rostrum_domain::{
    id::{EventId, PersonId, SeatId, SourceId, TakeId},
    media::{SourceKind, TapCodec},
    person::NameCard,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use std::path::PathBuf;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TakeMedia {
    Audio,
    Video,
}

impl TakeMedia {
    pub fn of(codec: TapCodec) -> Self {
        match codec {
            TapCodec::Opus => Self::Audio,
            TapCodec::Vp8 | TapCodec::H264 => Self::Video,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TakeState {
    Recording,
    Finished,
    /// The machine died while it was written; everything up to the last whole frame is there.
    Recovered,
}

/// One recording: a source's sound or picture from when it was first heard on the record until it no longer was.
#[derive(Clone, Debug, PartialEq)]
pub struct TakeRow {
    pub id: TakeId,
    pub event: EventId,
    pub source: SourceId,
    pub seat: SeatId,
    pub person: PersonId,
    /// From the registration, at the time of speaking.
    pub card: NameCard,
    pub source_kind: SourceKind,
    pub media: TakeMedia,
    pub codec: TapCodec,
    /// Relative to the folder of takes.
    pub path: PathBuf,
    /// Capture time of the first frame on the room clock; frames in the file count from here.
    pub start: Timestamp,
    pub duration_ms: u64,
    pub bytes: u64,
    pub state: TakeState,
}

pub async fn insert(conn: &mut Conn, take: &TakeRow) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO takes (id, event, source, seat, person, card, source_kind, media, codec, path, started_at, \
         duration_ms, bytes, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(take.id.to_string())
    .bind(take.event.to_string())
    .bind(take.source.to_string())
    .bind(take.seat.to_string())
    .bind(take.person.to_string())
    .bind(json(&take.card))
    .bind(word(&take.source_kind))
    .bind(word(&take.media))
    .bind(word(&take.codec))
    .bind(take.path.to_string_lossy().into_owned())
    .bind(take.start.micros())
    .bind(i64::try_from(take.duration_ms).map_err(StoreError::inconsistent)?)
    .bind(i64::try_from(take.bytes).map_err(StoreError::inconsistent)?)
    .bind(word(&take.state))
    .execute(conn)
    .await?;
    Ok(())
}

/// A take has ended, or was found torn and made whole.
pub async fn close(
    conn: &mut Conn,
    take: TakeId,
    state: TakeState,
    duration_ms: u64,
    bytes: u64,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE takes SET state = $1, duration_ms = $2, bytes = $3 WHERE id = $4")
        .bind(word(&state))
        .bind(i64::try_from(duration_ms).map_err(StoreError::inconsistent)?)
        .bind(i64::try_from(bytes).map_err(StoreError::inconsistent)?)
        .bind(take.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets a take whose file is gone (retention, or nothing whole was ever written).
pub async fn delete(conn: &mut Conn, take: TakeId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM takes WHERE id = $1")
        .bind(take.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn get(conn: &mut Conn, take: TakeId) -> Result<Option<TakeRow>, StoreError> {
    let row = sqlx::query("SELECT * FROM takes WHERE id = $1")
        .bind(take.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(read).transpose()
}

/// All takes of one event, by start.
pub async fn of_event(conn: &mut Conn, event: EventId) -> Result<Vec<TakeRow>, StoreError> {
    let rows = sqlx::query("SELECT * FROM takes WHERE event = $1 ORDER BY started_at, id")
        .bind(event.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

/// Takes whose time is over: the series' days, else `days` (`None`: for ever), counted from their start.
pub async fn expired(
    conn: &mut Conn,
    now: Timestamp,
    days: Option<u32>,
    limit: i64,
) -> Result<Vec<TakeRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT t.* FROM takes t JOIN events e ON e.id = t.event JOIN series s ON s.id = e.series \
         WHERE t.state <> $1 AND t.started_at < $2 - COALESCE(s.retention_days, $3) * 86400000000 \
         ORDER BY t.started_at LIMIT $4",
    )
    .bind(word(&TakeState::Recording))
    .bind(now.micros())
    .bind(days.map(i64::from))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(read).collect()
}

/// Takes that a former run of the server left open.
pub async fn open(conn: &mut Conn) -> Result<Vec<TakeRow>, StoreError> {
    let rows = sqlx::query("SELECT * FROM takes WHERE state = $1 ORDER BY started_at, id")
        .bind(word(&TakeState::Recording))
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

/// The recording of this source in which something said at `at` is heard.
pub async fn heard_in(conn: &mut Conn, source: SourceId, at: Timestamp) -> Result<Option<TakeId>, StoreError> {
    let row = sqlx::query(
        "SELECT id FROM takes WHERE source = $1 AND media = $2 AND started_at <= $3 ORDER BY started_at DESC LIMIT 1",
    )
    .bind(source.to_string())
    .bind(word(&TakeMedia::Audio))
    .bind(at.micros())
    .fetch_optional(conn)
    .await?;
    row.map(|row| row.id("id")).transpose()
}

fn read(row: &AnyRow) -> Result<TakeRow, StoreError> {
    Ok(TakeRow {
        id: row.id("id")?,
        event: row.id("event")?,
        source: row.id("source")?,
        seat: row.id("seat")?,
        person: row.id("person")?,
        card: row.json("card")?,
        source_kind: row.word("source_kind")?,
        media: row.word("media")?,
        codec: row.word("codec")?,
        path: row.text("path")?.into(),
        start: row.time("started_at")?,
        duration_ms: u64::try_from(row.int("duration_ms")?).map_err(StoreError::inconsistent)?,
        bytes: u64::try_from(row.int("bytes")?).map_err(StoreError::inconsistent)?,
        state: row.word("state")?,
    })
}
