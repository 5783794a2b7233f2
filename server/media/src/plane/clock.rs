//! Time: a timer per peer, and a tick for the rooms.

use super::{PeerRef, Plane, Seated};
use crate::{Egress, Ingest, arena::Arena};
use rostrum_domain::{
    id::{EventId, SourceId},
    media::Sight,
    time::Timestamp,
};
use std::{
    cmp::Reverse,
    collections::HashMap,
    time::{Duration, Instant},
};

/// Loudness and, once a second, layers, health and budgets are looked at this often.
const TICK: Duration = Duration::from_millis(100);
const SECOND: Duration = Duration::from_secs(1);
/// A peer that is due at once waits so long, and the others get their turn.
const SOON: Duration = Duration::from_millis(1);

impl Plane {
    /// Call when [`Self::next_deadline`] has passed; harmless at any other time.
    pub fn handle_timeout(&mut self, now: Instant, wall: Timestamp) {
        while let Some(&Reverse((at, peer))) = self.timers.peek() {
            if at > now {
                break;
            }
            self.timers.pop();
            match peer {
                PeerRef::Ingest(place) => {
                    if let Some(ingest) = self.ingests.get_mut(place)
                        && ingest.scheduled == Some(at)
                    {
                        ingest.scheduled = None;
                        ingest.peer.handle_timeout(now, &mut self.ingest_events);
                        self.settle_ingest(now, wall, place);
                    }
                }
                PeerRef::Egress(place) => {
                    if let Some(egress) = self.egresses.get_mut(place)
                        && egress.scheduled == Some(at)
                    {
                        egress.scheduled = None;
                        let (pool, events) = (&mut self.pool, &mut self.egress_events);
                        egress.peer.handle_timeout(now, wall, pool, events);
                        self.settle_egress(now, place);
                    }
                }
            }
        }
        if self.next_tick.is_some_and(|at| at <= now) {
            self.next_tick = (self.peers() > 0).then_some(now + TICK);
            self.tick(now);
        }
    }

    pub fn next_deadline(&self) -> Option<Instant> {
        let timer = self.timers.peek().map(|Reverse((at, _))| *at);
        [timer, self.next_tick].into_iter().flatten().min()
    }

    pub(super) fn start_ticking(&mut self, now: Instant) {
        self.next_tick.get_or_insert(now + TICK);
    }

    pub(super) fn tick(&mut self, now: Instant) {
        let rooms: Vec<EventId> = self.rooms.keys().copied().collect();
        for id in rooms {
            let Some(room) = self.rooms.get_mut(&id) else { continue };
            let levels: Vec<(SourceId, u8)> = room
                .floor_audio()
                .filter_map(|source| {
                    let ingest = self.ingests.get(*room.sources.get(&source)?)?;
                    Some((source, ingest.peer.loudness.at(now)))
                })
                .collect();
            if let Some(source) = room.speaker.hear(now, &levels) {
                self.sights.push_back((id, Sight::Speaking { source }));
            }
            let passed = room
                .last_second
                .map_or(SECOND, |last| now.saturating_duration_since(last));
            let mut changed = room.crowded;
            if passed >= SECOND {
                room.last_second = Some(now);
                changed = true;
                let mut links = Vec::with_capacity(room.sources.len() + room.subscribers.len());
                for (&source, &place) in &room.sources {
                    if let Some(ingest) = self.ingests.get_mut(place) {
                        let health = ingest.peer.health(now, passed);
                        links.push(ingest.peer.link(health));
                        self.sights.push_back((id, Sight::SourceHealth { source, health }));
                    }
                }
                for &place in room.subscribers.values() {
                    if let Some(egress) = self.egresses.get_mut(place) {
                        egress.peer.budget.decide(now);
                        if egress.peer.connected() {
                            let height = tallest(&egress.peer, &self.sources, &self.ingests);
                            links.push(egress.peer.link(now, passed, height));
                        }
                    }
                }
                if !links.is_empty() {
                    self.sights.push_back((id, Sight::Links { links }));
                }
            }
            if changed {
                self.reroute(now, id);
            }
        }
    }

    /// A timer per peer: an earlier deadline is pushed, a later one is found out when the old one fires.
    pub(super) fn schedule(&mut self, now: Instant, peer: PeerRef) {
        let (scheduled, deadline) = match peer {
            PeerRef::Ingest(place) => {
                let Some(ingest) = self.ingests.get_mut(place) else {
                    return;
                };
                let deadline = ingest.peer.next_deadline();
                (&mut ingest.scheduled, deadline)
            }
            PeerRef::Egress(place) => {
                let Some(egress) = self.egresses.get_mut(place) else {
                    return;
                };
                let deadline = egress.peer.next_deadline();
                (&mut egress.scheduled, Some(deadline))
            }
        };
        if let Some(deadline) = deadline.map(|deadline| deadline.max(now + SOON))
            && scheduled.is_none_or(|scheduled| deadline < scheduled)
        {
            *scheduled = Some(deadline);
            self.timers.push(Reverse((deadline, peer)));
        }
    }
}

/// Height of the tallest picture that a subscriber is sent now.
fn tallest(egress: &Egress, sources: &HashMap<SourceId, usize>, ingests: &Arena<Seated<Ingest>>) -> Option<u16> {
    let shown = egress.slots.iter().filter(|slot| slot.video).filter_map(|slot| {
        let ingest = ingests.get(*sources.get(&slot.source?)?)?;
        ingest.peer.track(slot.stream.track()?)?.size
    });
    shown.map(|(_, height)| height).max()
}
