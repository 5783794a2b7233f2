//! The people of a briefing as verbs: what they do reads like what they do. Each is one browser: a session, a socket into
//! the room, a camera, a screen.

mod chair;
mod journalist;
mod spokesperson;

pub use chair::Chair;
pub use journalist::Journalist;
pub use spokesperson::Spokesperson;

use crate::{
    client::House,
    ivf::Clip,
    publish::Camera,
    signal::Signal,
    subscribe::{Slots, Subscriber, Viewing},
    voice::Voice,
};
use anyhow::{Context, bail};
use rostrum_domain::{
    id::{EventId, SeatId},
    media::SourceKind,
    room::command::Command,
};
use std::{sync::Arc, time::Duration};

/// How long a person waits for what normally takes a moment. Higher: a broken server is noticed late; lower: a busy
/// machine looks broken.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody in the room, whatever their role; also a plain viewer.
pub struct Attendee {
    pub house: House,
    pub event: EventId,
    pub signal: Signal,
    camera: Option<Camera>,
    viewing: Option<Viewing>,
}

/// A viewer does what every attendee can do.
pub type Viewer = Attendee;

impl Attendee {
    /// Comes through the door and accepts the ground rules. `house` is signed in.
    pub async fn enter(house: &House, event: EventId) -> anyhow::Result<Self> {
        let signal = Signal::open(house.clone(), event).await.context("enter the room")?;
        let attendee = Self {
            house: house.clone(),
            event,
            signal,
            camera: None,
            viewing: None,
        };
        attendee.accept_rules().await?;
        Ok(attendee)
    }

    /// Accepts the rules as they are now; nothing happens when they are already accepted.
    pub async fn accept_rules(&self) -> anyhow::Result<()> {
        let view = self
            .signal
            .until(PATIENCE, |view| view.room.is_some() && view.me.is_some())
            .await
            .context("see the room")?;
        let (Some(room), Some(me)) = (&view.room, &view.me) else {
            bail!("the room shows nothing")
        };
        if !me.rules_accepted {
            let version = room.rules.version;
            self.signal
                .command(Command::AcceptRules { version })
                .await
                .context("accept the rules")?;
        }
        Ok(())
    }

    pub fn seat(&self) -> Option<SeatId> {
        self.signal.view().me.as_ref().map(|me| me.seat)
    }

    pub async fn command(&self, command: Command) -> anyhow::Result<()> {
        let what = format!("{command:?}");
        self.signal.command(command).await.context(what)?;
        Ok(())
    }

    /// Switches camera and microphone on and waits until media flows.
    pub async fn show(&mut self, picture: Option<Arc<Clip>>) -> anyhow::Result<()> {
        let (house, signal) = (self.house.clone(), self.signal.clone());
        let camera = self
            .camera
            .insert(Camera::on(house, self.event, signal, SourceKind::Camera, picture));
        camera.live(PATIENCE).await.context("publish camera and microphone")?;
        Ok(())
    }

    /// Whether camera and microphone are on.
    pub fn shows(&self) -> bool {
        self.camera.is_some()
    }

    pub async fn stop_showing(&mut self) {
        if let Some(camera) = self.camera.take() {
            camera.off().await;
        }
    }

    pub fn camera(&self) -> Option<&Camera> {
        self.camera.as_ref()
    }

    /// Says it into the microphone; returns when the last word has left.
    pub async fn say(&self, voice: &Arc<Voice>) -> anyhow::Result<()> {
        let camera = self.camera.as_ref().context("the microphone is off")?;
        if camera.say(voice).await {
            Ok(())
        } else {
            bail!("the connection was lost while speaking")
        }
    }

    /// Switches the screen on and waits until it is connected.
    pub async fn watch(&mut self, slots: Slots) -> anyhow::Result<Arc<Subscriber>> {
        let (house, signal) = (self.house.clone(), self.signal.clone());
        let viewing = self.viewing.insert(Viewing::on(house, self.event, signal, slots));
        viewing.subscriber(PATIENCE).await.context("watch")
    }

    /// The connected screen, waited for after a drop.
    pub async fn screen(&self) -> anyhow::Result<Arc<Subscriber>> {
        let viewing = self.viewing.as_ref().context("the screen is off")?;
        viewing.subscriber(PATIENCE).await.context("watch")
    }

    /// Leaves politely.
    pub async fn leave(mut self) {
        self.stop_showing().await;
        if let Some(viewing) = self.viewing.take() {
            viewing.off().await;
        }
    }
}
