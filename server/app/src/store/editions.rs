//! The desk's state per event, released editions as frozen bytes, the keys that signed them, and the programme file's state.

use crate::store::{
    Conn, StoreError,
    segments::{from_word, number, parse, revisions_since, word},
};
use rostrum_domain::{
    id::{EditionId, EventId, PersonId},
    publication::{Desk, DeskState, MediaFile, Timeline},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use sqlx::{Row, any::AnyRow};

macro_rules! whole {
    ($condition:literal) => {
        concat!(
            "SELECT id, event, number, published_at, released_by, manifest, content, manifest_sha256, signature, key_id ",
            "FROM editions ",
            $condition
        )
    };
}

/// An edition as it was released. `manifest` and `content` are canonical JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEdition {
    pub id: EditionId,
    pub event: EventId,
    pub number: u32,
    pub published_at: Timestamp,
    pub released_by: PersonId,
    pub manifest: Vec<u8>,
    pub content: Vec<u8>,
    pub manifest_sha256: String,
    /// 64 bytes, hexadecimal.
    pub signature: String,
    pub key_id: String,
}

/// An edition without its bytes, for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionHead {
    pub id: EditionId,
    pub event: EventId,
    pub number: u32,
    pub published_at: Timestamp,
    pub manifest_sha256: String,
    pub signature: String,
    pub key_id: String,
}

/// A key that has signed, and when first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionKey {
    pub key_id: String,
    /// 32 bytes, hexadecimal.
    pub public_key: String,
    pub first_used_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProgrammeState {
    /// Waiting for the recordings, or being cut together.
    Pending,
    Ready,
    /// Nothing was recorded.
    None,
    Failed,
}

/// Where the programme file of an event stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgrammeFile {
    pub state: ProgrammeState,
    pub media: Option<MediaFile>,
    pub timeline: Timeline,
    pub error: Option<String>,
}

/// Where the desk stands; editors and changes of sense are read from the revisions, so they cannot be forgotten.
pub async fn desk(conn: &mut Conn, event: EventId) -> Result<Desk, StoreError> {
    let row =
        sqlx::query("SELECT state, submitted_by, submitted_at, note, correction FROM record_desks WHERE event = $1")
            .bind(event.to_string())
            .fetch_optional(&mut *conn)
            .await?;
    let mut desk = Desk::default();
    if let Some(row) = row {
        desk.state = state(&row)?;
        desk.note = row.try_get("note")?;
        let correction: Option<String> = row.try_get("correction")?;
        desk.correction = correction.map(|text| serde_json::from_str(&text)).transpose()?;
    }
    let released = list(conn, event).await?;
    desk.editions = released.first().map_or(0, |edition| edition.number);
    let since = released.first().map(|edition| edition.published_at);
    for revision in revisions_since(conn, event, since).await? {
        desk.editors.extend(revision.author);
        desk.sense_changed |= desk.editions > 0 && revision.reason.needs_correction();
    }
    Ok(desk)
}

/// Takes the event's desk for this transaction: a release and an edit at the same moment come one after the other.
pub async fn lock_desk(conn: &mut Conn, event: EventId) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO record_desks (event, state, version) VALUES ($1, 'draft', 1) \
         ON CONFLICT (event) DO UPDATE SET version = record_desks.version + 1",
    )
    .bind(event.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// After [`lock_desk`] in the same transaction.
pub async fn save_desk(conn: &mut Conn, event: EventId, desk: &Desk) -> Result<(), StoreError> {
    let (name, by, at) = match &desk.state {
        DeskState::Draft => ("draft", None, None),
        DeskState::Submitted { by, at } => ("submitted", Some(by.to_string()), Some(at.micros())),
        DeskState::Published => ("published", None, None),
    };
    let correction = desk.correction.as_ref().map(serde_json::to_string).transpose()?;
    sqlx::query(
        "UPDATE record_desks SET state = $1, submitted_by = $2, submitted_at = $3, note = $4, correction = $5 \
         WHERE event = $6",
    )
    .bind(name)
    .bind(by)
    .bind(at)
    .bind(desk.note.clone())
    .bind(correction)
    .bind(event.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Freezes an edition and remembers its key.
pub async fn insert(conn: &mut Conn, edition: &StoredEdition, public_key: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO editions (id, event, number, published_at, released_by, manifest, content, manifest_sha256, \
         signature, key_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(edition.id.to_string())
    .bind(edition.event.to_string())
    .bind(i64::from(edition.number))
    .bind(edition.published_at.micros())
    .bind(edition.released_by.to_string())
    .bind(edition.manifest.clone())
    .bind(edition.content.clone())
    .bind(edition.manifest_sha256.clone())
    .bind(edition.signature.clone())
    .bind(edition.key_id.clone())
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO edition_keys (key_id, public_key, first_used_at) VALUES ($1, $2, $3) \
         ON CONFLICT (key_id) DO NOTHING",
    )
    .bind(edition.key_id.clone())
    .bind(public_key.to_owned())
    .bind(edition.published_at.micros())
    .execute(conn)
    .await?;
    Ok(())
}

/// Newest first.
pub async fn list(conn: &mut Conn, event: EventId) -> Result<Vec<EditionHead>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, event, number, published_at, manifest_sha256, signature, key_id FROM editions \
         WHERE event = $1 ORDER BY number DESC",
    )
    .bind(event.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter().map(head).collect()
}

/// Number of the newest edition.
pub async fn newest(conn: &mut Conn, event: EventId) -> Result<Option<u32>, StoreError> {
    let row = sqlx::query("SELECT MAX(number) AS number FROM editions WHERE event = $1")
        .bind(event.to_string())
        .fetch_one(conn)
        .await?;
    row.try_get::<Option<i64>, _>("number")?.map(number).transpose()
}

/// Events with more than one edition, last changed first.
pub async fn corrected(conn: &mut Conn, limit: i64) -> Result<Vec<EventId>, StoreError> {
    let rows = sqlx::query(
        "SELECT event FROM editions WHERE number > 1 GROUP BY event ORDER BY MAX(published_at) DESC, event LIMIT $1",
    )
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| parse(row.try_get("event")?)).collect()
}

/// All editions of an event with their bytes, oldest first.
pub async fn all(conn: &mut Conn, event: EventId) -> Result<Vec<StoredEdition>, StoreError> {
    let rows = sqlx::query(whole!("WHERE event = $1 ORDER BY number"))
        .bind(event.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(stored).collect()
}

/// Edition `number` of an event; without a number, the newest.
pub async fn get(conn: &mut Conn, event: EventId, number: Option<u32>) -> Result<Option<StoredEdition>, StoreError> {
    let query = match number {
        Some(_) => whole!("WHERE event = $1 AND number = $2"),
        None => whole!("WHERE event = $1 AND number >= $2 ORDER BY number DESC LIMIT 1"),
    };
    let row = sqlx::query(query)
        .bind(event.to_string())
        .bind(i64::from(number.unwrap_or(0)))
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(stored).transpose()
}

pub async fn find(conn: &mut Conn, id: EditionId) -> Result<Option<StoredEdition>, StoreError> {
    let row = sqlx::query(whole!("WHERE id = $1"))
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(stored).transpose()
}

pub async fn keys(conn: &mut Conn) -> Result<Vec<EditionKey>, StoreError> {
    let rows = sqlx::query("SELECT key_id, public_key, first_used_at FROM edition_keys ORDER BY first_used_at, key_id")
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(EditionKey {
                key_id: row.try_get("key_id")?,
                public_key: row.try_get("public_key")?,
                first_used_at: Timestamp(row.try_get("first_used_at")?),
            })
        })
        .collect()
}

