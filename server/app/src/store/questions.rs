//! Questions as they stand now, written by the room in the same transaction as its journal. Read here by whoever lists
//! questions without a room: a journalist's portal, the record.

use crate::store::{
    Conn, StoreError,
    row::{Cells, json, word},
};
use rostrum_domain::{
    id::{EventId, PersonId, QuestionId, SeriesId},
    question::Question,
    room::fair::Turn,
    time::Timestamp,
};
use sqlx::any::AnyRow;

/// Writes a question as it stands. Its words and its asker never change after the first time.
pub async fn put(conn: &mut Conn, event: EventId, question: &Question) -> Result<(), StoreError> {
    let micros = |time: Option<Timestamp>| time.map(Timestamp::micros);
    sqlx::query(
        "INSERT INTO questions (id, event, asker, card, channel, topic, language, text, state, reason, submitted_at, \
         called_at, on_air_at, done_at, lead, parent, promise, due_at, answer) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, reason = excluded.reason, \
         called_at = excluded.called_at, on_air_at = excluded.on_air_at, done_at = excluded.done_at, \
         lead = excluded.lead, parent = excluded.parent, promise = excluded.promise, due_at = excluded.due_at, \
         answer = excluded.answer",
    )
    .bind(question.id.to_string())
    .bind(event.to_string())
    .bind(question.asker.to_string())
    .bind(json(&question.card))
    .bind(word(&question.channel))
    .bind(question.topic.clone())
    .bind(question.language.clone())
    .bind(question.text.clone())
    .bind(word(&question.state))
    .bind(question.reason.clone())
    .bind(question.submitted_at.micros())
    .bind(micros(question.called_at))
    .bind(micros(question.on_air_at))
    .bind(micros(question.done_at))
    .bind(question.group.map(|lead| lead.to_string()))
    .bind(question.parent.map(|parent| parent.to_string()))
    .bind(question.promise.as_ref().map(json))
    .bind(question.promise.as_ref().map(|promise| promise.due.micros()))
    .bind(question.answer.as_ref().map(json))
    .execute(conn)
    .await?;
    Ok(())
}

/// All questions of an event, as they came in.
pub async fn of_event(conn: &mut Conn, event: EventId) -> Result<Vec<Question>, StoreError> {
    let rows = sqlx::query("SELECT * FROM questions WHERE event = $1 ORDER BY submitted_at, id")
        .bind(event.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(question).collect()
}

/// One person's questions in all events, newest first.
pub async fn of_person(conn: &mut Conn, person: PersonId) -> Result<Vec<(EventId, Question)>, StoreError> {
    let rows = sqlx::query("SELECT * FROM questions WHERE asker = $1 ORDER BY submitted_at DESC, id DESC")
        .bind(person.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(with_event).collect()
}

/// One question and its event.
pub async fn find(conn: &mut Conn, id: QuestionId) -> Result<Option<(EventId, Question)>, StoreError> {
    let row = sqlx::query("SELECT * FROM questions WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(with_event).transpose()
}

/// Turns on air in the last `events` events of the series that began before `start`, oldest first.
pub async fn turns_before(
    conn: &mut Conn,
    series: SeriesId,
    start: Timestamp,
    events: u32,
) -> Result<Vec<Turn>, StoreError> {
    let rows = sqlx::query(
        "SELECT * FROM questions WHERE on_air_at IS NOT NULL AND lead IS NULL AND event IN (SELECT id FROM events \
         WHERE series = $1 AND starts_at < $2 AND state IN ('live', 'ended', 'published') \
         ORDER BY starts_at DESC, id DESC LIMIT $3) ORDER BY on_air_at, id",
    )
    .bind(series.to_string())
    .bind(start.micros())
    .bind(i64::from(events))
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let (event, question) = with_event(row)?;
            let on_air = question.on_air_at.unwrap_or_default();
            let had = question.done_at.unwrap_or(on_air).since(on_air);
            Ok(Turn {
                event: Some(event),
                person: question.asker,
                outlet: question.card.outlet,
                country: question.card.country,
                medium: question.card.medium,
                language: question.language,
                seconds: u32::try_from(had.as_secs()).unwrap_or(u32::MAX),
            })
        })
        .collect()
}

/// Questions that were taken, the soonest due first; `open` leaves out what has been settled. Of a group only the lead.
pub async fn taken(conn: &mut Conn, open: bool, limit: i64) -> Result<Vec<(EventId, Question)>, StoreError> {
    let rows = sqlx::query(
        "SELECT * FROM questions WHERE lead IS NULL AND (state = 'taken' OR ($1 = 0 AND \
         state IN ('answered_in_writing', 'closed_unanswered'))) \
         ORDER BY CASE state WHEN 'taken' THEN 0 ELSE 1 END, due_at, id LIMIT $2",
    )
    .bind(i64::from(open))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(with_event).collect()
}

/// Those that were answered with this one.
pub async fn led_by(conn: &mut Conn, lead: QuestionId) -> Result<Vec<Question>, StoreError> {
    let rows = sqlx::query("SELECT * FROM questions WHERE lead = $1 ORDER BY submitted_at, id")
        .bind(lead.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(question).collect()
}

/// The askers are told what became of a taken question. `false`: they have been told.
pub async fn mark_told(conn: &mut Conn, id: QuestionId, at: Timestamp) -> Result<bool, StoreError> {
    let marked = sqlx::query("UPDATE questions SET told_at = $1 WHERE id = $2 AND told_at IS NULL")
        .bind(at.micros())
        .bind(id.to_string())
        .execute(conn)
        .await?;
    Ok(marked.rows_affected() > 0)
}

fn with_event(row: &AnyRow) -> Result<(EventId, Question), StoreError> {
    Ok((row.id("event")?, question(row)?))
}

fn question(row: &AnyRow) -> Result<Question, StoreError> {
    Ok(Question {
        id: row.id("id")?,
        asker: row.id("asker")?,
        card: row.json("card")?,
        channel: row.word("channel")?,
        topic: row.text("topic")?,
        language: row.text("language")?,
        text: row.text_opt("text")?,
        state: row.word("state")?,
        reason: row.text_opt("reason")?,
        submitted_at: row.time("submitted_at")?,
        called_at: row.time_opt("called_at")?,
        on_air_at: row.time_opt("on_air_at")?,
        done_at: row.time_opt("done_at")?,
        group: row.id_opt("lead")?,
        parent: row.id_opt("parent")?,
        promise: row.json_opt("promise")?,
        answer: row.json_opt("answer")?,
    })
}
