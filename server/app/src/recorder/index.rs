//! Writes the index of takes beside the recording thread, in order, so that a slow database never delays the disk.

use crate::store::{
    Db, StoreError,
    takes::{self, TakeRow, TakeState},
};
use rostrum_domain::id::TakeId;
use tokio::sync::{mpsc, oneshot};

#[derive(Debug)]
pub enum Entry {
    Started(Box<TakeRow>),
    Ended {
        take: TakeId,
        duration_ms: u64,
        bytes: u64,
    },
    /// Answered when everything before it is stored.
    Flush(oneshot::Sender<()>),
}

pub type Index = mpsc::UnboundedSender<Entry>;

/// Starts the task. It ends when the recording thread does. Unbounded: a few entries per speaker and hour.
pub fn start(db: Db) -> Index {
    let (index, mut entries) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(entry) = entries.recv().await {
            if let Err(error) = store(&db, entry).await {
                // The file is whole all the same, and is found again by its name.
                tracing::error!(%error, "the index of recordings could not be written");
            }
        }
    });
    index
}

async fn store(db: &Db, entry: Entry) -> Result<(), StoreError> {
    match entry {
        Entry::Started(take) => {
            let mut tx = db.begin().await?;
            takes::insert(&mut tx, &take).await?;
            tx.commit().await
        }
        Entry::Ended {
            take,
            duration_ms,
            bytes,
        } => {
            let mut tx = db.begin().await?;
            takes::close(&mut tx, take, TakeState::Finished, duration_ms, bytes).await?;
            tx.commit().await
        }
        Entry::Flush(done) => {
            // Nobody waits any more: nothing to do.
            let _ = done.send(());
            Ok(())
        }
    }
}
