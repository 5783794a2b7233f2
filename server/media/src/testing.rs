//! Virtual time for unit tests.

use std::time::Instant;

/// Where a test's time begins; only differences to it matter.
#[expect(clippy::disallowed_methods, reason = "an Instant has no other constructor")]
pub(crate) fn origin() -> Instant {
    Instant::now()
}
