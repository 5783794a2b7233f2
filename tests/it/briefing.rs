//! The whole chain with real speech: said into a microphone, recorded, recognised, attributed, published. And what is not
//! to be written down is not.

mod killed;
mod off_record;
mod published;
mod words;

use crate::room::Briefing;
use anyhow::{Context, ensure};
use rostrum_domain::{id::PersonId, room::view::CaptionsState, transcript::Segment};
use rostrum_drill::{
    assets::{self, Portrait},
    people::{Chair, Journalist, Spokesperson},
    voice::Voice,
};
use serde::Deserialize;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

/// How long the server may take for anything but recognising speech.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long recognition may trail, on a machine that also runs everything else.
const RECOGNITION: Duration = Duration::from_secs(90);

/// A live briefing with its stage set: chair and spokesperson on stage, Mai in the gallery, captions running.
struct Stage {
    briefing: Briefing,
    chair: Chair,
    spokesperson: Spokesperson,
    spokesperson_id: PersonId,
    mai: Journalist,
    mai_id: PersonId,
}

impl Stage {
    async fn set() -> anyhow::Result<Self> {
        let briefing = Briefing::announced().await?;
        let chair = Chair::enter(&briefing.chair, briefing.event).await?;
        chair.open_doors().await?;
        let picture = Some(Arc::new(Portrait::Spokesperson.clip()?));
        let spokesperson = Spokesperson::enter(&briefing.spokesperson, briefing.event, picture).await?;
        let mai = Journalist::enter(&briefing.mai, briefing.event).await?;
        chair.go_live().await?;
        spokesperson.wait_on_stage().await?;
        let captions = mai.signal.until(RECOGNITION, |view| {
            let state = view.captioning.as_ref().map(|captions| &captions.state);
            matches!(state, Some(CaptionsState::Machine { .. }))
        });
        captions
            .await
            .context("machine captions: the model is fetched by deploy/models/fetch.sh")?;
        Ok(Self {
            spokesperson_id: briefing.spokesperson.whoami().await?.person.id,
            mai_id: briefing.mai.whoami().await?.person.id,
            briefing,
            chair,
            spokesperson,
            mai,
        })
    }

    /// Mai is called, checks her devices and is on air.
    async fn mai_on_air(&mut self) -> anyhow::Result<()> {
        let question = self.mai.raise_hand(Some("Norland")).await?;
        self.chair.call(question).await?;
        ensure!(self.mai.wait_called(PATIENCE).await, "Mai is called");
        self.mai.check_devices(Some(Arc::new(Portrait::Mai.clip()?))).await?;
        ensure!(
            self.chair.wait_ready(PATIENCE).await,
            "the chair sees that Mai is ready"
        );
        self.chair.put_on_air().await?;
        self.mai.wait_on_air().await
    }

    /// The transcript, as soon as it is as wanted.
    async fn transcript(&self, wanted: impl Fn(&[Segment]) -> anyhow::Result<()>) -> anyhow::Result<Vec<Segment>> {
        #[derive(Deserialize)]
        struct Transcript {
            segments: Vec<Segment>,
        }
        let path = format!("/api/v1/events/{}/transcript", self.briefing.event);
        let until = Instant::now() + RECOGNITION;
        loop {
            let found: Transcript = self.briefing.office.house.get(&path).await?;
            match wanted(&found.segments) {
                Ok(()) => return Ok(found.segments),
                Err(error) if Instant::now() > until => return Err(error.context(format!("{:#?}", found.segments))),
                Err(_) => sleep(Duration::from_millis(500)).await,
            }
        }
    }
}

fn statements() -> anyhow::Result<Vec<Arc<Voice>>> {
    Ok(assets::statements()?.into_iter().map(Arc::new).collect())
}

fn questions() -> anyhow::Result<Vec<Arc<Voice>>> {
    Ok(assets::questions()?.into_iter().map(Arc::new).collect())
}
