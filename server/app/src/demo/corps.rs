//! Keeps the synthetic press corps running: `rostrum drill show` as a child process. Its standard input is held open and
//! never written: when the server ends, however it ends, the corps sees the end of it and leaves.

use super::memory::Memory;
use crate::App;
use anyhow::Context;
use std::{process::Stdio, time::Duration};
use tokio::{process::Command, time::sleep};

/// Pause before a corps that ended is sent in again.
const PAUSE: Duration = Duration::from_secs(5);

pub(super) async fn play(app: &App, base: &str, memory: &Memory) -> anyhow::Result<()> {
    let program = std::env::current_exe().context("find this program")?;
    loop {
        let mut child = Command::new(&program)
            .args(["drill", "show", "--until-input-ends", "--url", base])
            .args([
                "--event",
                &memory.live.to_string(),
                "--record",
                &memory.past.to_string(),
            ])
            .env("ROSTRUM_LOG__FILTER", "warn,rostrum_drill=info")
            .env("ROSTRUM_DATA_DIR", &app.config.data_dir)
            .stdin(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("start the press corps")?;
        // Waiting would close it.
        let _held_open = child.stdin.take();
        let status = child.wait().await.context("wait for the press corps")?;
        if status.success() {
            // The live event was ended by somebody.
            return Ok(());
        }
        // A signal to the whole process group reaches the corps first: then the server stops here.
        sleep(PAUSE).await;
        tracing::warn!(%status, "the press corps had left; it comes again");
    }
}
