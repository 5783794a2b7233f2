//! The recording thread's inbox: control messages are never dropped, packets are dropped oldest first.

use super::TapOwner;
use crate::room::RoomHandle;
use rostrum_domain::{id::EventId, media::TapPacket};
use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;

/// Packets that may wait for the disk: about 20 s of five speakers. More: a longer stall of the disk costs nothing, and up
/// to 10 MiB of memory; fewer: holes in the recording sooner.
const DEPTH: usize = 8192;

pub enum Input {
    Tapped { room: RoomHandle, owners: Vec<TapOwner> },
    Packet(EventId, TapPacket),
    Stop(oneshot::Sender<()>),
}

#[derive(Default)]
pub struct Queue {
    inner: Mutex<Inner>,
    ready: Condvar,
}

#[derive(Default)]
struct Inner {
    inputs: VecDeque<Input>,
    packets: usize,
}

impl Queue {
    pub fn control(&self, input: Input) {
        self.lock().inputs.push_back(input);
        self.ready.notify_one();
    }

    pub fn packet(&self, event: EventId, packet: TapPacket) {
        let mut inner = self.lock();
        if inner.packets >= DEPTH {
            let oldest = inner.inputs.iter().position(|input| matches!(input, Input::Packet(..)));
            if let Some(oldest) = oldest {
                inner.inputs.remove(oldest);
                inner.packets -= 1;
                metrics::counter!("rostrum_recorder_packets_dropped_total").increment(1);
            }
        }
        inner.inputs.push_back(Input::Packet(event, packet));
        inner.packets += 1;
        drop(inner);
        self.ready.notify_one();
    }

    /// Everything that waits; after `patience` without anything, nothing.
    pub fn take(&self, patience: Duration) -> VecDeque<Input> {
        let inner = self.lock();
        let (mut inner, _) = self
            .ready
            .wait_timeout_while(inner, patience, |inner| inner.inputs.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        inner.packets = 0;
        std::mem::take(&mut inner.inputs)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        // A queue whose user panicked is still a queue.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
