//! The outbox: every mail the house wrote, whether it was sent or kept.

use super::{
    Conn, StoreError,
    row::{Cells, word},
};
use rostrum_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// No SMTP server is configured: shown in the console, sent by nobody.
    Kept,
    Queued,
    Sent,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub id: Uuid,
    /// Which template.
    pub kind: String,
    pub to_name: String,
    pub to_email: String,
    pub subject: String,
    pub body: String,
    pub state: MailState,
    pub error: Option<String>,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
}

impl TryFrom<&AnyRow> for Mail {
    type Error = StoreError;

    fn try_from(row: &AnyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id")?,
            kind: row.text("kind")?,
            to_name: row.text("to_name")?,
            to_email: row.text("to_email")?,
            subject: row.text("subject")?,
            body: row.text("body")?,
            state: row.word("state")?,
            error: row.text_opt("error")?,
            created_at: row.time("created_at")?,
            sent_at: row.time_opt("sent_at")?,
        })
    }
}

pub async fn insert(conn: &mut Conn, mail: &Mail) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO outbox (id, kind, to_name, to_email, subject, body, state, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(mail.id.to_string())
    .bind(&mail.kind)
    .bind(&mail.to_name)
    .bind(&mail.to_email)
    .bind(&mail.subject)
    .bind(&mail.body)
    .bind(word(&mail.state))
    .bind(mail.created_at.micros())
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: Uuid) -> Result<Option<Mail>, StoreError> {
    let row = sqlx::query("SELECT * FROM outbox WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(Mail::try_from).transpose()
}

/// Newest first, before `before`.
pub async fn page(conn: &mut Conn, before: &str, limit: i64) -> Result<Vec<Mail>, StoreError> {
    let rows = sqlx::query("SELECT * FROM outbox WHERE id < $1 ORDER BY id DESC LIMIT $2")
        .bind(before)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    rows.iter().map(Mail::try_from).collect()
}

/// Sent: the stored copy loses its personal links, which open doors.
pub async fn mark_sent(conn: &mut Conn, id: Uuid, body: &str, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("UPDATE outbox SET state = 'sent', body = $2, error = NULL, sent_at = $3 WHERE id = $1")
        .bind(id.to_string())
        .bind(body)
        .bind(now.micros())
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn mark_failed(conn: &mut Conn, id: Uuid, error: &str, for_good: bool) -> Result<(), StoreError> {
    sqlx::query("UPDATE outbox SET state = $2, error = $3 WHERE id = $1")
        .bind(id.to_string())
        .bind(word(if for_good {
            &MailState::Failed
        } else {
            &MailState::Queued
        }))
        .bind(error)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn sweep(conn: &mut Conn, before: Timestamp) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM outbox WHERE created_at < $1 AND state <> 'queued'")
        .bind(before.micros())
        .execute(conn)
        .await?;
    Ok(())
}
