//! Reads announcements and answers.

use super::{Attendee, PATIENCE};
use crate::{client::House, ivf::Clip};
use anyhow::Context;
use rostrum_domain::{id::EventId, room::command::Zone};
use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

pub struct Spokesperson(pub Attendee);

impl Deref for Spokesperson {
    type Target = Attendee;

    fn deref(&self) -> &Attendee {
        &self.0
    }
}

impl DerefMut for Spokesperson {
    fn deref_mut(&mut self) -> &mut Attendee {
        &mut self.0
    }
}

impl Spokesperson {
    /// Enters the green room with camera and microphone on.
    pub async fn enter(house: &House, event: EventId, picture: Option<Arc<Clip>>) -> anyhow::Result<Self> {
        let mut attendee = Attendee::enter(house, event).await?;
        attendee.show(picture).await?;
        Ok(Self(attendee))
    }

    pub async fn wait_on_stage(&self) -> anyhow::Result<()> {
        let on_stage = self
            .signal
            .until(PATIENCE, |view| view.zone() == Some(Zone::Stage))
            .await;
        on_stage.context("be on stage").map(drop)
    }
}
