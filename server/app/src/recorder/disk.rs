//! How much room is left. Recording stops before the database has no room to write the minutes.

use std::{io, path::Path};

/// Recording stops below this and goes on above twice this, in bytes. Higher: more reserve for journal and database;
/// lower: longer recording on a small disk.
const RESERVE: u64 = 256 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    Enough,
    Low,
}

/// Whether recording may go on, given how it was before.
pub fn look(folder: &Path, before: Space) -> io::Result<Space> {
    let stat = rustix::fs::statvfs(folder)?;
    Ok(judge(stat.f_bavail.saturating_mul(stat.f_frsize), before))
}

pub fn judge(free: u64, before: Space) -> Space {
    let needed = match before {
        Space::Enough => RESERVE,
        // So that it does not stop and start at every file that is deleted elsewhere.
        Space::Low => 2 * RESERVE,
    };
    if free < needed { Space::Low } else { Space::Enough }
}
