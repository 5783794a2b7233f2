//! Sign-ins and the links that are mailed. Both are kept as hashes: a stolen database opens no door.

use super::{
    Conn, StoreError,
    row::{Cells, word},
};
use rostrum_domain::{
    id::{PersonId, RegistrationId, SessionId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    Password,
    Link,
    Join,
    Setup,
}

#[derive(Clone, Debug)]
pub struct Session {
    pub id: SessionId,
    pub person: PersonId,
    pub via: Via,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
}

pub async fn insert(conn: &mut Conn, session: &Session, token_hash: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sessions (id, person, token_hash, via, created_at, last_seen_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(session.id.to_string())
    .bind(session.person.to_string())
    .bind(token_hash)
    .bind(word(&session.via))
    .bind(session.created_at.micros())
    .bind(session.last_seen_at.micros())
    .bind(session.expires_at.micros())
    .execute(conn)
    .await?;
    Ok(())
}

/// The session of this cookie, if it is neither over nor revoked and its person may still come in.
pub async fn find(conn: &mut Conn, token_hash: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
    let row = sqlx::query(
        "SELECT sessions.id, person, via, sessions.created_at, last_seen_at, expires_at FROM sessions \
         JOIN people ON people.id = sessions.person \
         WHERE token_hash = $1 AND expires_at > $2 AND revoked_at IS NULL AND people.disabled = 0",
    )
    .bind(token_hash)
    .bind(now.micros())
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Session {
            id: row.id("id")?,
            person: row.id("person")?,
            via: row.word("via")?,
            created_at: row.time("created_at")?,
            last_seen_at: row.time("last_seen_at")?,
            expires_at: row.time("expires_at")?,
        })
    })
    .transpose()
}

pub async fn prolong(
    conn: &mut Conn,
    session: SessionId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE id = $1")
        .bind(session.to_string())
        .bind(now.micros())
        .bind(expires_at.micros())
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn revoke(conn: &mut Conn, session: SessionId, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
        .bind(session.to_string())
        .bind(now.micros())
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends every sign-in of somebody: a disabled account, a new password.
pub async fn revoke_all(conn: &mut Conn, person: PersonId, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("UPDATE sessions SET revoked_at = $2 WHERE person = $1 AND revoked_at IS NULL")
        .bind(person.to_string())
        .bind(now.micros())
        .execute(conn)
        .await?;
    Ok(())
}

/// What a mailed link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Sign in once.
    SignIn,
    /// Prove that the address of a registration is one's own.
    Confirm,
    /// Come to the event one is accredited for; works until the event is over.
    Join,
    /// Make the first administrator.
    Setup,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub purpose: Purpose,
    pub person: Option<PersonId>,
    pub registration: Option<RegistrationId>,
    /// Where to go after signing in.
    pub next: Option<String>,
    pub expires_at: Option<Timestamp>,
}

pub async fn insert_link(conn: &mut Conn, link: &Link, token_hash: &str, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO links (token_hash, purpose, person, subject, next, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(token_hash)
    .bind(word(&link.purpose))
    .bind(link.person.map(|id| id.to_string()))
    .bind(link.registration.map(|id| id.to_string()))
    .bind(&link.next)
    .bind(now.micros())
    .bind(link.expires_at.map(Timestamp::micros))
    .execute(conn)
    .await?;
    Ok(())
}

/// A link that can be used again until it expires (confirm, join).
pub async fn find_link(
    conn: &mut Conn,
    token_hash: &str,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<Link>, StoreError> {
    let row = sqlx::query(
        "SELECT purpose, person, subject, next, expires_at FROM links WHERE token_hash = $1 AND purpose = $2 \
         AND used_at IS NULL AND (expires_at IS NULL OR expires_at > $3)",
    )
    .bind(token_hash)
    .bind(word(&purpose))
    .bind(now.micros())
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Link {
            purpose: row.word("purpose")?,
            person: row.id_opt("person")?,
            registration: row.id_opt("subject")?,
            next: row.text_opt("next")?,
            expires_at: row.time_opt("expires_at")?,
        })
    })
    .transpose()
}

/// Uses a link up; `None` when somebody else was first, or it is unknown or too old.
pub async fn use_link(
    conn: &mut Conn,
    token_hash: &str,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<Link>, StoreError> {
    let Some(link) = find_link(conn, token_hash, purpose, now).await? else {
        return Ok(None);
    };
    let done = sqlx::query("UPDATE links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL")
        .bind(token_hash)
        .bind(now.micros())
        .execute(conn)
        .await?;
    Ok((done.rows_affected() == 1).then_some(link))
}

/// Makes every open link of this purpose useless (a new set-up link replaces the old).
pub async fn cancel_links(conn: &mut Conn, purpose: Purpose, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("UPDATE links SET used_at = $2 WHERE purpose = $1 AND used_at IS NULL")
        .bind(word(&purpose))
        .bind(now.micros())
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes the open links of one registration useless (it was withdrawn or refused).
pub async fn cancel_links_of(
    conn: &mut Conn,
    registration: RegistrationId,
    purpose: Purpose,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE links SET used_at = $3 WHERE subject = $1 AND purpose = $2 AND used_at IS NULL")
        .bind(registration.to_string())
        .bind(word(&purpose))
        .bind(now.micros())
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets sessions and links that ended before `before`.
pub async fn sweep(conn: &mut Conn, before: Timestamp) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM sessions WHERE expires_at < $1 OR revoked_at < $1",
        "DELETE FROM links WHERE expires_at < $1 OR used_at < $1",
    ] {
        sqlx::query(statement).bind(before.micros()).execute(&mut *conn).await?;
    }
    Ok(())
}
