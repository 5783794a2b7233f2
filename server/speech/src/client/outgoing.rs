//! What waits to be written to the worker, and what must be said again to a new one. Shared between media threads, which
//! push and must not wait, and the supervisor, which pulls.

use crate::protocol::{AudioPacket, CaptionEvent, Lost, OpenTrack, ToWorker};
use rostrum_domain::{id::SourceId, time::Timestamp};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

/// Audio packets that may wait: 40 s of one voice, 4 s of ten. More would let captions run far behind before anybody is
/// told; less would lose words to a worker that is busy for a moment.
const PACKETS: usize = 2000;

/// What one packet holds as browsers and encoders send it; only used to say where a loss ended.
const PACKET_TIME: Duration = Duration::from_millis(20);
const BEHIND: &str = "the speech engine could not keep up";
const OFF: &str = "captions were off";

#[derive(Default)]
pub(super) struct Outgoing {
    state: Mutex<State>,
    pub(super) changed: Notify,
}

/// Whether somebody will hear what is queued.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Worker {
    /// Starting, or about to be started again: what is said now is kept for it.
    #[default]
    Coming,
    Here,
    /// Captions are off: nothing is kept.
    Off,
}

#[derive(Default)]
struct State {
    worker: Worker,
    shutting_down: bool,
    queue: VecDeque<ToWorker>,
    packets: usize,
    open: BTreeMap<SourceId, OpenTrack>,
    /// Tracks that were closed and not confirmed, and how often: one may be opened again in between.
    closing: BTreeMap<SourceId, u32>,
    /// Number after the highest segment seen, per track ever opened: 20 bytes for each microphone of this process's life.
    next_segment: BTreeMap<SourceId, u32>,
    /// Speech whose partial is on screen and whose final has not come.
    unfinished: BTreeMap<(SourceId, u32), Span>,
    /// Audio given up since this was last told.
    dropped: BTreeMap<SourceId, Span>,
    /// Captions that the client itself has to say.
    own: VecDeque<CaptionEvent>,
}

type Span = (Timestamp, Timestamp);

/// What the supervisor should do next.
pub(super) enum Next {
    Write(Vec<ToWorker>),
    Tell(Vec<CaptionEvent>),
    /// Everything was written and no more will come.
    Finish,
    Wait,
}

impl Outgoing {
    pub(super) fn open(&self, mut open: OpenTrack) {
        let mut state = self.lock();
        open.first_segment = state.next_segment.get(&open.track).copied().unwrap_or(0);
        state.open.insert(open.track, open.clone());
        state.control(ToWorker::Open(open));
        drop(state);
        self.changed.notify_one();
    }

    pub(super) fn packet(&self, packet: AudioPacket) {
        let mut state = self.lock();
        if !state.open.contains_key(&packet.track) {
            return;
        }
        if state.worker == Worker::Off {
            state.count_dropped(&packet);
            return;
        }
        if state.packets >= PACKETS {
            state.drop_oldest_packet();
        }
        state.packets += 1;
        state.queue.push_back(ToWorker::Packet(packet));
        drop(state);
        self.changed.notify_one();
    }

    pub(super) fn flush(&self, track: SourceId) {
        let mut state = self.lock();
        if state.open.contains_key(&track) {
            state.control(ToWorker::Flush(track));
        }
        drop(state);
        self.changed.notify_one();
    }

    pub(super) fn close(&self, track: SourceId) {
        self.lock().close(track);
        self.changed.notify_one();
    }

    pub(super) fn shut_down(&self) {
        let mut state = self.lock();
        state.shutting_down = true;
        let tracks: Vec<SourceId> = state.open.keys().copied().collect();
        for track in tracks {
            state.close(track);
        }
        drop(state);
        self.changed.notify_one();
    }

    pub(super) fn is_shutting_down(&self) -> bool {
        self.lock().shutting_down
    }

    /// A worker is being started.
    pub(super) fn starting(&self) {
        let mut state = self.lock();
        if state.worker == Worker::Off {
            state.worker = Worker::Coming;
            state.say_again();
        }
    }

    /// The worker is ready for what waits.
    pub(super) fn ready(&self) {
        let mut state = self.lock();
        state.worker = Worker::Here;
        state.tell_dropped(OFF);
        drop(state);
        self.changed.notify_one();
    }

    /// The worker crashed: what it was saying is lost and it will confirm no closing. The next one is told what is open and
    /// gets the audio that this one had not taken.
    pub(super) fn crashed(&self, why: &str) {
        let mut state = self.lock();
        state.worker = Worker::Coming;
        state.abandon(why);
        let State { queue, open, .. } = &mut *state;
        queue.retain(|message| match message {
            ToWorker::Packet(packet) => open.contains_key(&packet.track),
            ToWorker::Flush(track) => open.contains_key(track),
            ToWorker::Open(_) | ToWorker::Close(_) => false,
        });
        state.packets = state
            .queue
            .iter()
            .filter(|message| matches!(message, ToWorker::Packet(_)))
            .count();
        state.say_again();
        drop(state);
        self.changed.notify_one();
    }

    /// There will be no worker for a while.
    pub(super) fn off(&self, why: &str) {
        let mut state = self.lock();
        state.worker = Worker::Off;
        while state.drop_oldest_packet() {}
        state.queue.clear();
        state.abandon(why);
        drop(state);
        self.changed.notify_one();
    }

