//! The worker process: audio packets in at one end of a pipe, captions out at the other. One thread reads, one decodes and
//! cuts all tracks (cheap), a fixed number run the engine (dear). Everything in between is bounded: when the engine falls
//! behind, partial captions are given up first, then whole segments, and those are reported as lost. Lowers its own
//! priority, because media on the same machine must not wait for words.

mod pool;
mod track;

use crate::{
    engine::{Caps, ClipRecognizer, EngineError},
    moonshine::Moonshine,
    protocol::{self, CaptionEvent, EngineInfo, FromWorker, LogLevel, Lost, OpenTrack, ProtocolError, ToWorker},
};
use pool::{Done, Job, Pool};
use rostrum_domain::id::SourceId;
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    num::NonZeroUsize,
    path::PathBuf,
    sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender},
    thread,
    time::Duration,
};
use track::Track;

/// Messages read ahead. The pipe and the server's queue hold more; this only keeps the threads from waiting in step.
const INBOX: usize = 256;
/// Without a packet for this long a speaker has stopped: longer than the longest pause between packets of a silent
/// microphone (400 ms), shorter than a reader's patience.
const STOPPED: Duration = Duration::from_millis(1500);
/// Decodes at once, at most. Half of the cores belongs to media; four keep up with more voices than a briefing has.
const MOST_THREADS: usize = 4;
/// Less important than media (0), more than batch work (19).
const NICE: i32 = 10;

/// Where the engine is found and how much of the machine it may use.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// Folder filled by `deploy/models/fetch.sh`.
    pub model_dir: PathBuf,
    /// ONNX Runtime, when it is not in the model folder.
    pub library: Option<PathBuf>,
    /// Decodes at once; half of the cores when not given.
    pub threads: Option<NonZeroUsize>,
}

/// Why the worker ended before its input did.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    #[error("reading from the server: {0}")]
    Input(ProtocolError),
    #[error("writing to the server: {0}")]
    Output(ProtocolError),
    #[error("no thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// Serves one server until its end of the pipe is closed, then finishes what was heard. When the engine cannot be
/// loaded the reason is sent and the worker ends in peace.
pub fn run(input: impl Read + Send + 'static, mut output: impl Write, config: WorkerConfig) -> Result<(), WorkerError> {
    let polite = lower_priority();
    if let Err(error) = polite {
        let message = format!("the speech worker keeps its priority: {error}");
        send(
            &mut output,
            &FromWorker::Log {
                level: LogLevel::Warn,
                message,
            },
        )?;
    }
    let threads = config.threads.or_else(half_of_the_cores).unwrap_or(NonZeroUsize::MIN);
    let load = || -> Result<Box<dyn ClipRecognizer>, EngineError> {
        Ok(Box::new(Moonshine::load(&config.model_dir, config.library.as_deref())?))
    };
    let engines: Result<Vec<_>, _> = (0..threads.get()).map(|_| load()).collect();
    match engines {
        Ok(engines) => serve(input, output, engines),
        Err(error) => send(&mut output, &FromWorker::Unavailable { why: error.to_string() }),
    }
}

/// The worker with engines that are loaded already, one thread each; at least one.
pub fn serve(
    input: impl Read + Send + 'static,
    output: impl Write,
    engines: Vec<Box<dyn ClipRecognizer>>,
) -> Result<(), WorkerError> {
    let (sender, inbox) = mpsc::sync_channel(INBOX);
    let Some(caps) = engines.first().map(|engine| engine.caps().clone()) else {
        return Ok(());
    };
    let pool = Pool::start(engines, &sender)?;
    thread::Builder::new()
        .name("speech-input".to_owned())
        .spawn(move || read_all(input, &sender))?;
    let info = EngineInfo {
        engine: caps.engine.clone(),
        model: caps.model.clone(),
        languages: caps.languages.clone(),
    };
    let mut worker = Worker {
        caps,
        output,
        pool,
        tracks: BTreeMap::new(),
        open: BTreeMap::new(),
        numbers: BTreeMap::new(),
        lives: 0,
    };
    worker.send(FromWorker::Ready(info))?;
    worker.work(&inbox)
}

/// What reaches the deciding thread.
enum Event {
    Message(ToWorker),
    Done(Done),
    End(Result<(), ProtocolError>),
}

fn read_all(mut input: impl Read, sender: &SyncSender<Event>) {
    loop {
        let event = match protocol::read(&mut input) {
            Ok(Some(message)) => Event::Message(message),
            Ok(None) => Event::End(Ok(())),
            Err(error) => Event::End(Err(error)),
        };
        let last = matches!(event, Event::End(_));
        if sender.send(event).is_err() || last {
            return;
        }
    }
}

struct Worker<W> {
    caps: Caps,
    output: W,
    pool: Pool,
    /// By life: open tracks, and closed ones whose last words are still being recognised.
    tracks: BTreeMap<u64, Track>,
    open: BTreeMap<SourceId, u64>,
    /// Where a track that is opened again goes on numbering: 20 bytes for each microphone of this worker's life.
    numbers: BTreeMap<SourceId, u32>,
    lives: u64,
}

