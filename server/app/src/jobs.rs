//! Slow work, durable: put into the queue by the transaction that causes it, run by one of a few workers, tried again with
//! growing pauses, given up in plain sight. Every job is safe to run twice.

use crate::{
    App, mail,
    publication::{self, programme},
    recorder,
    store::{self, Conn, StoreError, jobs::Job},
};
use serde::Serialize;
use std::time::Duration;
use tokio::task::JoinSet;

/// Jobs running at the same time. More: mail leaves faster; fewer: the live rooms keep more of the machine.
const WORKERS: usize = 4;
/// How often the queue is looked at. Rarer: mail waits longer; more often: the database is asked more (one indexed row).
const LOOK: Duration = Duration::from_millis(500);
/// A job that takes longer is thought dead and taken again.
const LOCK: Duration = Duration::from_secs(30 * 60);
/// Tries before a job is given up.
const TRIES: u32 = 10;

const DAY: Duration = Duration::from_secs(24 * 3600);
const HOUR: Duration = Duration::from_secs(3600);

/// Every kind of job there is. Its word is stored, so it never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    SendMail,
    Housekeeping,
    /// An event has ended: link its words, cut its programme.
    Assemble,
    /// A question that was taken has been answered in writing or closed.
    Settled,
}

impl Kind {
    const ALL: &[Self] = &[Self::SendMail, Self::Housekeeping, Self::Assemble, Self::Settled];

    pub fn word(self) -> &'static str {
        match self {
            Self::SendMail => "send_mail",
            Self::Housekeeping => "housekeeping",
            Self::Assemble => "assemble",
            Self::Settled => "settled",
        }
    }

    fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

/// What a job does. One line per kind; the work itself lives with its subject.
async fn perform(app: &App, kind: Kind, job: &Job) -> anyhow::Result<()> {
    match kind {
        Kind::SendMail => mail::send(app, serde_json::from_str(&job.payload)?, job.attempts).await,
        Kind::Housekeeping => housekeeping(app).await,
        Kind::Assemble => {
            let about: programme::Assemble = serde_json::from_str(&job.payload)?;
            programme::assemble(app, about.event).await
        }
        Kind::Settled => publication::written::settle(app, serde_json::from_str(&job.payload)?).await,
    }
}

/// Puts a job into the queue, inside the caller's transaction; it runs soon after that is committed.
pub async fn enqueue(app: &App, conn: &mut Conn, kind: Kind, payload: &impl Serialize) -> Result<(), StoreError> {
    let payload = serde_json::to_string(payload)?;
    store::jobs::enqueue(conn, app.new_id(), kind.word(), &payload, None, app.now()).await?;
    Ok(())
}

/// The same, unless one with this key is waiting already.
pub async fn enqueue_once(
    app: &App,
    conn: &mut Conn,
    kind: Kind,
    payload: &impl Serialize,
    key: &str,
    after: Duration,
) -> Result<(), StoreError> {
    let payload = serde_json::to_string(payload)?;
    let run_at = app.now().saturating_add(after);
    store::jobs::enqueue(conn, app.new_id(), kind.word(), &payload, Some(key), run_at).await?;
    Ok(())
}

/// Works until shutdown; running jobs are finished, waiting ones wait for the next start.
pub async fn work(app: App) {
    let mut running = JoinSet::new();
    if let Err(error) = schedule_housekeeping(&app, Duration::ZERO).await {
        tracing::error!(%error, "housekeeping could not be scheduled");
    }
    while !app.shutdown.is_cancelled() {
        while running.len() < WORKERS {
            match claim(&app).await {
                Ok(Some(job)) => {
                    running.spawn(run(app.clone(), job));
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(%error, "the job queue cannot be read");
                    break;
                }
            }
        }
        tokio::select! {
            () = app.shutdown.cancelled() => {}
                Some(_) = running.join_next() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
    while running.join_next().await.is_some() {}
}

/// Runs everything that is due now, to the end. For tests and for `rostrum demo` data.
pub async fn run_due(app: &App) -> Result<usize, StoreError> {
    let mut done = 0;
    while let Some(job) = claim(app).await? {
        run(app.clone(), job).await;
        done += 1;
    }
    Ok(done)
}

async fn claim(app: &App) -> Result<Option<Job>, StoreError> {
    let now = app.now();
    // Looking costs no writer's turn; only taking does.
    let mut reader = app.db.read().await?;
    if !store::jobs::any_due(&mut reader, now).await? {
        return Ok(None);
    }
    drop(reader);
    let mut tx = app.db.begin().await?;
    let job = store::jobs::claim(&mut tx, now, now.saturating_add(LOCK)).await?;
    tx.commit().await?;
    Ok(job)
}

async fn run(app: App, job: Job) {
    let outcome = match Kind::named(&job.kind) {
        Some(kind) => perform(&app, kind, &job).await,
        None => Err(anyhow::anyhow!("this version knows no job of this kind")),
    };
    if let Err(error) = settle(&app, &job, outcome).await {
        // The lock runs out and the job is taken again: that is what being safe to run twice is for.
        tracing::error!(job = %job.id, kind = job.kind, %error, "the outcome of a job could not be stored");
    }
}

async fn settle(app: &App, job: &Job, outcome: anyhow::Result<()>) -> Result<(), StoreError> {
    let mut tx = app.db.begin().await?;
    match outcome {
        Ok(()) => store::jobs::done(&mut tx, job.id).await?,
        Err(error) => {
            let again = (job.attempts < TRIES).then(|| app.now().saturating_add(pause(job.attempts)));
            if again.is_some() {
                tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempts, error = format!("{error:#}"), "a job failed and will be tried again");
            } else {
                metrics::counter!("rostrum_jobs_given_up_total").increment(1);
                tracing::error!(job = %job.id, kind = job.kind, error = format!("{error:#}"), "a job was given up");
            }
            store::jobs::failed(&mut tx, job.id, &format!("{error:#}"), again).await?;
        }
    }
    tx.commit().await
}

/// 2, 4, 8 … seconds, at most an hour.
fn pause(attempt: u32) -> Duration {
    Duration::from_secs(1 << attempt.min(12)).min(HOUR)
}

async fn schedule_housekeeping(app: &App, after: Duration) -> Result<(), StoreError> {
    let mut tx = app.db.begin().await?;
    enqueue_once(app, &mut tx, Kind::Housekeeping, &(), "housekeeping", after).await?;
    tx.commit().await
}

/// Forgets what has had its time: sign-ins, links, answers to repeated requests, old mail, full allowances.
async fn housekeeping(app: &App) -> anyhow::Result<()> {
    let now = app.now();
    let ago = |time: Duration| rostrum_domain::time::Timestamp(now.micros() - time.as_micros() as i64);
    app.limits.sweep();
    recorder::expire(app).await?;
    publication::index::catch_up(app).await?;
    let mut tx = app.db.begin().await?;
    store::sessions::sweep(&mut tx, ago(30 * DAY)).await?;
    store::idempotency::sweep(&mut tx, ago(2 * DAY)).await?;
    store::mail::sweep(&mut tx, ago(app.config.retention.mail_days * DAY)).await?;
    enqueue_once(app, &mut tx, Kind::Housekeeping, &(), "housekeeping", HOUR).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests;