    /// Remembers what a restart would have to know.
    pub(super) fn heard(&self, event: &CaptionEvent) {
        let mut state = self.lock();
        match event {
            CaptionEvent::Partial(partial) => {
                state.saw(partial.track, partial.segment_no);
                state
                    .unfinished
                    .insert((partial.track, partial.segment_no), (partial.start, partial.end));
            }
            CaptionEvent::Final(done) => {
                state.saw(done.track, done.segment_no);
                state.unfinished.remove(&(done.track, done.segment_no));
            }
            CaptionEvent::Lost(lost) => {
                if let Some(segment_no) = lost.segment_no {
                    state.saw(lost.track, segment_no);
                    state.unfinished.remove(&(lost.track, segment_no));
                }
            }
            CaptionEvent::Closed { track } => state.confirmed(*track),
            CaptionEvent::Unsupported { .. } => {}
        }
    }

    /// Takes what is next. Captions of the client's own come first, so that a loss is told before what follows it.
    pub(super) fn next(&self) -> Next {
        let mut state = self.lock();
        if state.worker == Worker::Here {
            state.tell_dropped(BEHIND);
        }
        if !state.own.is_empty() {
            return Next::Tell(state.own.drain(..).collect());
        }
        if state.worker == Worker::Here && !state.queue.is_empty() {
            state.packets = 0;
            return Next::Write(state.queue.drain(..).collect());
        }
        if state.shutting_down && state.queue.is_empty() {
            Next::Finish
        } else {
            Next::Wait
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is complete before anything can panic, so a poisoned lock holds good state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// While captions are off nothing is queued: the next worker is told from `open`.
    fn control(&mut self, message: ToWorker) {
        if self.worker != Worker::Off {
            self.queue.push_back(message);
        }
    }

    fn close(&mut self, track: SourceId) {
        if self.open.remove(&track).is_none() {
            return;
        }
        if self.worker == Worker::Off {
            self.close_alone(track);
        } else {
            *self.closing.entry(track).or_default() += 1;
            self.queue.push_back(ToWorker::Close(track));
        }
    }

    /// Without a worker: what it should have heard is lost.
    fn close_alone(&mut self, track: SourceId) {
        if let Some(span) = self.dropped.remove(&track) {
            self.lose(track, None, span, OFF);
        }
        self.own.push_back(CaptionEvent::Closed { track });
    }

    fn confirmed(&mut self, track: SourceId) {
        if let Some(times) = self.closing.get_mut(&track) {
            *times -= 1;
            if *times == 0 {
                self.closing.remove(&track);
            }
        }
    }

    /// Says what a worker that is gone cannot say any more.
    fn abandon(&mut self, why: &str) {
        for ((track, segment_no), span) in std::mem::take(&mut self.unfinished) {
            self.lose(track, Some(segment_no), span, why);
        }
        let closing = std::mem::take(&mut self.closing);
        let unheard = |track: &SourceId| closing.contains_key(track) && !self.open.contains_key(track);
        while let Some(packet) = take_packet(&mut self.queue, |packet| unheard(&packet.track)) {
            count_dropped(&mut self.dropped, &packet);
        }
        for (track, times) in closing {
            for _ in 0..times {
                self.close_alone(track);
            }
        }
    }

    /// The next worker is told what is open before anything else.
    fn say_again(&mut self) {
        let Self {
            open,
            next_segment,
            queue,
            ..
        } = self;
        for (track, known) in open {
            known.first_segment = next_segment.get(track).copied().unwrap_or(0);
            queue.push_front(ToWorker::Open(known.clone()));
        }
    }

    fn tell_dropped(&mut self, why: &str) {
        for (track, span) in std::mem::take(&mut self.dropped) {
            self.lose(track, None, span, why);
        }
    }

    fn saw(&mut self, track: SourceId, segment_no: u32) {
        let next = self.next_segment.entry(track).or_default();
        *next = (*next).max(segment_no.saturating_add(1));
    }

    fn lose(&mut self, track: SourceId, segment_no: Option<u32>, (start, end): Span, why: &str) {
        self.own.push_back(CaptionEvent::Lost(Lost {
            track,
            segment_no,
            start,
            end,
            why: why.to_owned(),
        }));
    }

    fn drop_oldest_packet(&mut self) -> bool {
        let Some(packet) = take_packet(&mut self.queue, |_| true) else {
            return false;
        };
        self.packets -= 1;
        self.count_dropped(&packet);
        true
    }

    fn count_dropped(&mut self, packet: &AudioPacket) {
        count_dropped(&mut self.dropped, packet);
    }
}

fn take_packet(queue: &mut VecDeque<ToWorker>, which: impl Fn(&AudioPacket) -> bool) -> Option<AudioPacket> {
    let at = queue
        .iter()
        .position(|message| matches!(message, ToWorker::Packet(packet) if which(packet)))?;
    match queue.remove(at) {
        Some(ToWorker::Packet(packet)) => Some(packet),
        _ => None,
    }
}

fn count_dropped(dropped: &mut BTreeMap<SourceId, Span>, packet: &AudioPacket) {
    let start = packet.captured_at;
    let end = start.saturating_add(PACKET_TIME);
    let span = dropped.entry(packet.track).or_insert((start, end));
    *span = (span.0.min(start), span.1.max(end));
}

#[cfg(test)]
mod tests;
