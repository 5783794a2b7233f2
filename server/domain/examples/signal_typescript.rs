//! Writes the TypeScript of the signalling messages to where the web reads it.

use rostrum_domain::signal::typescript::{PATH, typescript};
use std::path::Path;

#[expect(clippy::disallowed_methods, reason = "a tool of the build, not the domain")]
fn main() -> std::io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(PATH);
    std::fs::write(path, typescript())
}
