//! What serves rooms, in the order in which it stands up and is taken down: recordings of a killed server are made whole,
//! then the media threads and the speech worker start; at the end the takes are finished first.

use crate::{App, media_io::Taps, recorder};
use anyhow::Context;

impl App {
    /// Opens the media sockets and starts the speech worker. Only the server does this, no tool.
    pub async fn start_live(&self) -> anyhow::Result<()> {
        let torn = recorder::recover(&self.db, &self.config.data_dir.join("takes"))
            .await
            .context("make the recordings of a killed server whole")?;
        if torn > 0 {
            tracing::warn!(
                takes = torn,
                "recordings that a killed server left open were made whole"
            );
        }
        let taps = Taps {
            recorder: self.recorder.clone(),
            captions: self.captions.clone(),
        };
        self.media
            .start(&self.config.media, &self.clock, &self.reports, &taps)
            .context("start the media threads")?;
        self.captions
            .start(&self.config.speech, self.reports.clone(), &self.tasks);
        Ok(())
    }

    /// Finishes takes and last words. The rooms have said goodbye by themselves.
    pub async fn stop_live(&self) {
        self.media.stop();
        self.recorder.stop().await;
        self.captions.stop().await;
    }
}