pub async fn programme(conn: &mut Conn, event: EventId) -> Result<Option<ProgrammeFile>, StoreError> {
    let row = sqlx::query("SELECT state, media, timeline, error FROM programmes WHERE event = $1")
        .bind(event.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(|row| {
        let media: Option<String> = row.try_get("media")?;
        let timeline: Option<String> = row.try_get("timeline")?;
        Ok(ProgrammeFile {
            state: from_word(row.try_get("state")?)?,
            media: media.map(|media| serde_json::from_str(&media)).transpose()?,
            timeline: timeline
                .map(|timeline| serde_json::from_str(&timeline))
                .transpose()?
                .unwrap_or_default(),
            error: row.try_get("error")?,
        })
    })
    .transpose()
}

pub async fn save_programme(
    conn: &mut Conn,
    event: EventId,
    file: &ProgrammeFile,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO programmes (event, state, media, timeline, error, updated_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (event) DO UPDATE SET state = excluded.state, media = excluded.media, \
         timeline = excluded.timeline, error = excluded.error, updated_at = excluded.updated_at",
    )
    .bind(event.to_string())
    .bind(word(&file.state)?)
    .bind(file.media.as_ref().map(serde_json::to_string).transpose()?)
    .bind(serde_json::to_string(&file.timeline)?)
    .bind(file.error.clone())
    .bind(at.micros())
    .execute(conn)
    .await?;
    Ok(())
}

fn state(row: &AnyRow) -> Result<DeskState, StoreError> {
    Ok(match row.try_get::<String, _>("state")?.as_str() {
        "draft" => DeskState::Draft,
        "published" => DeskState::Published,
        "submitted" => {
            let by: Option<String> = row.try_get("submitted_by")?;
            let at: Option<i64> = row.try_get("submitted_at")?;
            match (by, at) {
                (Some(by), Some(at)) => DeskState::Submitted {
                    by: parse(by)?,
                    at: Timestamp(at),
                },
                _ => return Err(StoreError::inconsistent("a submitted record without its submitter")),
            }
        }
        other => return Err(StoreError::inconsistent(other)),
    })
}

fn head(row: &AnyRow) -> Result<EditionHead, StoreError> {
    Ok(EditionHead {
        id: parse(row.try_get("id")?)?,
        event: parse(row.try_get("event")?)?,
        number: number(row.try_get("number")?)?,
        published_at: Timestamp(row.try_get("published_at")?),
        manifest_sha256: row.try_get("manifest_sha256")?,
        signature: row.try_get("signature")?,
        key_id: row.try_get("key_id")?,
    })
}

fn stored(row: &AnyRow) -> Result<StoredEdition, StoreError> {
    Ok(StoredEdition {
        id: parse(row.try_get("id")?)?,
        event: parse(row.try_get("event")?)?,
        number: number(row.try_get("number")?)?,
        published_at: Timestamp(row.try_get("published_at")?),
        released_by: parse(row.try_get("released_by")?)?,
        manifest: row.try_get("manifest")?,
        content: row.try_get("content")?,
        manifest_sha256: row.try_get("manifest_sha256")?,
        signature: row.try_get("signature")?,
        key_id: row.try_get("key_id")?,
    })
}

#[cfg(test)]
mod tests;
