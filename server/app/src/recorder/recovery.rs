//! Makes whole what a killed server left open. Runs once at start, before any room records.

use super::take::complete;
use crate::store::{
    Db, StoreError,
    takes::{self, TakeRow, TakeState},
};
use rostrum_media::container;
use std::{
    fs::OpenOptions,
    io::{self, BufReader},
    path::Path,
};

/// Finishes every take that is still marked as recording; returns how many were found.
pub async fn recover(db: &Db, folder: &Path) -> Result<usize, StoreError> {
    let torn = {
        let mut reader = db.read().await?;
        takes::open(&mut reader).await?
    };
    let count = torn.len();
    for take in torn {
        let path = folder.join(&take.path);
        let mended = tokio::task::spawn_blocking(move || mend(&path))
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)));
        let mut tx = db.begin().await?;
        record(&mut tx, &take, mended).await?;
        tx.commit().await?;
    }
    Ok(count)
}

async fn record(
    tx: &mut crate::store::Tx,
    take: &TakeRow,
    mended: io::Result<Option<Mended>>,
) -> Result<(), StoreError> {
    match mended {
        Ok(Some(mended)) => {
            tracing::info!(take = %take.id, frames = mended.frames, "a recording left open was made whole");
            takes::close(tx, take.id, TakeState::Recovered, mended.duration_ms, mended.bytes).await
        }
        // Not even a header reached the disk: there is nothing to keep.
        Ok(None) => takes::delete(tx, take.id).await,
        Err(error) => {
            tracing::error!(take = %take.id, %error, "a recording left open could not be read; it is tried again at the next start");
            Ok(())
        }
    }
}

pub(super) struct Mended {
    pub frames: u64,
    pub duration_ms: u64,
    pub bytes: u64,
}

pub(super) fn mend(path: &Path) -> io::Result<Option<Mended>> {
    let mut file = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let recovered = match container::recover(BufReader::new(&file)) {
        Ok(recovered) if recovered.frames > 0 => recovered,
        Err(container::ReadError::Io(error)) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
        // No whole frame: nothing to keep.
        _ => {
            drop(file);
            std::fs::remove_file(path)?;
            return Ok(None);
        }
    };
    file.set_len(recovered.valid)?;
    complete(&mut file, recovered.valid, &recovered.finish)?;
    let bytes = recovered.valid + recovered.finish.tail.len() as u64;
    Ok(Some(Mended {
        frames: recovered.frames,
        duration_ms: recovered.finish.duration_ms,
        bytes,
    }))
}
