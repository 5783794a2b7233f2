//! What every handler and task shares. One field per part; the part's owner makes it in `assemble`.

use crate::{
    captions::Captions,
    clock::{Clock, Timestamp},
    config::Config,
    keys::Keys,
    limits::Limits,
    media_io::Media,
    recorder::Recorder,
    room::{self, Reports, Rooms},
    store::Db,
    telemetry,
};
use anyhow::Context;
use metrics_exporter_prometheus::PrometheusHandle;
use std::{
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::{ContextV7, Uuid};

/// The application: cheap to clone, the same everywhere in the process.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub config: Config,
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub keys: Keys,
    pub limits: Limits,
    pub metrics: &'static PrometheusHandle,
    /// Cancelled by the first signal: stop accepting, finish what runs, say goodbye to rooms.
    pub shutdown: CancellationToken,
    /// Cancelled by the second signal, or when draining took too long: end now.
    pub abort: CancellationToken,
    /// Every background task is spawned here, so that shutdown can wait for it.
    pub tasks: TaskTracker,
    ids: Mutex<ContextV7>,
    pub rooms: Rooms,
    pub media: Media,
    pub recorder: Recorder,
    pub captions: Captions,
    /// Where what serves rooms reports to them.
    pub reports: Reports,
}

impl App {
    /// Opens what the application stands on: data folder, database (with its migrations), keys.
    pub async fn assemble(config: Config, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        // The recorder watches the free space of its folder from the start.
        std::fs::create_dir_all(config.data_dir.join("takes"))
            .with_context(|| format!("create the data folder {}", config.data_dir.display()))?;
        let db = Db::open(&config.database_url()).await.context("open the database")?;
        db.migrate().await.context("bring the database up to date")?;
        let keys = Keys::load_or_create(&config.data_dir.join("keys")).context("open the keys")?;
        let limits = Limits::new(&config.limits, &clock);
        let (shutdown, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (reports, reported) = room::reports();
        let (media, captions) = (Media::default(), Captions::default());
        let recorder = Recorder::start(
            config.data_dir.join("takes"),
            config.recording.reserve_mib.saturating_mul(1 << 20),
            db.clone(),
            || Uuid::now_v7().into(),
        );
        let rooms = Rooms::start(
            room::Deps {
                db: db.clone(),
                clock: clock.clone(),
                media: media.clone(),
                recorder: recorder.clone(),
                captions: captions.clone(),
                shutdown: shutdown.clone(),
                tasks: tasks.clone(),
            },
            reported,
        );
        Ok(Self(Arc::new(Parts {
            config,
            db,
            clock,
            keys,
            limits,
            metrics: telemetry::metrics(),
            shutdown,
            abort: CancellationToken::new(),
            tasks,
            rooms,
            media,
            recorder,
            captions,
            reports,
            ids: Mutex::new(ContextV7::new()),
        })))
    }
}

impl Parts {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new id, later in order than every id made before it by this process.
    pub fn new_id<T: From<Uuid>>(&self) -> T {
        let now = self.clock.now().micros().max(0).unsigned_abs();
        let nanos = u32::try_from(now % 1_000_000 * 1000).unwrap_or(0);
        // A poisoned counter is still a counter.
        let context = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        Uuid::new_v7(uuid::Timestamp::from_unix(&*context, now / 1_000_000, nanos)).into()
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
