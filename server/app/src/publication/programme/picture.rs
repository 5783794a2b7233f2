//! Which recording is shown when, and its frames in order. A shared screen goes first, then who speaks, then who has the
//! floor, then the house; a cut waits for the next key frame of what is cut to.

use super::{Floor, Take};
use anyhow::Context;
use rostrum_domain::{media::SourceKind, publication::Timeline, time::Timestamp};
use rostrum_media::container::{Frame, Reader, TrackFormat};
use std::{fs::File, io::BufReader, time::Duration};

/// How finely the choice is made. Finer: cuts on every "yes"; coarser: late cuts.
const STEP: Duration = Duration::from_millis(500);
/// A picture stays at least this long. Higher: a short question is never seen; lower: nervous cutting.
const SHOT: Duration = Duration::from_secs(2);

/// A cut may come this much before its reason, when there is a key frame. Higher: the next speaker is shown too soon;
/// lower: cuts wait for a later key frame.
const EARLY: i64 = 2_000_000;

/// A recording begins when its packets are forwarded on the record; the first of its frames may have been captured a
/// moment before. Higher: pictures from before the switch; lower: a slow encoder's first key frame is thrown away, and with
/// it every frame until the next.
const RUN_UP: Duration = Duration::from_secs(1);

/// A stretch of one recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shot {
    /// Index into the takes.
    pub take: usize,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// The shots of the programme. `keys` are the times of each take's key frames, in order.
pub fn shots(takes: &[Take], keys: &[Vec<Timestamp>], floor: &Floor, timeline: &Timeline) -> Vec<Shot> {
    let mut shots: Vec<Shot> = Vec::new();
    for kept in &timeline.0 {
        let mut at = kept.start;
        while at < kept.end {
            let step_end = at.saturating_add(STEP).min(kept.end);
            let current = shots
                .last()
                .copied()
                .filter(|shot| takes[shot.take].covers(at) && shot.to >= kept.start);
            let settled = current.is_some_and(|shot| at.since(shot.from) < SHOT);
            let wished = wish(takes, floor, at).filter(|take| !settled && Some(*take) != current.map(|shot| shot.take));
            let cut = wished.and_then(|take| {
                let earliest = shots
                    .last()
                    .map_or(kept.start, |shot| shot.from.saturating_add(SHOT))
                    .max(kept.start);
                let earliest = earliest.max(Timestamp(at.micros() - EARLY));
                let key = keys[take]
                    .iter()
                    .copied()
                    .rfind(|key| *key >= earliest && *key < step_end)?;
                Some((take, key))
            });
            // Nothing is shown yet, or what was shown is over: any recording that begins here will do.
            let cut = cut.or_else(|| {
                if current.is_none() {
                    any(takes, keys, at, step_end)
                } else {
                    None
                }
            });
            if let Some((take, from)) = cut {
                if let Some(last) = shots.last_mut() {
                    last.to = last.to.min(from);
                }
                shots.push(Shot {
                    take,
                    from,
                    to: takes[take].end.min(kept.end),
                });
            } else if let Some(last) = shots.last_mut().filter(|_| current.is_some()) {
                last.to = takes[last.take].end.min(kept.end);
            }
            at = step_end;
        }
    }
    shots.retain(|shot| shot.from < shot.to);
    shots
}

/// Whom the audience should see.
fn wish(takes: &[Take], floor: &Floor, at: Timestamp) -> Option<usize> {
    let of = |wanted: &dyn Fn(&Take) -> bool| takes.iter().rposition(|take| take.covers(at) && wanted(take));
    of(&|take| take.kind == SourceKind::Screen)
        .or_else(|| floor.speaker(at).and_then(|person| of(&|take| take.person == person)))
        .or_else(|| floor.asker(at).and_then(|person| of(&|take| take.person == person)))
        .or_else(|| of(&|take| floor.house.contains(&take.person)))
        .or_else(|| of(&|_| true))
}

