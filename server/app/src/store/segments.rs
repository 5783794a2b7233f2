//! Transcript segments and their revisions. Nothing is updated but the number of the newest revision: words are only added.

use crate::store::{Conn, StoreError};
use rostrum_domain::{
    id::{EventId, PersonId, QuestionId, SegmentId, TakeId},
    person::NameCard,
    time::Timestamp,
    transcript::{Content, EditError, Origin, Reason, Revision, Segment, SegmentKind, clean_text},
};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row, any::AnyRow};

/// The first text of a segment, as captions or the desk write it.
#[derive(Clone, Debug)]
pub struct NewSegment {
    pub id: SegmentId,
    pub event: EventId,
    pub speaker: Option<PersonId>,
    pub card: NameCard,
    pub kind: SegmentKind,
    pub question: Option<QuestionId>,
    pub start: Timestamp,
    pub end: Timestamp,
    pub language: String,
    pub text: String,
    pub origin: Origin,
    /// Engine and model, for machine text.
    pub engine: Option<String>,
    pub confidence: Option<f32>,
    pub take: Option<TakeId>,
    /// Who typed it; `None` for a machine.
    pub author: Option<PersonId>,
    /// Now.
    pub at: Timestamp,
}

/// Stores a finished caption (machine or captioner) or a segment written at the desk. Text without words stores nothing.
pub async fn insert_final(conn: &mut Conn, new: &NewSegment) -> Result<Option<Segment>, StoreError> {
    let text = match clean_text(&new.text) {
        Ok(text) => text,
        Err(EditError::Empty) => return Ok(None),
        Err(_) => new.text.clone(),
    };
    let segment = Segment {
        id: new.id,
        speaker: new.speaker,
        card: new.card.clone(),
        kind: new.kind,
        question: new.question,
        start: new.start,
        end: new.end.max(Timestamp(new.start.micros() + 1)),
        language: new.language.clone(),
        text,
        origin: new.origin,
        engine: new.engine.clone(),
        confidence: new.confidence,
        take: new.take,
        revision: 0,
        struck: false,
    };
    insert(conn, new.event, &segment, new.author, Reason::First, new.at).await?;
    Ok(Some(segment))
}

/// A new segment with its first revision. `reason` is `Split` for the second half of one that was cut.
pub async fn insert(
    conn: &mut Conn,
    event: EventId,
    segment: &Segment,
    author: Option<PersonId>,
    reason: Reason,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO segments (id, event, origin, engine, confidence, take, revision, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7)",
    )
    .bind(segment.id.to_string())
    .bind(event.to_string())
    .bind(word(&segment.origin)?)
    .bind(segment.engine.clone())
    .bind(segment.confidence.map(f64::from))
    .bind(segment.take.map(|take| take.to_string()))
    .bind(at.micros())
    .execute(&mut *conn)
    .await?;
    append(conn, segment.id, 0, author, reason, at, &segment.content()).await
}

/// Adds revision `current + 1`. `false`: somebody else was first, nothing was stored.
pub async fn revise(
    conn: &mut Conn,
    segment: SegmentId,
    current: u32,
    author: Option<PersonId>,
    reason: Reason,
    at: Timestamp,
    content: &Content,
) -> Result<bool, StoreError> {
    let moved = sqlx::query("UPDATE segments SET revision = $1 WHERE id = $2 AND revision = $3")
        .bind(i64::from(current) + 1)
        .bind(segment.to_string())
        .bind(i64::from(current))
        .execute(&mut *conn)
        .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    append(conn, segment, current + 1, author, reason, at, content).await?;
    Ok(true)
}

/// All segments of an event, struck ones included, in order of speaking.
pub async fn of_event(conn: &mut Conn, event: EventId) -> Result<Vec<Segment>, StoreError> {
    let rows = sqlx::query(
        "SELECT s.id, s.origin, s.engine, s.confidence, s.take, s.revision, r.content FROM segments s \
         JOIN segment_revisions r ON r.segment = s.id AND r.number = s.revision WHERE s.event = $1",
    )
    .bind(event.to_string())
    .fetch_all(conn)
    .await?;
    let mut segments = rows.iter().map(segment).collect::<Result<Vec<_>, _>>()?;
    segments.sort_by_key(|segment| (segment.start, segment.end, segment.id));
    Ok(segments)
}

