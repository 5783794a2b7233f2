//! The programme file: all recordings of an event cut into one WebM. The picture follows who had the floor, cut at key
//! frames and never re-encoded; the sound is every microphone, mixed. What was not captured (off the record, before and
//! after) is not there, and captions move with it by the same time line.

mod picture;
mod sound;
mod spans;
mod takes;
#[cfg(test)]
mod tests;
mod write;

use crate::{
    App,
    jobs::{self, Kind},
    publication::gather::{Gathered, gather},
    store::{
        self, Conn, StoreError,
        editions::{self, ProgrammeFile, ProgrammeState},
        takes::{TakeRow, TakeState},
    },
    transcript,
};
use rostrum_domain::{id::EventId, publication::Timeline, time::Timestamp};
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

pub use spans::timeline;
pub use takes::Take;
pub use write::{Floor, Plan, write};

/// How often the recordings are looked at until all are closed. Rarer: the programme comes later; more often: more queries.
const LOOK: Duration = Duration::from_secs(1);
/// Recordings still open this long after the end are taken as they are.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the job is about.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Assemble {
    pub event: EventId,
}

/// Where the programme file with this checksum is. Named by its content: an edition's file never changes under it.
pub fn file(data_dir: &Path, event: EventId, sha256: &str) -> PathBuf {
    folder(data_dir, event).join(format!("{sha256}.webm"))
}

/// Where the room's recordings are; paths in their index start here.
pub fn takes_folder(data_dir: &Path) -> PathBuf {
    data_dir.join("takes")
}

/// Called in the transaction in which the room ends: the record is made from here on.
pub async fn room_ended(conn: &mut Conn, job: uuid::Uuid, event: EventId, at: Timestamp) -> Result<(), StoreError> {
    let pending = ProgrammeFile {
        state: ProgrammeState::Pending,
        media: None,
        timeline: Timeline::default(),
        error: None,
    };
    editions::save_programme(conn, event, &pending, at).await?;
    let payload = serde_json::to_string(&Assemble { event })?;
    let key = format!("assemble {event}");
    store::jobs::enqueue(conn, job, Kind::Assemble.word(), &payload, Some(&key), at).await
}

/// The job: links words to questions at once; when the recordings are closed, cuts the programme. Safe to run twice.
pub async fn assemble(app: &App, event: EventId) -> anyhow::Result<()> {
    transcript::refine(app, event).await?;
    let mut reader = app.db.read().await?;
    let Some(gathered) = gather(&mut reader, event).await? else {
        return Ok(());
    };
    let rows = store::takes::of_event(&mut reader, event).await?;
    drop(reader);
    let ended = gathered.taker.minutes().ended_at.unwrap_or_default();
    if rows.iter().any(|take| take.state == TakeState::Recording) && app.now().since(ended) < PATIENCE {
        return again(app, event).await;
    }
    let file = match cut(app, &gathered, rows).await {
        Ok(file) => file,
        Err(error) => {
            tracing::error!(%event, error = format!("{error:#}"), "the programme file could not be made");
            let error = Some(format!("{error:#}"));
            ProgrammeFile {
                state: ProgrammeState::Failed,
                media: None,
                timeline: Timeline::default(),
                error,
            }
        }
    };
    let mut tx = app.db.begin().await?;
    editions::save_programme(&mut tx, event, &file, app.now()).await?;
    tx.commit().await?;
    // Words that the engine finished meanwhile.
    transcript::refine(app, event).await?;
    Ok(())
}

async fn again(app: &App, event: EventId) -> anyhow::Result<()> {
    let mut tx = app.db.begin().await?;
    jobs::enqueue_once(
        app,
        &mut tx,
        Kind::Assemble,
        &Assemble { event },
        &format!("assemble {event}"),
        LOOK,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

async fn cut(app: &App, gathered: &Gathered, rows: Vec<TakeRow>) -> anyhow::Result<ProgrammeFile> {
    let minutes = gathered.taker.minutes();
    let takes: Vec<Take> = rows
        .into_iter()
        .map(|row| Take::of(row, &takes_folder(&app.config.data_dir)))
        .collect();
    let timeline = timeline(minutes, &takes);
    if timeline.0.is_empty() {
        return Ok(ProgrammeFile {
            state: ProgrammeState::None,
            media: None,
            timeline,
            error: None,
        });
    }
    let plan = Plan {
        floor: Floor {
            words: gathered
                .segments
                .iter()
                .filter_map(|segment| segment.speaker.map(|speaker| (segment.start, segment.end, speaker)))
                .collect(),
            exchanges: minutes
                .exchanges
                .iter()
                .map(|span| {
                    (
                        span.start,
                        span.end.or(minutes.ended_at).unwrap_or(span.start),
                        span.asker,
                    )
                })
                .collect(),
            house: takes
                .iter()
                .map(|take| take.person)
                .filter(|person| gathered.by_house(Some(*person)))
                .collect(),
        },
        takes,
        timeline,
    };
    let folder = folder(&app.config.data_dir, gathered.event.id);
    let timeline = plan.timeline.clone();
    let media = tokio::task::spawn_blocking(move || write(&plan, &folder)).await??;
    let state = if media.is_some() {
        ProgrammeState::Ready
    } else {
        ProgrammeState::None
    };
    Ok(ProgrammeFile {
        state,
        media,
        timeline,
        error: None,
    })
}

fn folder(data_dir: &Path, event: EventId) -> PathBuf {
    data_dir.join("programmes").join(event.to_string())
}
