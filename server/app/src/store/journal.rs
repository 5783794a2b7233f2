//! The rooms' journals: what happened, numbered without gaps. Add-only; the fact's JSON is readable for ever.

use crate::store::{Conn, StoreError, row::Cells};
use rostrum_domain::{id::EventId, room::fact::Entry};
use sqlx::any::AnyRow;

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

fn entry(row: &AnyRow) -> Result<Entry, StoreError> {
    Ok(Entry {
        number: u64::try_from(row.int("number")?).map_err(StoreError::inconsistent)?,
        at: row.time("at")?,
        actor: row.id_opt("actor")?,
        command: row.id_opt("command")?,
        fact: row.json("fact")?,
    })
}
