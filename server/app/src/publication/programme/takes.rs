//! A recording as the assembly sees it: where it is, when it was, whose it is.

use crate::store::takes::{TakeMedia, TakeRow};
use rostrum_domain::{id::PersonId, media::SourceKind, time::Timestamp};
use rostrum_media::container::{ReadError, Reader};
use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    time::Duration,
};

#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    pub path: PathBuf,
    pub person: PersonId,
    pub kind: SourceKind,
    pub media: TakeMedia,
    /// Room time of the first frame; frames in the file count from here.
    pub start: Timestamp,
    pub end: Timestamp,
}

impl Take {
    pub fn of(row: TakeRow, folder: &Path) -> Self {
        Self {
            path: folder.join(&row.path),
            person: row.person,
            kind: row.source_kind,
            media: row.media,
            start: row.start,
            end: row.start.saturating_add(Duration::from_millis(row.duration_ms)),
        }
    }

    pub fn open(&self) -> Result<Reader<BufReader<File>>, ReadError> {
        Reader::open(BufReader::with_capacity(256 * 1024, File::open(&self.path)?))
    }

    pub fn covers(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }

    /// Room time of a frame of this file.
    pub fn time(&self, at_ms: u64) -> Timestamp {
        self.start.saturating_add(Duration::from_millis(at_ms))
    }
}
