//! Keeps the index of the record true to the released editions: written in the transaction that releases, and again from
//! the frozen bytes wherever it is missing.

use crate::{
    App,
    store::{
        Conn, Engine, StoreError, editions,
        record_index::{self, Passage},
    },
};
use rostrum_domain::{
    id::EventId,
    publication::{Record, export, search::passages},
};
use std::collections::BTreeSet;

/// Events indexed in one go when the index is missing. Higher: the writer's turn is held longer.
const BATCH: i64 = 50;

/// Writes the index of one event anew, from all its editions: the newest as it stands, of the earlier ones what has been
/// changed or removed since, so that an old quote is recognised as what it is.
pub async fn index(conn: &mut Conn, engine: Engine, event: EventId) -> Result<(), StoreError> {
    record_index::clear(conn, event).await?;
    let mut editions = editions::all(conn, event).await?;
    editions.reverse();
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    let mut next = None;
    for (age, edition) in editions.iter().enumerate() {
        let record: Record = serde_json::from_slice(&edition.content)?;
        for found in passages(&record, age == 0) {
            if !seen.insert((found.speaker.clone(), record_index::text(&found.pieces))) {
                continue;
            }
            let id = match next {
                Some(id) => id,
                None => record_index::first_id(conn, export::held_at(&record).micros() / 1_000_000).await?,
            };
            next = Some(id + 1);
            let passage = Passage {
                id,
                event,
                edition: edition.number,
                superseded: age > 0,
                path: record.event.path.clone(),
                anchor: found.anchor,
                speaker: found.speaker,
                title: found.title,
                language: found.language,
                pieces: found.pieces,
            };
            record_index::insert(conn, engine, &passage, &found.tokens).await?;
        }
    }
    Ok(())
}

/// Indexes what was released before there was an index.
pub async fn catch_up(app: &App) -> Result<(), StoreError> {
    let missing = record_index::missing(&mut *app.db.read().await?, BATCH).await?;
    for event in missing {
        let mut tx = app.db.begin().await?;
        index(&mut tx, app.db.engine(), event).await?;
        tx.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
