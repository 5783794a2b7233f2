//! Events: single briefings of a series. `state` follows the room while it is live.

use super::{
    Conn, StoreError,
    row::{Cells, json, word},
};
use rostrum_domain::{
    event::{Attendance, EventState, GroundRules},
    id::{EventId, SeriesId},
    text::Text,
    time::Timestamp,
};
use sqlx::any::AnyRow;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    pub series: SeriesId,
    /// Given at announcement; counts within the year.
    pub number: Option<u32>,
    /// Year of the start in the event's zone, at announcement.
    pub year: Option<i32>,
    pub title: Text,
    pub description: Text,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// IANA zone.
    pub zone: String,
    pub languages: Vec<String>,
    pub caption_language: String,
    pub rules: GroundRules,
    pub attendance: Attendance,
    pub registration_closes_at: Timestamp,
    pub questions_close_at: Timestamp,
    pub state: EventState,
    pub cancel_reason: Option<String>,
    pub announced_at: Option<Timestamp>,
    pub version: i64,
}

impl TryFrom<&AnyRow> for Event {
    type Error = StoreError;

    fn try_from(row: &AnyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id")?,
            series: row.id("series")?,
            number: row
                .int_opt("number")?
                .map(u32::try_from)
                .transpose()
                .map_err(StoreError::inconsistent)?,
            year: row
                .int_opt("year")?
                .map(i32::try_from)
                .transpose()
                .map_err(StoreError::inconsistent)?,
            title: row.json("title")?,
            description: row.json("description")?,
            starts_at: row.time("starts_at")?,
            ends_at: row.time("ends_at")?,
            zone: row.text("zone")?,
            languages: row.json("languages")?,
            caption_language: row.text("caption_language")?,
            rules: row.json("rules")?,
            attendance: row.word("attendance")?,
            registration_closes_at: row.time("registration_closes_at")?,
            questions_close_at: row.time("questions_close_at")?,
            state: row.word("state")?,
            cancel_reason: row.text_opt("cancel_reason")?,
            announced_at: row.time_opt("announced_at")?,
            version: row.int("version")?,
        })
    }
}

pub async fn insert(conn: &mut Conn, event: &Event, now: Timestamp) -> Result<(), StoreError> {
    let insert = sqlx::query(
        "INSERT INTO events (id, series, number, year, title, description, starts_at, ends_at, zone, languages, \
         caption_language, rules, attendance, registration_closes_at, questions_close_at, state, cancel_reason, \
         announced_at, version, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $20)",
    );
    written(insert, event).bind(now.micros()).execute(conn).await?;
    Ok(())
}

/// Writes everything but id and series if nobody else wrote since `event.version`.
pub async fn update(conn: &mut Conn, event: &Event, now: Timestamp) -> Result<bool, StoreError> {
    let update = sqlx::query(
        "UPDATE events SET number = $3, year = $4, title = $5, description = $6, starts_at = $7, ends_at = $8, \
         zone = $9, languages = $10, caption_language = $11, rules = $12, attendance = $13, \
         registration_closes_at = $14, questions_close_at = $15, state = $16, cancel_reason = $17, announced_at = $18, \
         version = version + 1, updated_at = $20 WHERE id = $1 AND series = $2 AND version = $19",
    );
    let done = written(update, event).bind(now.micros()).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

/// For the room (live, ended) and for publication: moves the state on, whatever the version.
pub async fn set_state(conn: &mut Conn, event: EventId, state: EventState, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("UPDATE events SET state = $2, version = version + 1, updated_at = $3 WHERE id = $1")
        .bind(event.to_string())
        .bind(word(&state))
        .bind(now.micros())
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: EventId) -> Result<Option<Event>, StoreError> {
    let row = sqlx::query("SELECT * FROM events WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(Event::try_from).transpose()
}

/// The event of a public address.
pub async fn by_number(conn: &mut Conn, series: SeriesId, year: i32, number: u32) -> Result<Option<Event>, StoreError> {
    let row = sqlx::query("SELECT * FROM events WHERE series = $1 AND year = $2 AND number = $3")
        .bind(series.to_string())
        .bind(i64::from(year))
        .bind(i64::from(number))
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(Event::try_from).transpose()
}

/// What a list of events is narrowed to; empty means everything.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub series: Option<SeriesId>,
    pub state: Option<EventState>,
    /// Leaves drafts out.
    pub public: bool,
}

/// Latest start first, before `(starts_at, id)`.
pub async fn page(
    conn: &mut Conn,
    filter: &Filter,
    before: Option<(Timestamp, EventId)>,
    limit: i64,
) -> Result<Vec<Event>, StoreError> {
    let (starts_at, id) = before.map_or((i64::MAX, "~".to_owned()), |(at, id)| (at.micros(), id.to_string()));
    let rows = sqlx::query(
        "SELECT * FROM events WHERE ($1 = '' OR series = $1) AND ($2 = '' OR state = $2) \
         AND ($3 = 0 OR announced_at IS NOT NULL) AND (starts_at < $4 OR (starts_at = $4 AND id < $5)) \
         ORDER BY starts_at DESC, id DESC LIMIT $6",
    )
    .bind(filter.series.map(|id| id.to_string()).unwrap_or_default())
    .bind(filter.state.map(|state| word(&state)).unwrap_or_default())
    .bind(i64::from(filter.public))
    .bind(starts_at)
    .bind(id)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(Event::try_from).collect()
}

/// What waits for the officers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub pending: u32,
    pub approved: u32,
}

pub async fn counts(conn: &mut Conn, event: EventId) -> Result<Counts, StoreError> {
    let rows = sqlx::query("SELECT state, COUNT(*) AS n FROM registrations WHERE event = $1 GROUP BY state")
        .bind(event.to_string())
        .fetch_all(conn)
        .await?;
    let mut counts = Counts::default();
    for row in &rows {
        match row.text("state")?.as_str() {
            "pending" => counts.pending = row.count("n")?,
            "approved" => counts.approved = row.count("n")?,
            _ => {}
        }
    }
    Ok(counts)
}

type Query = sqlx::query::Query<'static, sqlx::Any, sqlx::any::AnyArguments>;

fn written(query: Query, event: &Event) -> Query {
    query
        .bind(event.id.to_string())
        .bind(event.series.to_string())
        .bind(event.number.map(i64::from))
        .bind(event.year.map(i64::from))
        .bind(json(&event.title))
        .bind(json(&event.description))
        .bind(event.starts_at.micros())
        .bind(event.ends_at.micros())
        .bind(event.zone.clone())
        .bind(json(&event.languages))
        .bind(event.caption_language.clone())
        .bind(json(&event.rules))
        .bind(word(&event.attendance))
        .bind(event.registration_closes_at.micros())
        .bind(event.questions_close_at.micros())
        .bind(word(&event.state))
        .bind(event.cancel_reason.clone())
        .bind(event.announced_at.map(Timestamp::micros))
        .bind(event.version)
}
