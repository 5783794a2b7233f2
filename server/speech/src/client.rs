//! The server's side of the speech worker: starts it, feeds it, starts it again when it dies, and says at any moment
//! whether captions are on and, when not, why. Giving it audio never waits: when the worker falls behind, the oldest
//! audio is dropped and reported as lost. Control messages are never dropped.

mod outgoing;
mod supervisor;

use crate::{
    glossary::Term,
    protocol::{AudioPacket, CaptionEvent, EngineInfo, OpenTrack},
};
use outgoing::Outgoing;
use rostrum_domain::id::SourceId;
use std::{ffi::OsString, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

/// Captions waiting for whoever stores and shows them. Deeper hides a stuck reader for longer; shallower makes the
/// worker wait for a short stall of the database.
const EVENTS: usize = 1024;

/// How the worker is started.
#[derive(Clone, Debug)]
pub struct WorkerCommand {
    pub program: PathBuf,
    pub args: Vec<OsString>,
    pub env: Vec<(OsString, OsString)>,
}

/// Whether captions are on, and if not, why: for the chair's screen and for readiness checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpeechStatus {
    /// The model is being loaded.
    Starting,
    Ready(EngineInfo),
    /// Captions are off until somebody removes the cause; looked at again now and then.
    Unavailable {
        why: String,
    },
    /// The worker ended unexpectedly and will be started again after `after`.
    Restarting {
        why: String,
        after: Duration,
    },
    /// Shut down on request.
    Stopped,
}

/// A handle to the worker; clones share it. The worker is killed when the last one is dropped.
#[derive(Clone)]
pub struct SpeechClient {
    outgoing: Arc<Outgoing>,
    status: watch::Receiver<SpeechStatus>,
    supervisor: Arc<Supervised>,
}

/// Ends the supervising task, and with it the child, when the last handle goes.
struct Supervised(JoinHandle<()>);

impl Drop for Supervised {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl SpeechClient {
    /// Starts the worker under the current tokio runtime. Never fails: a program that cannot be started shows in
    /// [`Self::status`]. The receiver yields captions of all tracks.
    pub fn spawn(command: WorkerCommand) -> (Self, mpsc::Receiver<CaptionEvent>) {
        let outgoing = Arc::new(Outgoing::default());
        let (status_sender, status) = watch::channel(SpeechStatus::Starting);
        let (events_sender, events) = mpsc::channel(EVENTS);
        let task = tokio::spawn(supervisor::run(
            command,
            Arc::clone(&outgoing),
            status_sender,
            events_sender,
        ));
        (
            Self {
                outgoing,
                status,
                supervisor: Arc::new(Supervised(task)),
            },
            events,
        )
    }

    /// Begins a track, or changes the language or glossary of an open one. Numbers of segments rise for as long as the
    /// client lives, over closing, opening and restarts.
    pub fn open(&self, track: SourceId, lang: &str, glossary: Vec<Term>) {
        self.outgoing.open(OpenTrack {
            track,
            lang: lang.to_owned(),
            glossary,
            first_segment: 0,
        });
    }

    /// Hands over one packet of an open track; packets of others are ignored. Never waits; callable from any thread.
    pub fn packet(&self, packet: AudioPacket) {
        self.outgoing.packet(packet);
    }

    /// Finishes the sentence being spoken: the speaker was muted, or stepped down.
    pub fn flush(&self, track: SourceId) {
        self.outgoing.flush(track);
    }

    /// Finishes the track. [`CaptionEvent::Closed`] follows its last caption, also when the worker is not there.
    pub fn close(&self, track: SourceId) {
        self.outgoing.close(track);
    }

    /// The present state, and a way to wait for the next.
    pub fn status(&self) -> watch::Receiver<SpeechStatus> {
        self.status.clone()
    }

    /// Closes all tracks, lets the worker finish what it has heard for at most `patience`, then ends it.
    pub async fn shutdown(self, patience: Duration) {
        self.outgoing.shut_down();
        let mut status = self.status.clone();
        // The sender gone, or the patience at its end: either way nothing is left to wait for.
        let _ = tokio::time::timeout(patience, status.wait_for(|now| *now == SpeechStatus::Stopped)).await;
        self.supervisor.0.abort();
    }
}
