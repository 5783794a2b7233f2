//! Creates that may be sent twice. The key is claimed inside the transaction of the create, so the row and the thing it
//! made exist together or not at all; a second request waits for the first and is answered the same.

use super::{Conn, StoreError, row::Cells};
use rostrum_domain::time::Timestamp;

/// A request seen before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub request_hash: String,
    pub status: u16,
    pub body: String,
}

/// Claims a key; `Some` when it was claimed before.
pub async fn claim(
    conn: &mut Conn,
    owner: &str,
    key: &str,
    request_hash: &str,
    now: Timestamp,
) -> Result<Option<Seen>, StoreError> {
    let claimed = sqlx::query(
        "INSERT INTO idempotency (owner, idempotency_key, request_hash, status, body, created_at) \
         VALUES ($1, $2, $3, 0, '', $4) ON CONFLICT (owner, idempotency_key) DO NOTHING",
    )
    .bind(owner)
    .bind(key)
    .bind(request_hash)
    .bind(now.micros())
    .execute(&mut *conn)
    .await?;
    if claimed.rows_affected() == 1 {
        return Ok(None);
    }
    let row =
        sqlx::query("SELECT request_hash, status, body FROM idempotency WHERE owner = $1 AND idempotency_key = $2")
            .bind(owner)
            .bind(key)
            .fetch_one(conn)
            .await?;
    Ok(Some(Seen {
        request_hash: row.text("request_hash")?,
        status: u16::try_from(row.int("status")?).map_err(StoreError::inconsistent)?,
        body: row.text("body")?,
    }))
}

/// Stores the answer, in the same transaction.
pub async fn answer(conn: &mut Conn, owner: &str, key: &str, status: u16, body: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE idempotency SET status = $3, body = $4 WHERE owner = $1 AND idempotency_key = $2")
        .bind(owner)
        .bind(key)
        .bind(i64::from(status))
        .bind(body)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn sweep(conn: &mut Conn, before: Timestamp) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM idempotency WHERE created_at < $1")
        .bind(before.micros())
        .execute(conn)
        .await?;
    Ok(())
}