impl<W: Write> Worker<W> {
    fn work(&mut self, inbox: &Receiver<Event>) -> Result<(), WorkerError> {
        let mut ended = false;
        while !(ended && self.tracks.is_empty()) {
            match inbox.recv_timeout(STOPPED) {
                Ok(Event::Message(message)) => self.message(message)?,
                Ok(Event::Done(done)) => self.done(done)?,
                Ok(Event::End(Err(error))) => return Err(WorkerError::Input(error)),
                Ok(Event::End(Ok(()))) => {
                    ended = true;
                    let open: Vec<SourceId> = self.open.keys().copied().collect();
                    for track in open {
                        self.close(track)?;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                // The threads of the pool hold senders for as long as the pool lives.
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            self.end_stopped()?;
        }
        Ok(())
    }

    fn message(&mut self, message: ToWorker) -> Result<(), WorkerError> {
        match message {
            ToWorker::Open(open) => self.open(open),
            ToWorker::Packet(packet) => self.with_open(packet.track, |track| track.packet(packet)),
            ToWorker::Flush(id) => self.with_open(id, Track::flush),
            ToWorker::Close(id) => self.close(id),
        }
    }

    fn open(&mut self, open: OpenTrack) -> Result<(), WorkerError> {
        let id = open.track;
        if !self.caps.understands(&open.lang) {
            self.close(id)?;
            return self.caption(CaptionEvent::Unsupported {
                track: id,
                lang: open.lang,
            });
        }
        if self.open.contains_key(&id) {
            return self.with_open(id, |track| track.reopen(open));
        }
        let first_segment = self.numbers.get(&id).copied().unwrap_or(0).max(open.first_segment);
        self.lives += 1;
        match Track::new(OpenTrack { first_segment, ..open }, self.lives) {
            Ok(track) => {
                self.tracks.insert(self.lives, track);
                self.open.insert(id, self.lives);
                Ok(())
            }
            Err(error) => self.send(FromWorker::Log {
                level: LogLevel::Warn,
                message: format!("a track is not heard: {error}"),
            }),
        }
    }

    fn close(&mut self, id: SourceId) -> Result<(), WorkerError> {
        let closed = self.with_open(id, Track::close);
        let Some(life) = self.open.remove(&id) else {
            return closed;
        };
        if let Some(track) = self.tracks.get(&life) {
            self.numbers.insert(id, track.next_segment());
        }
        closed?;
        self.forget_finished(life)
    }

    /// Speech that ended because its packets stopped: muted, off the record, or gone.
    fn end_stopped(&mut self) -> Result<(), WorkerError> {
        let stopped: Vec<SourceId> = self
            .tracks
            .values()
            .filter(|track| track.stopped(STOPPED))
            .map(Track::id)
            .collect();
        for track in stopped {
            self.with_open(track, Track::flush)?;
        }
        Ok(())
    }

    /// Does something with an open track and queues what follows from it; nothing for a track that is not open.
    fn with_open(&mut self, id: SourceId, act: impl FnOnce(&mut Track) -> Vec<Job>) -> Result<(), WorkerError> {
        let Some(track) = self.open.get(&id).and_then(|life| self.tracks.get_mut(life)) else {
            return Ok(());
        };
        let jobs = act(track);
        self.submit(jobs)
    }

    fn submit(&mut self, jobs: Vec<Job>) -> Result<(), WorkerError> {
        for job in jobs {
            if let Some(given_up) = self.pool.submit(job) {
                self.lost(&given_up, "the speech engine could not keep up")?;
            }
        }
        Ok(())
    }

    fn done(&mut self, done: Done) -> Result<(), WorkerError> {
        let Done { job, result } = done;
        let Some(track) = self.tracks.get_mut(&job.life) else {
            return Ok(());
        };
        match result {
            Ok(hypothesis) => {
                if let Some(caption) = track.recognized(&job, hypothesis, &self.caps) {
                    self.caption(caption)?;
                }
            }
            Err(error) if job.last => self.lost(&job, &error.to_string())?,
            Err(error) => self.send(FromWorker::Log {
                level: LogLevel::Warn,
                message: error.to_string(),
            })?,
        }
        self.forget_finished(job.life)
    }

    fn lost(&mut self, job: &Job, why: &str) -> Result<(), WorkerError> {
        if let Some(track) = self.tracks.get_mut(&job.life) {
            track.give_up(job.segment_no);
        }
        self.caption(CaptionEvent::Lost(Lost {
            track: job.track,
            segment_no: Some(job.segment_no),
            start: job.start,
            end: job.end,
            why: why.to_owned(),
        }))?;
        self.forget_finished(job.life)
    }

    fn forget_finished(&mut self, life: u64) -> Result<(), WorkerError> {
        if !self.tracks.get(&life).is_some_and(Track::finished) {
            return Ok(());
        }
        let Some(track) = self.tracks.remove(&life) else {
            return Ok(());
        };
        self.caption(CaptionEvent::Closed { track: track.id() })
    }

    fn caption(&mut self, event: CaptionEvent) -> Result<(), WorkerError> {
        self.send(FromWorker::Caption(event))
    }

    fn send(&mut self, message: FromWorker) -> Result<(), WorkerError> {
        send(&mut self.output, &message)
    }
}

fn send(output: &mut impl Write, message: &FromWorker) -> Result<(), WorkerError> {
    protocol::write(output, message)
        .and_then(|()| Ok(output.flush()?))
        .map_err(WorkerError::Output)
}

fn lower_priority() -> std::io::Result<()> {
    rustix::process::setpriority_process(None, NICE)?;
    Ok(())
}

fn half_of_the_cores() -> Option<NonZeroUsize> {
    let cores = thread::available_parallelism().ok()?.get();
    NonZeroUsize::new((cores / 2).clamp(1, MOST_THREADS))
}
