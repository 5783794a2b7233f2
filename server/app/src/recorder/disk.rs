//! How much room is left. Recording stops before the database has no room to write the minutes.

use std::{io, path::Path};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    Enough,
    Low,
}

/// Whether recording may go on with `reserve` bytes to be left free, given how it was before.
pub fn look(folder: &Path, reserve: u64, before: Space) -> io::Result<Space> {
    let stat = rustix::fs::statvfs(folder)?;
    Ok(judge(stat.f_bavail.saturating_mul(stat.f_frsize), reserve, before))
}

pub fn judge(free: u64, reserve: u64, before: Space) -> Space {
    let needed = match before {
        Space::Enough => reserve,
        // So that it does not stop and start at every file that is deleted elsewhere.
        Space::Low => reserve.saturating_mul(2),
    };
    if free < needed { Space::Low } else { Space::Enough }
}