/// One segment and its event.
pub async fn find(conn: &mut Conn, id: SegmentId) -> Result<Option<(EventId, Segment)>, StoreError> {
    let row = sqlx::query(
        "SELECT s.id, s.event, s.origin, s.engine, s.confidence, s.take, s.revision, r.content FROM segments s \
         JOIN segment_revisions r ON r.segment = s.id AND r.number = s.revision WHERE s.id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok((parse(row.try_get("event")?)?, segment(&row)?)))
        .transpose()
}

/// The whole history of one segment, oldest first.
pub async fn revisions(conn: &mut Conn, id: SegmentId) -> Result<Vec<Revision>, StoreError> {
    let rows = sqlx::query(
        "SELECT segment, number, author, reason, at, content FROM segment_revisions WHERE segment = $1 ORDER BY number",
    )
    .bind(id.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter().map(revision).collect()
}

/// Every revision made in an event after `since`, oldest first: what the next edition releases for the first time.
pub async fn revisions_since(
    conn: &mut Conn,
    event: EventId,
    since: Option<Timestamp>,
) -> Result<Vec<Revision>, StoreError> {
    let rows = sqlx::query(
        "SELECT r.segment, r.number, r.author, r.reason, r.at, r.content FROM segment_revisions r \
         JOIN segments s ON s.id = r.segment WHERE s.event = $1 AND r.at > $2 ORDER BY r.at, r.segment, r.number",
    )
    .bind(event.to_string())
    .bind(since.map_or(i64::MIN, Timestamp::micros))
    .fetch_all(conn)
    .await?;
    rows.iter().map(revision).collect()
}

async fn append(
    conn: &mut Conn,
    segment: SegmentId,
    number: u32,
    author: Option<PersonId>,
    reason: Reason,
    at: Timestamp,
    content: &Content,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO segment_revisions (segment, number, author, reason, at, content) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(segment.to_string())
    .bind(i64::from(number))
    .bind(author.map(|author| author.to_string()))
    .bind(word(&reason)?)
    .bind(at.micros())
    .bind(serde_json::to_string(content)?)
    .execute(conn)
    .await?;
    Ok(())
}

fn segment(row: &AnyRow) -> Result<Segment, StoreError> {
    let content: Content = serde_json::from_str(&row.try_get::<String, _>("content")?)?;
    let Content {
        speaker,
        card,
        kind,
        question,
        start,
        end,
        language,
        text,
        struck,
    } = content;
    Ok(Segment {
        id: parse(row.try_get("id")?)?,
        speaker,
        card,
        kind,
        question,
        start,
        end,
        language,
        text,
        origin: from_word(row.try_get("origin")?)?,
        engine: row.try_get("engine")?,
        confidence: row
            .try_get::<Option<f64>, _>("confidence")?
            .map(|confidence| confidence as f32),
        take: row.try_get::<Option<String>, _>("take")?.map(parse).transpose()?,
        revision: number(row.try_get("revision")?)?,
        struck,
    })
}

fn revision(row: &AnyRow) -> Result<Revision, StoreError> {
    Ok(Revision {
        segment: parse(row.try_get("segment")?)?,
        number: number(row.try_get("number")?)?,
        author: row.try_get::<Option<String>, _>("author")?.map(parse).transpose()?,
        reason: from_word(row.try_get("reason")?)?,
        at: Timestamp(row.try_get("at")?),
        content: serde_json::from_str(&row.try_get::<String, _>("content")?)?,
    })
}

pub(super) fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(text: String) -> Result<T, StoreError> {
    text.parse().map_err(StoreError::inconsistent)
}

pub(super) fn number(value: i64) -> Result<u32, StoreError> {
    u32::try_from(value).map_err(StoreError::inconsistent)
}

/// An enum's name on the wire, as it is stored.
pub(super) fn word(value: &impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        other => Err(StoreError::inconsistent(other)),
    }
}

pub(super) fn from_word<T: DeserializeOwned>(word: String) -> Result<T, StoreError> {
    Ok(serde_json::from_value(serde_json::Value::String(word))?)
}

#[cfg(test)]
pub(super) mod tests;
