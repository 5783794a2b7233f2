//! Runs the floor.

use super::{Attendee, PATIENCE};
use crate::client::House;
use anyhow::Context;
use rostrum_domain::{
    id::{EventId, QuestionId},
    room::{
        command::{Command, Outcome},
        view::{ExchangeStep, Phase},
    },
};
use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

pub struct Chair(pub Attendee);

impl Deref for Chair {
    type Target = Attendee;

    fn deref(&self) -> &Attendee {
        &self.0
    }
}

impl DerefMut for Chair {
    fn deref_mut(&mut self) -> &mut Attendee {
        &mut self.0
    }
}

impl Chair {
    pub async fn enter(house: &House, event: EventId) -> anyhow::Result<Self> {
        Ok(Self(Attendee::enter(house, event).await?))
    }

    async fn brings(&self, phase: Phase, command: Command) -> anyhow::Result<()> {
        if self.signal.view().phase() != Some(phase) {
            self.command(command).await?;
            let reached = self.signal.until(PATIENCE, |view| view.phase() == Some(phase)).await;
            reached.with_context(|| format!("the room becomes {phase:?}"))?;
        }
        Ok(())
    }

    pub async fn open_doors(&self) -> anyhow::Result<()> {
        self.brings(Phase::Doors, Command::OpenDoors).await
    }

    pub async fn go_live(&self) -> anyhow::Result<()> {
        self.brings(Phase::Live, Command::GoLive).await
    }

    pub async fn end(&self) -> anyhow::Result<()> {
        self.brings(Phase::Ended, Command::End).await
    }

    pub async fn announce(&self, title: &str) -> anyhow::Result<()> {
        self.command(Command::StartAnnouncement {
            title: title.to_owned(),
        })
        .await
    }

    pub async fn end_announcement(&self) -> anyhow::Result<()> {
        self.command(Command::EndAnnouncement).await
    }

    /// Puts a question at the end of the call list.
    pub async fn list(&self, question: QuestionId) -> anyhow::Result<()> {
        self.command(Command::List { question, before: None }).await
    }

    /// Calls this one, whoever the line says is next.
    pub async fn call(&self, question: QuestionId) -> anyhow::Result<()> {
        let reason = "The script of the drill says so".to_owned();
        self.command(Command::CallOutOfTurn { question, reason }).await
    }

    /// Waits until the called journalist has checked their devices.
    pub async fn wait_ready(&self, patience: Duration) -> bool {
        let ready = |step| matches!(step, ExchangeStep::Ready);
        self.signal
            .until(patience, |view| {
                view.exchange().is_some_and(|exchange| ready(exchange.step))
            })
            .await
            .is_some()
    }

    pub async fn put_on_air(&self) -> anyhow::Result<()> {
        self.command(Command::PutOnAir).await
    }

    pub async fn allow_follow_up(&self) -> anyhow::Result<()> {
        self.command(Command::AllowFollowUp).await
    }

    pub async fn step_down(&self, outcome: Outcome) -> anyhow::Result<()> {
        self.command(Command::StepDown { outcome }).await
    }

    pub async fn off_record(&self) -> anyhow::Result<()> {
        self.command(Command::GoOffRecord).await
    }

    pub async fn on_record(&self) -> anyhow::Result<()> {
        self.command(Command::GoOnRecord).await
    }
}
