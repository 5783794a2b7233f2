//! Which seat holds which media connection, so that a second one replaces the first, a DELETE is honoured only from its
//! owner, and somebody who is removed leaves nothing behind.

use rostrum_domain::{
    id::{EventId, SeatId, SourceId, SubscriberId},
    media::{Sight, SourceKind},
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Who holds a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Door {
    pub event: EventId,
    pub seat: SeatId,
}

/// Something to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    Source(SourceId),
    Subscriber(SubscriberId),
}

#[derive(Default)]
pub struct Doors(Mutex<Held>);

#[derive(Default)]
struct Held {
    sources: HashMap<SourceId, (Door, SourceKind)>,
    subscribers: HashMap<SubscriberId, Door>,
}

impl Doors {
    /// Notes a new source; returns the seat's former one of the same kind.
    pub fn publish(&self, source: SourceId, door: Door, kind: SourceKind) -> Option<SourceId> {
        let mut held = self.lock();
        let former = held
            .sources
            .iter()
            .find(|(_, now)| **now == (door, kind))
            .map(|(source, _)| *source);
        if let Some(former) = former {
            held.sources.remove(&former);
        }
        held.sources.insert(source, (door, kind));
        former
    }

    /// Notes a new subscriber; returns the seat's former one.
    pub fn subscribe(&self, subscriber: SubscriberId, door: Door) -> Option<SubscriberId> {
        let mut held = self.lock();
        let former = held
            .subscribers
            .iter()
            .find(|(_, now)| **now == door)
            .map(|(former, _)| *former);
        if let Some(former) = former {
            held.subscribers.remove(&former);
        }
        held.subscribers.insert(subscriber, door);
        former
    }

    pub fn holds_source(&self, source: SourceId, door: Door) -> bool {
        self.lock().sources.get(&source).is_some_and(|(held, _)| *held == door)
    }

    pub fn holds_subscriber(&self, subscriber: SubscriberId, door: Door) -> bool {
        self.lock().subscribers.get(&subscriber) == Some(&door)
    }

    /// Everything of one seat.
    pub fn of_seat(&self, door: Door) -> Vec<Closed> {
        let held = self.lock();
        let sources = held.sources.iter().filter(|(_, (now, _))| *now == door);
        let subscribers = held.subscribers.iter().filter(|(_, now)| **now == door);
        sources
            .map(|(source, _)| Closed::Source(*source))
            .chain(subscribers.map(|(subscriber, _)| Closed::Subscriber(*subscriber)))
            .collect()
    }

    /// The media plane has seen a connection end.
    pub fn note(&self, sight: &Sight) {
        match sight {
            Sight::SourceClosed { source } => {
                self.lock().sources.remove(source);
            }
            Sight::SubscriberClosed { subscriber } => {
                self.lock().subscribers.remove(subscriber);
            }
            _ => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        // Each change is one insertion or removal: whatever panicked left the tables whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
