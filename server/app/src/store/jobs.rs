//! The queue of slow work. A job is put in by the transaction that causes it; one worker takes it; a worker that dies leaves
//! it to be taken again, so every job must be safe to run twice.

use super::{Conn, StoreError, row::Cells};
use rostrum_domain::time::Timestamp;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub id: Uuid,
    pub kind: String,
    /// JSON, read by the job of that kind.
    pub payload: String,
    /// How often it was started, this time included.
    pub attempts: u32,
}

/// Puts a job in; with a `key`, nothing happens while one with the same key waits.
pub async fn enqueue(
    conn: &mut Conn,
    id: Uuid,
    kind: &str,
    payload: &str,
    key: Option<&str>,
    run_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO jobs (id, kind, payload, unique_key, state, run_at, created_at) \
         VALUES ($1, $2, $3, $4, 'waiting', $5, $5) ON CONFLICT (unique_key) DO NOTHING",
    )
    .bind(id.to_string())
    .bind(kind)
    .bind(payload)
    .bind(key)
    .bind(run_at.micros())
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the job that is due longest, until `locked_until`. Two workers never take the same: the update tells who was first.
pub async fn claim(conn: &mut Conn, now: Timestamp, locked_until: Timestamp) -> Result<Option<Job>, StoreError> {
    loop {
        let row = sqlx::query(
            "SELECT id, kind, payload, attempts FROM jobs \
             WHERE (state = 'waiting' AND run_at <= $1) OR (state = 'running' AND locked_until <= $1) \
             ORDER BY run_at, id LIMIT 1",
        )
        .bind(now.micros())
        .fetch_optional(&mut *conn)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let (id, attempts) = (row.text("id")?, row.int("attempts")?);
        // From here on the same thing may be wanted again: the key is free.
        let claimed = sqlx::query(
            "UPDATE jobs SET state = 'running', unique_key = NULL, attempts = attempts + 1, locked_until = $3 \
             WHERE id = $1 AND attempts = $2",
        )
        .bind(&id)
        .bind(attempts)
        .bind(locked_until.micros())
        .execute(&mut *conn)
        .await?;
        if claimed.rows_affected() == 1 {
            return Ok(Some(Job {
                id: row.id("id")?,
                kind: row.text("kind")?,
                payload: row.text("payload")?,
                attempts: row.count("attempts")? + 1,
            }));
        }
    }
}

pub async fn done(conn: &mut Conn, id: Uuid) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM jobs WHERE id = $1")
        .bind(id.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// Not done: `run_at` says when to try again, `None` gives up (the row stays to be seen).
pub async fn failed(conn: &mut Conn, id: Uuid, error: &str, run_at: Option<Timestamp>) -> Result<(), StoreError> {
    sqlx::query("UPDATE jobs SET state = $2, error = $3, run_at = $4, locked_until = 0 WHERE id = $1")
        .bind(id.to_string())
        .bind(if run_at.is_some() { "waiting" } else { "failed" })
        .bind(error)
        .bind(run_at.unwrap_or_default().micros())
        .execute(conn)
        .await?;
    Ok(())
}

/// How many wait, and how many were given up: for the metrics and `rostrum doctor`.
pub async fn depth(conn: &mut Conn) -> Result<(u32, u32), StoreError> {
    let rows = sqlx::query("SELECT state, COUNT(*) AS n FROM jobs GROUP BY state")
        .fetch_all(conn)
        .await?;
    let mut depth = (0, 0);
    for row in &rows {
        match row.text("state")?.as_str() {
            "failed" => depth.1 += row.count("n")?,
            _ => depth.0 += row.count("n")?,
        }
    }
    Ok(depth)
}

/// Whether there is anything to take: a look without a transaction.
pub async fn any_due(conn: &mut Conn, now: Timestamp) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "SELECT id FROM jobs WHERE (state = 'waiting' AND run_at <= $1) OR (state = 'running' AND locked_until <= $1) LIMIT 1",
    )
    .bind(now.micros())
    .fetch_optional(conn)
    .await?;
    Ok(row.is_some())
}
