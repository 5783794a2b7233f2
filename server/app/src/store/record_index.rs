//! The index of the released record: passages, their words, their fingerprints. The one place where the two engines differ:
//! SQLite searches words by FTS5, PostgreSQL by a GIN index over lexemes; each finds the newest passages that have every word.

use crate::store::{
    Conn, Engine, StoreError,
    segments::{number, parse},
};
use rostrum_domain::{id::EventId, publication::quote};
use sqlx::{Row, any::AnyRow};

/// Fingerprints looked up for one quote. Higher: long quotes cost more; lower: only their beginning is looked up.
const FINGERPRINTS: usize = 200;

/// A passage as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    pub id: i64,
    pub event: EventId,
    pub edition: u32,
    pub superseded: bool,
    pub path: String,
    pub anchor: Option<String>,
    pub speaker: String,
    pub title: Option<String>,
    pub language: String,
    pub pieces: Vec<(u64, String)>,
}

impl Passage {
    /// All its words.
    pub fn text(&self) -> String {
        text(&self.pieces)
    }
}

pub fn text(pieces: &[(u64, String)]) -> String {
    pieces
        .iter()
        .map(|piece| piece.1.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

const COLUMNS: &str =
    "p.id, p.event, p.edition, p.superseded, p.path, p.anchor, p.speaker, p.title, p.language, p.pieces";

/// Forgets everything of an event.
pub async fn clear(conn: &mut Conn, event: EventId) -> Result<(), StoreError> {
    let rows = sqlx::query("SELECT id, pieces FROM record_passages WHERE event = $1")
        .bind(event.to_string())
        .fetch_all(&mut *conn)
        .await?;
    for row in &rows {
        let id: i64 = row.try_get("id")?;
        let pieces: Vec<(u64, String)> = serde_json::from_str(&row.try_get::<String, _>("pieces")?)?;
        // Fingerprints are a function of the words, so no second index is needed to find them.
        for hash in quote::kept(&text(&pieces)) {
            sqlx::query("DELETE FROM record_shingles WHERE hash = $1 AND passage = $2")
                .bind(hash)
                .bind(id)
                .execute(&mut *conn)
                .await?;
        }
        sqlx::query("DELETE FROM record_index WHERE rowid = $1")
            .bind(id)
            .execute(&mut *conn)
            .await?;
    }
    sqlx::query("DELETE FROM record_passages WHERE event = $1")
        .bind(event.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// The first free id for passages of a briefing that began at `seconds` since 1970.
pub async fn first_id(conn: &mut Conn, seconds: i64) -> Result<i64, StoreError> {
    let base = seconds << 20;
    let row = sqlx::query("SELECT COALESCE(MAX(id) + 1, $1) AS id FROM record_passages WHERE id >= $1 AND id < $2")
        .bind(base)
        .bind(base + (1 << 20))
        .fetch_one(conn)
        .await?;
    Ok(row.try_get("id")?)
}

pub async fn insert(conn: &mut Conn, engine: Engine, passage: &Passage, tokens: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO record_passages (id, event, edition, superseded, path, anchor, speaker, title, language, pieces) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(passage.id)
    .bind(passage.event.to_string())
    .bind(i64::from(passage.edition))
    .bind(i64::from(passage.superseded))
    .bind(passage.path.clone())
    .bind(passage.anchor.clone())
    .bind(passage.speaker.clone())
    .bind(passage.title.clone())
    .bind(passage.language.clone())
    .bind(serde_json::to_string(&passage.pieces)?)
    .execute(&mut *conn)
    .await?;
    let words = match engine {
        Engine::Sqlite => "INSERT INTO record_index (rowid, tokens) VALUES ($1, $2)",
        Engine::Postgres => {
            "INSERT INTO record_index (rowid, tokens) VALUES ($1, array_to_tsvector(string_to_array($2, ' ')))"
        }
    };
    sqlx::query(words)
        .bind(passage.id)
        .bind(tokens.to_owned())
        .execute(&mut *conn)
        .await?;
    let hashes = quote::kept(&passage.text());
    for some in hashes.chunks(64) {
        // Numbers of our own making: nothing to escape.
        let rows: Vec<String> = some.iter().map(|hash| format!("({hash}, {})", passage.id)).collect();
        let query = format!("INSERT INTO record_shingles (hash, passage) VALUES {}", rows.join(", "));
        sqlx::query(sqlx::AssertSqlSafe(query)).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Passages that have every token, newest first, older than `before`.
pub async fn search(
    conn: &mut Conn,
    engine: Engine,
    tokens: &[String],
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Passage>, StoreError> {
    if tokens.is_empty() {
        return Ok(Vec::new());
    }
    // Tokens are letters and digits (`text::words`), so quotes cannot be left.
    let (query, glue) = match engine {
        Engine::Sqlite => (
            "SELECT rowid AS id FROM record_index WHERE record_index MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3",
            ("\"", " AND "),
        ),
        Engine::Postgres => (
            "SELECT rowid AS id FROM record_index WHERE tokens @@ CAST(CAST($1 AS TEXT) AS TSQUERY) AND rowid < $2 \
             ORDER BY rowid DESC LIMIT $3",
            ("'", " & "),
        ),
    };
    let wanted: Vec<String> = tokens.iter().map(|token| format!("{0}{token}{0}", glue.0)).collect();
    let rows = sqlx::query(query)
        .bind(wanted.join(glue.1))
        .bind(before.unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(&mut *conn)
        .await?;
    let ids = rows
        .iter()
        .map(|row| row.try_get("id"))
        .collect::<Result<Vec<i64>, _>>()?;
    by_ids(conn, &ids).await
}

/// Passages that share most fingerprints with a quote, best first.
pub async fn alike(conn: &mut Conn, hashes: &[i64], limit: i64) -> Result<Vec<Passage>, StoreError> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let list: Vec<String> = hashes.iter().take(FINGERPRINTS).map(i64::to_string).collect();
    let query = format!(
        "SELECT passage AS id FROM record_shingles WHERE hash IN ({}) GROUP BY passage \
         ORDER BY COUNT(*) DESC, passage DESC LIMIT $1",
        list.join(", ")
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(limit)
        .fetch_all(&mut *conn)
        .await?;
    let ids = rows
        .iter()
        .map(|row| row.try_get("id"))
        .collect::<Result<Vec<i64>, _>>()?;
    by_ids(conn, &ids).await
}

/// Events with an edition that the index does not know.
pub async fn missing(conn: &mut Conn, limit: i64) -> Result<Vec<EventId>, StoreError> {
    let rows = sqlx::query(
        "SELECT DISTINCT e.event FROM editions e \
         WHERE NOT EXISTS (SELECT 1 FROM record_passages p WHERE p.event = e.event) ORDER BY e.event LIMIT $1",
    )
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| parse(row.try_get("event")?)).collect()
}

/// In the order of `ids`.
async fn by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Passage>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let list: Vec<String> = ids.iter().map(i64::to_string).collect();
    let query = format!(
        "SELECT {COLUMNS} FROM record_passages p WHERE p.id IN ({})",
        list.join(", ")
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(query)).fetch_all(conn).await?;
    let mut found = rows.iter().map(passage).collect::<Result<Vec<_>, _>>()?;
    found.sort_by_key(|passage| ids.iter().position(|id| *id == passage.id));
    Ok(found)
}

fn passage(row: &AnyRow) -> Result<Passage, StoreError> {
    Ok(Passage {
        id: row.try_get("id")?,
        event: parse(row.try_get("event")?)?,
        edition: number(row.try_get("edition")?)?,
        superseded: row.try_get::<i64, _>("superseded")? != 0,
        path: row.try_get("path")?,
        anchor: row.try_get("anchor")?,
        speaker: row.try_get("speaker")?,
        title: row.try_get("title")?,
        language: row.try_get("language")?,
        pieces: serde_json::from_str(&row.try_get::<String, _>("pieces")?)?,
    })
}

#[cfg(test)]
mod tests;
