//! Finds the room of an event: running, or started from its journal on demand. The only place that knows where a room's
//! owner is.

use crate::{
    room::{Deps, Report, RoomHandle, actor::RoomActor, message::Message},
    store::StoreError,
};
use rostrum_domain::id::EventId;
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};
use tokio::sync::{Mutex, mpsc};

#[derive(Debug, thiserror::Error)]
pub enum RoomError {
    #[error("there is no such event")]
    NoSuchEvent,
    #[error("the server is stopping")]
    Stopping,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// All rooms of this process. Cheap to clone.
#[derive(Clone)]
pub struct Rooms(Arc<Inner>);

struct Inner {
    deps: Deps,
    running: RwLock<HashMap<EventId, RoomHandle>>,
    /// Held while a room is started, so that it is started once.
    starting: Mutex<()>,
}

impl Rooms {
    /// `reports` is the other end of what media, recorder and captions report into.
    pub fn start(deps: Deps, reports: mpsc::UnboundedReceiver<(EventId, Report)>) -> Self {
        let rooms = Self(Arc::new(Inner {
            deps,
            running: RwLock::default(),
            starting: Mutex::default(),
        }));
        let tasks = rooms.0.deps.tasks.clone();
        tasks.spawn(rooms.clone().pass_on(reports));
        rooms
    }

    /// The room of this event.
    pub async fn get(&self, event: EventId) -> Result<RoomHandle, RoomError> {
        if let Some(room) = self.running(event) {
            return Ok(room);
        }
        let _turn = self.0.starting.lock().await;
        if let Some(room) = self.running(event) {
            return Ok(room);
        }
        if self.0.deps.shutdown.is_cancelled() {
            return Err(RoomError::Stopping);
        }
        let (sender, inbox) = mpsc::unbounded_channel::<Message>();
        let room = RoomHandle { event, sender };
        let actor = RoomActor::load(self.0.deps.clone(), room.clone()).await?;
        self.0.deps.tasks.spawn(actor.run(inbox));
        self.0
            .running
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(event, room.clone());
        Ok(room)
    }

    /// The room, if it runs now.
    pub fn running(&self, event: EventId) -> Option<RoomHandle> {
        let running = self.0.running.read().unwrap_or_else(PoisonError::into_inner);
        running.get(&event).filter(|room| !room.is_closed()).cloned()
    }

    async fn pass_on(self, mut reports: mpsc::UnboundedReceiver<(EventId, Report)>) {
        let shutdown = self.0.deps.shutdown.clone();
        loop {
            tokio::select! {
                report = reports.recv() => match report {
                    Some((event, report)) => {
                        if let Some(room) = self.running(event) {
                            room.report(report);
                        }
                    }
                    None => return,
                },
                () = shutdown.cancelled() => return,
            }
        }
    }
}
