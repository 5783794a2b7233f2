//! The rooms' journals: what happened, numbered without gaps. Add-only; the fact's JSON is readable for ever.

use crate::store::{
    Conn, StoreError,
    segments::{from_word, parse, word},
};
use rostrum_domain::{
    event::{EventState, GroundRules},
    id::EventId,
    room::fact::Entry,
    text::Text,
    time::Timestamp,
};
use sqlx::{Row, any::AnyRow};

/// What a room is convened for, from the programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Convening {
    pub title: Text,
    pub rules: GroundRules,
    pub caption_language: String,
    pub state: EventState,
}

/// Appends entries. A number that is taken (a second writer) is a conflict, and nothing is stored.
pub async fn append(conn: &mut Conn, event: EventId, entries: &[Entry]) -> Result<(), StoreError> {
    for entry in entries {
        sqlx::query("INSERT INTO journal (event, number, at, actor, command, fact) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(event.to_string())
            .bind(i64::try_from(entry.number).map_err(StoreError::inconsistent)?)
            .bind(entry.at.micros())
            .bind(entry.actor.map(|actor| actor.to_string()))
            .bind(entry.command.map(|command| command.to_string()))
            .bind(serde_json::to_string(&entry.fact)?)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// The whole journal of one room, in order.
pub async fn entries(conn: &mut Conn, event: EventId) -> Result<Vec<Entry>, StoreError> {
    let rows = sqlx::query("SELECT number, at, actor, command, fact FROM journal WHERE event = $1 ORDER BY number")
        .bind(event.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(entry).collect()
}

/// What the programme says of the event, if there is such an event.
pub async fn convening(conn: &mut Conn, event: EventId) -> Result<Option<Convening>, StoreError> {
    let row = sqlx::query("SELECT title, rules, caption_language, state FROM events WHERE id = $1")
        .bind(event.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(|row| {
        Ok(Convening {
            title: serde_json::from_str(&row.try_get::<String, _>("title")?)?,
            rules: serde_json::from_str(&row.try_get::<String, _>("rules")?)?,
            caption_language: row.try_get("caption_language")?,
            state: from_word(row.try_get("state")?)?,
        })
    })
    .transpose()
}

/// The event follows its room: live, ended.
pub async fn set_event_state(
    conn: &mut Conn,
    event: EventId,
    state: EventState,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE events SET state = $1, version = version + 1, updated_at = $2 WHERE id = $3")
        .bind(word(&state)?)
        .bind(at.micros())
        .bind(event.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

fn entry(row: &AnyRow) -> Result<Entry, StoreError> {
    Ok(Entry {
        number: u64::try_from(row.try_get::<i64, _>("number")?).map_err(StoreError::inconsistent)?,
        at: Timestamp(row.try_get("at")?),
        actor: row.try_get::<Option<String>, _>("actor")?.map(parse).transpose()?,
        command: row.try_get::<Option<String>, _>("command")?.map(parse).transpose()?,
        fact: serde_json::from_str(&row.try_get::<String, _>("fact")?)?,
    })
}

#[cfg(test)]
mod tests;
