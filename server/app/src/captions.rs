//! Live captions: hands the sound of what is tapped to the speech worker, each speaker's by itself, and what it understands
//! to the room. Off the record nothing is tapped, so nothing reaches the engine.

use crate::{
    config,
    recorder::TapOwner,
    room::{Report, Reports},
};
use rostrum_domain::{
    id::{EventId, SourceId},
    media::TapPacket,
    room::view::CaptionsState,
};
use rostrum_speech::{
    client::{SpeechClient, SpeechStatus, WorkerCommand},
    glossary::Term,
    protocol::{AudioPacket, CaptionEvent, EngineInfo},
};
use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};
use tokio::sync::{mpsc, watch};
use tokio_util::task::TaskTracker;

/// How long the worker may finish what it has heard when the server stops.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// What recognises speech now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Switched off, or model or runtime are missing.
    Missing,
    /// Being started, for the first time or again.
    Starting,
    Ready(EngineInfo),
}

impl Engine {
    /// What a room in this language is told of its captions.
    pub fn captions(&self, language: &str) -> CaptionsState {
        let off = |why: &str| CaptionsState::Off { why: why.to_owned() };
        match self {
            Self::Missing => off("no_engine"),
            Self::Starting => off("restarting"),
            Self::Ready(info) if info.knows(language) => CaptionsState::Machine {
                engine: format!("{} {}", info.engine, info.model),
            },
            Self::Ready(_) => off("language_unsupported"),
        }
    }
}

trait Knows {
    fn knows(&self, language: &str) -> bool;
}

impl Knows for EngineInfo {
    /// By primary subtag: an engine that knows `en` knows `en-GB`.
    fn knows(&self, language: &str) -> bool {
        let primary = language.split('-').next().unwrap_or_default();
        self.languages.iter().any(|known| known.eq_ignore_ascii_case(primary))
    }
}

/// Cheap to clone. Until it is started there is no engine.
#[derive(Clone)]
pub struct Captions(Arc<Inner>);

struct Inner {
    client: OnceLock<SpeechClient>,
    engine: watch::Sender<Engine>,
    tracks: Mutex<Tracks>,
}

#[derive(Default)]
struct Tracks {
    /// Open ones, by room.
    open: HashMap<EventId, BTreeSet<SourceId>>,
    /// Kept until the last word of a track is in.
    rooms: HashMap<SourceId, EventId>,
}

impl Default for Captions {
    fn default() -> Self {
        let (engine, _) = watch::channel(Engine::Missing);
        Self(Arc::new(Inner {
            client: OnceLock::new(),
            engine,
            tracks: Mutex::default(),
        }))
    }
}

impl Captions {
    /// Starts the worker, which is this very program, and passes on what it says. Does nothing when switched off.
    pub fn start(&self, config: &config::Speech, reports: Reports, tasks: &TaskTracker) {
        if !config.enabled {
            return;
        }
        let program = match std::env::current_exe() {
            Ok(program) => program,
            Err(error) => {
                tracing::error!(%error, "captions are off: this program does not find itself");
                return;
            }
        };
        let (client, events) = SpeechClient::spawn(worker(program, config));
        let status = client.status();
        if self.0.client.set(client).is_ok() {
            tasks.spawn(self.clone().follow(status));
            tasks.spawn(self.clone().pass_on(events, reports));
        }
    }

    /// What recognises speech now, and a way to learn of the next change.
    pub fn engine(&self) -> watch::Receiver<Engine> {
        self.0.engine.subscribe()
    }

    /// The room says whose sound is on the record now.
    pub fn tapped(&self, event: EventId, language: &str, owners: &[TapOwner]) {
        let Some(client) = self.0.client.get() else { return };
        let now: BTreeSet<_> = owners.iter().map(|owner| owner.source).collect();
        let mut tracks = self.tracks();
        let before = tracks.open.insert(event, now.clone()).unwrap_or_default();
        for source in now.difference(&before) {
            tracks.rooms.insert(*source, event);
            client.open(*source, language, names(owners));
        }
        for source in before.difference(&now) {
            client.close(*source);
        }
        if now.is_empty() {
            tracks.open.remove(&event);
        }
    }

    /// A copy of one packet of sound. Never waits; called from the media threads.
    pub fn packet(&self, packet: &TapPacket) {
        if let Some(client) = self.0.client.get() {
            client.packet(AudioPacket {
                track: packet.source,
                sequence: packet.sequence,
                rtp_timestamp: packet.rtp_timestamp,
                captured_at: packet.captured_at,
                payload: packet.payload.clone(),
            });
        }
    }

    /// Lets the worker finish what it has heard, then ends it.
    pub async fn stop(&self) {
        if let Some(client) = self.0.client.get() {
            client.clone().shutdown(LAST_WORDS).await;
        }
    }

    async fn follow(self, mut status: watch::Receiver<SpeechStatus>) {
        loop {
            let engine = match &*status.borrow_and_update() {
                SpeechStatus::Starting | SpeechStatus::Restarting { .. } => Engine::Starting,
                SpeechStatus::Ready(info) => Engine::Ready(info.clone()),
                SpeechStatus::Unavailable { why } => {
                    tracing::warn!(%why, "captions are off");
                    Engine::Missing
                }
                SpeechStatus::Stopped => Engine::Missing,
            };
            let ended = matches!(&*status.borrow(), SpeechStatus::Stopped);
            self.0
                .engine
                .send_if_modified(|now| std::mem::replace(now, engine.clone()) != engine);
            if ended || status.changed().await.is_err() {
                return;
            }
        }
    }

    async fn pass_on(self, mut events: mpsc::Receiver<CaptionEvent>, reports: Reports) {
        while let Some(event) = events.recv().await {
            let room = self.room_of(&event);
            if let Some(room) = room
                && reports.send((room, Report::Speech(event))).is_err()
            {
                return;
            }
        }
    }

    fn room_of(&self, event: &CaptionEvent) -> Option<EventId> {
        let mut tracks = self.tracks();
        match event {
            CaptionEvent::Partial(partial) => tracks.rooms.get(&partial.track).copied(),
            CaptionEvent::Final(words) => tracks.rooms.get(&words.track).copied(),
            CaptionEvent::Lost(lost) => tracks.rooms.get(&lost.track).copied(),
            CaptionEvent::Unsupported { track, .. } => tracks.rooms.get(track).copied(),
            CaptionEvent::Closed { track } => {
                let room = tracks.rooms.get(track).copied()?;
                // Off the record and on again opens the same track anew before the old one has closed.
                if !tracks.open.get(&room).is_some_and(|open| open.contains(track)) {
                    tracks.rooms.remove(track);
                }
                Some(room)
            }
        }
    }

    fn tracks(&self) -> MutexGuard<'_, Tracks> {
        // Each change is whole by itself.
        self.0.tracks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn worker(program: PathBuf, config: &config::Speech) -> WorkerCommand {
    WorkerCommand {
        program,
        args: vec!["speech-worker".into(), "--models".into(), config.models.clone().into()],
        env: Vec::new(),
    }
}

/// The names of those who speak, so that the engine's text spells them as their cards do.
fn names(owners: &[TapOwner]) -> Vec<Term> {
    let outlets = owners.iter().filter_map(|owner| owner.card.outlet.as_ref());
    let names = owners.iter().map(|owner| &owner.card.name).chain(outlets);
    names
        .map(|name| Term {
            written: name.clone(),
            spoken: Vec::new(),
        })
        .collect()
}
