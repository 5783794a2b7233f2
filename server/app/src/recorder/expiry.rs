//! Deletes recordings that have had their time: so many days as the series says, else as the house says, else never.
//! The transcript and what was published stay; only the speakers' own files go.

use crate::{
    App,
    store::takes::{self, TakeRow},
};
use std::io;

/// Takes deleted in one run. More: a long backlog is done sooner; fewer: the database is free sooner.
const BATCH: i64 = 500;

/// One run; what is left waits for the next. Safe to repeat: the file goes first, then its row.
pub async fn expire(app: &App) -> anyhow::Result<usize> {
    let expired = {
        let mut reader = app.db.read().await?;
        takes::expired(&mut reader, app.now(), app.config.retention.takes_days, BATCH).await?
    };
    for take in &expired {
        remove_file(app, take).await?;
        let mut tx = app.db.begin().await?;
        takes::delete(&mut tx, take.id).await?;
        tx.commit().await?;
    }
    if !expired.is_empty() {
        tracing::info!(takes = expired.len(), "recordings whose time was over are deleted");
    }
    Ok(expired.len())
}

async fn remove_file(app: &App, take: &TakeRow) -> io::Result<()> {
    let path = app.config.data_dir.join("takes").join(&take.path);
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
