//! Waits in line, is called, asks.

use super::{Attendee, PATIENCE};
use crate::{client::House, ivf::Clip};
use anyhow::Context;
use rostrum_domain::{
    id::{EventId, QuestionId},
    question::QuestionDraft,
    room::command::{Command, Zone},
};
use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

pub struct Journalist(pub Attendee);

impl Deref for Journalist {
    type Target = Attendee;

    fn deref(&self) -> &Attendee {
        &self.0
    }
}

impl DerefMut for Journalist {
    fn deref_mut(&mut self) -> &mut Attendee {
        &mut self.0
    }
}

impl Journalist {
    pub async fn enter(house: &House, event: EventId) -> anyhow::Result<Self> {
        Ok(Self(Attendee::enter(house, event).await?))
    }

    /// Sends a question in writing, or with `text: None` asks to ask live.
    pub async fn submit(&self, topic: &str, text: Option<&str>) -> anyhow::Result<QuestionId> {
        let draft = QuestionDraft {
            topic: topic.to_owned(),
            language: "en".to_owned(),
            text: text.map(str::to_owned),
        };
        let question = self
            .signal
            .command(Command::Submit { draft })
            .await
            .context("submit a question")?;
        question.context("the room names the question")
    }

    pub async fn raise_hand(&self, topic: Option<&str>) -> anyhow::Result<QuestionId> {
        let command = Command::RaiseHand {
            language: "en".to_owned(),
            topic: topic.map(str::to_owned),
        };
        let question = self.signal.command(command).await.context("raise a hand")?;
        question.context("the room names the question")
    }

    async fn wait_in(&self, zone: Zone, patience: Duration) -> bool {
        self.signal
            .until(patience, |view| view.zone() == Some(zone))
            .await
            .is_some()
    }

    pub async fn wait_called(&self, patience: Duration) -> bool {
        self.wait_in(Zone::Side, patience).await
    }

    /// In the side room: camera and microphone on, then ready.
    pub async fn check_devices(&mut self, picture: Option<Arc<Clip>>) -> anyhow::Result<()> {
        self.show(picture).await?;
        self.command(Command::Ready).await
    }

    pub async fn wait_on_air(&self) -> anyhow::Result<()> {
        anyhow::ensure!(self.wait_in(Zone::Stage, PATIENCE).await, "be put on air");
        Ok(())
    }

    pub async fn wait_stepped_down(&self, patience: Duration) -> bool {
        self.wait_in(Zone::Gallery, patience).await
    }

    pub async fn leave_floor(&self) -> anyhow::Result<()> {
        self.command(Command::LeaveFloor).await
    }
}
