//! Records every stage source on its own, as received, without transcoding: one crash-safe file per source and medium.
//! Packets come from the media plane's tap, which is empty while off the record; the room says whose sources they are.
//!
//! One thread writes all files. Its queue drops the oldest packets when the disk cannot follow, and a full disk stops the
//! recording with an alarm in the room, never the briefing.

mod disk;
mod expiry;
mod index;
mod queue;
mod recovery;
mod take;
#[cfg(test)]
mod tests;
mod writer;

pub use expiry::expire;
pub use recovery::recover;

use crate::{room::RoomHandle, store::Db};
use queue::{Input, Queue};
use rostrum_domain::{
    id::{EventId, PersonId, SeatId, SourceId},
    media::{SourceKind, TapPacket},
    person::NameCard,
};
use std::{path::PathBuf, sync::Arc, thread};
use tokio::sync::oneshot;

/// Whose a tapped source is.
#[derive(Clone, Debug, PartialEq)]
pub struct TapOwner {
    pub source: SourceId,
    pub kind: SourceKind,
    pub seat: SeatId,
    pub person: PersonId,
    pub card: NameCard,
}

/// Speaks to the recording thread. Cheap to clone.
#[derive(Clone)]
pub struct Recorder {
    queue: Arc<Queue>,
}

impl Recorder {
    /// Starts the thread. Files go under `folder`, leaving `reserve` bytes of its disk free; their index goes into `db`.
    pub fn start(
        folder: PathBuf,
        reserve: u64,
        db: Db,
        ids: impl Fn() -> rostrum_domain::id::TakeId + Send + 'static,
    ) -> Self {
        let queue = Arc::new(Queue::default());
        let index = index::start(db);
        let input = Arc::clone(&queue);
        thread::Builder::new()
            .name("recorder".into())
            .spawn(move || writer::run(&input, &folder, reserve, &index, ids))
            .expect("a thread at start");
        Self { queue }
    }

    /// The room says what is on the record now. Takes of sources that are no longer listed end here; listed again, a source
    /// begins a new take.
    pub fn tapped(&self, room: &RoomHandle, owners: Vec<TapOwner>) {
        self.queue.control(Input::Tapped {
            room: room.clone(),
            owners,
        });
    }

    /// A copy of one forwarded packet. Never waits.
    pub fn packet(&self, event: EventId, packet: TapPacket) {
        self.queue.packet(event, packet);
    }

    /// Finishes every take; returns when all are whole on disk and in the index.
    pub async fn stop(&self) {
        let (done, finished) = oneshot::channel();
        self.queue.control(Input::Stop(done));
        // The thread drops the sender when it ends.
        let _ = finished.await;
    }
}
