//! The threads that run the engine, and what waits for them: finished segments before partial ones, and of each track
//! only the newest partial.

use super::Event;
use crate::{
    engine::{ClipRecognizer, EngineError, Hints, Hypothesis},
    glossary::Term,
};
use rostrum_domain::{id::SourceId, time::Timestamp};
use std::{
    collections::{BTreeMap, VecDeque},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, PoisonError, mpsc::SyncSender},
    thread,
};

/// Finished segments that may wait: at some eight seconds each, minutes of speech. More would show words long after
/// they were said; fewer would lose speech in a short storm.
const FINALS: usize = 32;

/// A clip to be recognised.
pub(super) struct Job {
    pub track: SourceId,
    /// Which life of the track: one may be opened again while its last words are still being recognised.
    pub life: u64,
    pub segment_no: u32,
    /// The segment is finished: its words stay.
    pub last: bool,
    pub start: Timestamp,
    pub end: Timestamp,
    pub samples: Vec<f32>,
    pub lang: Arc<str>,
    pub glossary: Arc<[Term]>,
}

pub(super) struct Done {
    pub job: Job,
    pub result: Result<Hypothesis, EngineError>,
}

pub(super) struct Pool {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    work: Condvar,
}

#[derive(Default)]
struct Queue {
    finals: VecDeque<Job>,
    partials: BTreeMap<u64, Job>,
    closed: bool,
}

impl Pool {
    pub(super) fn start(engines: Vec<Box<dyn ClipRecognizer>>, done: &SyncSender<Event>) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let pool = Self {
            shared: Arc::clone(&shared),
        };
        for engine in engines {
            let (shared, done) = (Arc::clone(&shared), done.clone());
            thread::Builder::new()
                .name("speech-engine".to_owned())
                .spawn(move || decode_all(engine, &shared, &done))?;
        }
        Ok(pool)
    }

    /// Never waits. Returns the segment that had to give way, if any.
    pub(super) fn submit(&self, job: Job) -> Option<Job> {
        let mut queue = self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let given_up = queue.push(job);
        drop(queue);
        self.shared.work.notify_one();
        given_up
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.shared.work.notify_all();
    }
}

impl Queue {
    fn push(&mut self, job: Job) -> Option<Job> {
        if !job.last {
            self.partials.insert(job.life, job);
            return None;
        }
        self.partials.remove(&job.life);
        self.finals.push_back(job);
        if self.finals.len() > FINALS {
            self.finals.pop_front()
        } else {
            None
        }
    }

    fn pop(&mut self) -> Option<Job> {
        self.finals
            .pop_front()
            .or_else(|| self.partials.pop_first().map(|(_, job)| job))
    }
}

fn decode_all(mut engine: Box<dyn ClipRecognizer>, shared: &Shared, done: &SyncSender<Event>) {
    while let Some(job) = next(shared) {
        let hints = Hints {
            glossary: &job.glossary,
        };
        // The engine is native code behind bindings: a panic there costs one clip, not the worker.
        let result = catch_unwind(AssertUnwindSafe(|| engine.recognize(&job.samples, &job.lang, &hints)))
            .unwrap_or_else(|_| Err(EngineError::Run("it panicked".to_owned())));
        if done.send(Event::Done(Done { job, result })).is_err() {
            return;
        }
    }
}

fn next(shared: &Shared) -> Option<Job> {
    let mut queue = shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if let Some(job) = queue.pop() {
            return Some(job);
        }
        if queue.closed {
            return None;
        }
        queue = shared.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn job(life: u64, segment_no: u32, last: bool) -> Job {
        Job {
            track: SourceId(Uuid::nil()),
            life,
            segment_no,
            last,
            start: Timestamp::default(),
            end: Timestamp::default(),
            samples: vec![],
            lang: "en".into(),
            glossary: Arc::new([]),
        }
    }

    fn order(queue: &mut Queue) -> Vec<(u32, bool)> {
        std::iter::from_fn(|| queue.pop())
            .map(|job| (job.segment_no, job.last))
            .collect()
    }

    #[test]
    fn finished_segments_go_before_partial_ones() {
        let mut queue = Queue::default();
        for job in [job(1, 1, false), job(2, 2, true), job(3, 3, true)] {
            assert!(queue.push(job).is_none());
        }
        assert_eq!(order(&mut queue), [(2, true), (3, true), (1, false)]);
    }

    #[test]
    fn only_the_newest_partial_of_a_track_is_decoded_and_none_after_its_end() {
        let mut queue = Queue::default();
        for job in [job(1, 1, false), job(1, 2, false), job(2, 3, false), job(2, 3, true)] {
            assert!(queue.push(job).is_none());
        }
        assert_eq!(order(&mut queue), [(3, true), (2, false)]);
    }

    #[test]
    fn when_too_much_waits_the_oldest_segment_is_given_up() {
        let mut queue = Queue::default();
        let given_up: Vec<u32> = (0..34)
            .filter_map(|n| queue.push(job(1, n, true)))
            .map(|job| job.segment_no)
            .collect();
        assert_eq!(given_up, [0, 1]);
    }
}
