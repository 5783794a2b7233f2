//! The one home of SQL. SQLite (a file) or PostgreSQL (by URL) behind one set of queries with `$1` placeholders: ids and
//! JSON are TEXT, times BIGINT microseconds, truth values BIGINT 0 or 1 (see `migrations/README.md`).
//!
//! Each file below owns a family of tables; its functions take a connection, so that the caller decides what is one
//! transaction. SQLite has one writer: `begin` waits for its turn in order instead of meeting `SQLITE_BUSY`.

#[cfg(test)]
mod contract;
pub mod editions;
mod error;
pub mod events;
pub mod idempotency;
pub mod jobs;
pub mod journal;
pub mod mail;
pub mod people;
pub mod press;
pub mod questions;
pub mod record_index;
pub mod registrations;
pub(crate) mod row;
pub mod segments;
pub mod series;
pub mod sessions;
pub mod takes;

pub use error::StoreError;

use sqlx::{Any, AnyConnection, Executor, Transaction, any::AnyPoolOptions, migrate::Migrator, pool::PoolConnection};
use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// What the functions of the store run on: `&mut tx` and `&mut reader` both become it.
pub type Conn = AnyConnection;

/// Connections kept open. More: more parallel reads, and more memory in PostgreSQL; fewer: requests wait under load.
const POOL: u32 = 16;
/// How long a request waits for a connection before it answers 503.
const ACQUIRE: Duration = Duration::from_secs(10);

/// WAL lets readers go on while one writes. `synchronous=NORMAL` survives the death of the process at any moment; a loss
/// of power may cost the last commits (FULL would not, for a disk flush in every commit of a live room).
const SQLITE_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; \
     PRAGMA busy_timeout = 10000; PRAGMA temp_store = MEMORY;";

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

#[derive(Clone)]
pub struct Db {
    pool: sqlx::AnyPool,
    engine: Engine,
    writer: Arc<Mutex<()>>,
}

impl Db {
    /// `sqlite://path/to/file` (made when missing) or `postgres://…`.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let engine = if url.starts_with("sqlite:") {
            Engine::Sqlite
        } else {
            Engine::Postgres
        };
        let mut url = url.to_owned();
        if engine == Engine::Sqlite && !url.contains("mode=") {
            url.push_str(if url.contains('?') { "&mode=rwc" } else { "?mode=rwc" });
        }
        let pool = AnyPoolOptions::new()
            .max_connections(POOL)
            .acquire_timeout(ACQUIRE)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if engine == Engine::Sqlite {
                        connection.execute(SQLITE_SETTINGS).await?;
                    }
                    Ok(())
                })
            })
            .connect(&url)
            .await?;
        Ok(Self {
            pool,
            engine,
            writer: Arc::default(),
        })
    }

    /// Applies the migrations this build carries and the database does not have yet.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let migrator = match self.engine {
            Engine::Sqlite => &SQLITE,
            Engine::Postgres => &POSTGRES,
        };
        migrator.run(&self.pool).await?;
        Ok(())
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A transaction that may write. Dropped without `commit`, it never happened.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let (turn, begin) = match self.engine {
            Engine::Sqlite => (Some(self.writer.clone().lock_owned().await), "BEGIN IMMEDIATE"),
            Engine::Postgres => (None, "BEGIN"),
        };
        Ok(Tx {
            transaction: self.pool.begin_with(begin).await?,
            _turn: turn,
        })
    }

    /// A connection for reading, outside any transaction.
    pub async fn read(&self) -> Result<Reader, StoreError> {
        Ok(Reader(self.pool.acquire().await?))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A running transaction; on SQLite it holds the writer's turn.
pub struct Tx {
    // Declared first: the transaction must be over before the turn is given on.
    transaction: Transaction<'static, Any>,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Tx {
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.transaction
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.transaction
    }
}

pub struct Reader(PoolConnection<Any>);

impl Deref for Reader {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}