fn any(takes: &[Take], keys: &[Vec<Timestamp>], from: Timestamp, to: Timestamp) -> Option<(usize, Timestamp)> {
    (0..takes.len())
        .filter_map(|take| {
            keys[take]
                .iter()
                .copied()
                .find(|key| *key >= from && *key < to)
                .map(|key| (take, key))
        })
        .min_by_key(|(_, key)| *key)
}

/// Room time of a frame, the run-up of its recording falling on the moment from which the programme shows it.
fn shown_at(take: &Take, at_ms: u64, timeline: &Timeline) -> Timestamp {
    let at = take.time(at_ms);
    if timeline.shows(take.start) {
        return at;
    }
    let mut starts = timeline.0.iter().map(|kept| kept.start);
    let entered = starts.find(|start| take.start < *start && start.since(take.start) <= RUN_UP);
    entered.map_or(at, |start| at.max(start))
}

/// The times of a recording's key frames.
pub fn key_times(take: &Take, timeline: &Timeline) -> anyhow::Result<Vec<Timestamp>> {
    let mut reader = take.open().with_context(|| format!("open {}", take.path.display()))?;
    let mut keys = Vec::new();
    while let Some(frame) = reader.next_frame()? {
        if frame.keyframe {
            keys.push(shown_at(take, frame.at_ms, timeline));
        }
    }
    Ok(keys)
}

pub fn format(take: &Take) -> anyhow::Result<Option<TrackFormat>> {
    let reader = take.open().with_context(|| format!("open {}", take.path.display()))?;
    Ok(reader.tracks().first().cloned())
}

/// The frames of the shots, one after another, with their time in the programme.
pub struct Film<'a> {
    takes: &'a [Take],
    timeline: &'a Timeline,
    shots: std::vec::IntoIter<Shot>,
    open: Option<(Shot, Reader<BufReader<File>>, bool)>,
    next: Option<Frame>,
    /// Time of the last frame: two never share one, whatever a clock correction did to their times.
    last_ms: Option<u64>,
}

impl<'a> Film<'a> {
    pub fn new(takes: &'a [Take], timeline: &'a Timeline, shots: Vec<Shot>) -> anyhow::Result<Self> {
        let mut film = Self {
            takes,
            timeline,
            shots: shots.into_iter(),
            open: None,
            next: None,
            last_ms: None,
        };
        film.next = film.read()?;
        Ok(film)
    }

    /// The next frame, if it is due before `until_ms` of the programme.
    pub fn next_before(&mut self, until_ms: u64) -> anyhow::Result<Option<Frame>> {
        if self.next.as_ref().is_none_or(|frame| frame.at_ms >= until_ms) {
            return Ok(None);
        }
        let frame = self.next.take();
        self.next = self.read()?;
        Ok(frame)
    }

    fn read(&mut self) -> anyhow::Result<Option<Frame>> {
        loop {
            let Some((shot, reader, decodable)) = &mut self.open else {
                let Some(shot) = self.shots.next() else { return Ok(None) };
                self.open = Some((shot, self.takes[shot.take].open()?, false));
                continue;
            };
            let Some(frame) = reader.next_frame()? else {
                self.open = None;
                continue;
            };
            let at = shown_at(&self.takes[shot.take], frame.at_ms, self.timeline);
            if at >= shot.to {
                self.open = None;
                continue;
            }
            // A frame that is left out breaks those that build on it, until the next key frame.
            let shown = at >= shot.from && self.timeline.shows(at);
            *decodable = shown && (*decodable || frame.keyframe);
            if *decodable {
                let at_ms = self.last_ms.map_or(0, |last| last + 1).max(self.timeline.at(at));
                self.last_ms = Some(at_ms);
                return Ok(Some(Frame {
                    track: 0,
                    at_ms,
                    ..frame
                }));
            }
        }
    }
}
