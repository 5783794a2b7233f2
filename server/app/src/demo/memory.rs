//! Which events the demonstration made, for the next start: a small file in the data folder.

use anyhow::Context;
use rostrum_domain::id::EventId;
use rostrum_drill::demo::Seeded;
use serde::{Deserialize, Serialize};
use std::path::Path;

const FILE: &str = "demo.json";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// Held once and published.
    pub past: EventId,
    /// Held for ever.
    pub live: EventId,
    pub upcoming: EventId,
}

impl Memory {
    pub fn of(seeded: &Seeded) -> Self {
        Self {
            past: seeded.past.id,
            live: seeded.live.id,
            upcoming: seeded.upcoming.id,
        }
    }

    pub fn keep(self, data: &Path) -> anyhow::Result<()> {
        let path = data.join(FILE);
        std::fs::write(&path, serde_json::to_vec_pretty(&self)?).with_context(|| format!("write {}", path.display()))
    }

    pub fn recall(data: &Path) -> anyhow::Result<Option<Self>> {
        let path = data.join(FILE);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(
                serde_json::from_slice(&bytes).with_context(|| format!("read {}", path.display()))?,
            )),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("read {}", path.display())),
        }
    }
}
