//! All rooms of one I/O thread: takes datagrams, plans and time, gives datagrams, sights and copies. Finds the peer a
//! datagram belongs to (by ICE user name first, by authenticated address then), moves packets along the routes, and
//! keeps everybody's timers.

mod clock;
mod forward;
mod peers;

use crate::{
    Egress, Ingest, PlaneConfig, SlotWish, Transmit,
    arena::Arena,
    egress, ingest,
    outbox::{Path, Pool},
    packet::MediaPacket,
    room::{
        Room,
        route::{route, route_again},
    },
    stun,
};
use rostrum_domain::{
    id::{EventId, SourceId, SubscriberId},
    media::{Plan, Sight, TapPacket},
    time::Timestamp,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, HashMap, VecDeque},
    net::{IpAddr, SocketAddr},
    time::Instant,
};

/// A peer in its place.
pub(crate) struct Seated<T> {
    pub room: EventId,
    pub peer: T,
    addresses: VecDeque<SocketAddr>,
    scheduled: Option<Instant>,
    touched: bool,
}

impl<T> Seated<T> {
    fn new(room: EventId, peer: T) -> Self {
        Self {
            room,
            peer,
            addresses: VecDeque::new(),
            scheduled: None,
            touched: false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum PeerRef {
    Ingest(usize),
    Egress(usize),
}

/// One I/O thread's share of the media plane.
pub struct Plane {
    config: PlaneConfig,
    rooms: BTreeMap<EventId, Room>,
    ingests: Arena<Seated<Ingest>>,
    egresses: Arena<Seated<Egress>>,
    sources: HashMap<SourceId, usize>,
    subscribers: HashMap<SubscriberId, usize>,
    by_name: HashMap<String, PeerRef>,
    by_address: HashMap<SocketAddr, PeerRef>,
    timers: BinaryHeap<Reverse<(Instant, PeerRef)>>,
    next_tick: Option<Instant>,
    next_track: u64,
    touched: VecDeque<PeerRef>,
    pool: Pool,
    ready: VecDeque<Transmit>,
    sights: VecDeque<(EventId, Sight)>,
    tapped: VecDeque<(EventId, TapPacket)>,
    /// Emptied after each use; kept to save allocations.
    packets: Vec<MediaPacket>,
    ingest_events: Vec<ingest::Event>,
    egress_events: Vec<egress::Event>,
    /// Subscribers whose packet waits for its turn.
    held: Vec<usize>,
}

impl Plane {
    pub fn new(config: PlaneConfig) -> Self {
        Self {
            config,
            rooms: BTreeMap::new(),
            ingests: Arena::new(),
            egresses: Arena::new(),
            sources: HashMap::new(),
            subscribers: HashMap::new(),
            by_name: HashMap::new(),
            by_address: HashMap::new(),
            timers: BinaryHeap::new(),
            next_tick: None,
            next_track: 0,
            touched: VecDeque::new(),
            pool: Pool::default(),
            ready: VecDeque::new(),
            sights: VecDeque::new(),
            tapped: VecDeque::new(),
            packets: Vec::new(),
            ingest_events: Vec::new(),
            egress_events: Vec::new(),
            held: Vec::new(),
        }
    }

    /// One received datagram. `local` is the address it was sent to, when the socket tells. Never fails: what is not
    /// authentic is dropped.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        wall: Timestamp,
        from: SocketAddr,
        local: Option<IpAddr>,
        data: &[u8],
    ) {
        let path = Path { remote: from, local };
        if let Some(name) = stun::addressee(data) {
            if let Some(&peer) = self.by_name.get(name) {
                self.handle_check(now, wall, peer, path, data);
            }
            return;
        }
        match self.by_address.get(&from) {
            Some(&PeerRef::Ingest(place)) => {
                if let Some(ingest) = self.ingests.get_mut(place) {
                    ingest.peer.handle_datagram(now, path, data);
                    self.settle_ingest(now, wall, place);
                }
            }
            Some(&PeerRef::Egress(place)) => {
                if let Some(egress) = self.egresses.get_mut(place) {
                    let (pool, events) = (&mut self.pool, &mut self.egress_events);
                    egress.peer.handle_datagram(now, data, pool, events);
                    self.settle_egress(now, place);
                }
            }
            None => {}
        }
    }

    /// From now on the room is served like this.
    pub fn set_plan(&mut self, now: Instant, room: EventId, plan: Plan) {
        self.rooms.entry(room).or_default().plan = plan;
        self.reroute(now, room);
    }

    /// What a viewer's slots are worth to it; slots not named keep their former wish.
    pub fn set_view(&mut self, now: Instant, subscriber: SubscriberId, view: &[SlotWish]) {
        let Some(egress) = self
            .subscribers
            .get(&subscriber)
            .and_then(|&place| self.egresses.get_mut(place))
        else {
            return;
        };
        for slot in &mut egress.peer.slots {
            if let Some(wish) = view.iter().find(|wish| wish.mid == slot.mid) {
                slot.height = wish.height;
                slot.pin = wish.pin;
            }
        }
        let room = egress.room;
        self.reroute(now, room);
    }

    /// Closes every peer of the room and forgets it.
    pub fn close_room(&mut self, now: Instant, room: EventId) {
        let Some(closing) = self.rooms.get(&room) else {
            return;
        };
        let subscribers: Vec<SubscriberId> = closing.subscribers.keys().copied().collect();
        for subscriber in subscribers {
            self.remove_subscriber(now, subscriber);
        }
        let of_room = |&place: &usize| self.ingests.get(place).is_some_and(|ingest| ingest.room == room);
        let mut sources: Vec<SourceId> = self
            .sources
            .iter()
            .filter(|(_, place)| of_room(place))
            .map(|(source, _)| *source)
            .collect();
        sources.sort();
        for source in sources {
            self.remove_source(now, source);
        }
        self.rooms.remove(&room);
    }

    /// Datagrams of one peer come together, so that equal-sized ones leave in one system call.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        loop {
            if let Some(transmit) = self.ready.pop_front() {
                return Some(transmit);
            }
            match self.touched.pop_front()? {
                PeerRef::Ingest(place) => {
                    if let Some(ingest) = self.ingests.get_mut(place) {
                        ingest.touched = false;
                        ingest.peer.outbox.drain_into(&mut self.ready);
                    }
                }
                PeerRef::Egress(place) => {
                    if let Some(egress) = self.egresses.get_mut(place) {
                        egress.touched = false;
                        egress.peer.outbox.drain_into(&mut self.ready);
                    }
                }
            }
        }
    }

    /// Gives the buffer of a sent [`Transmit`] back to the pool.
    pub fn recycle(&mut self, contents: Vec<u8>) {
        self.pool.give(contents);
    }

    pub fn poll_sight(&mut self) -> Option<(EventId, Sight)> {
        self.sights.pop_front()
    }

    /// Copies of what is tapped. Drain it after each batch; nothing is queued for sources that are not in `Plan::tapped`.
    pub fn poll_tap(&mut self) -> Option<(EventId, TapPacket)> {
        self.tapped.pop_front()
    }

    /// Publishers and subscribers now connected or connecting.
    pub fn peers(&self) -> usize {
        self.ingests.len() + self.egresses.len()
    }

    fn reroute(&mut self, now: Instant, id: EventId) {
        let Some(room) = self.rooms.get_mut(&id) else {
            return;
        };
        let sights = &mut self.sights;
        route(room, now, &mut self.ingests, &mut self.egresses, |sight| {
            sights.push_back((id, sight))
        });
        self.schedule_sources(now, id);
    }

    /// One viewer's network changed: what it is sent is chosen anew, all others stay as they are.
    fn reroute_subscriber(&mut self, now: Instant, id: EventId, subscriber: SubscriberId) {
        let Some(room) = self.rooms.get(&id) else {
            return;
        };
        if route_again(room, now, &mut self.ingests, &mut self.egresses, subscriber) {
            return self.reroute(now, id);
        }
        self.schedule_sources(now, id);
    }

    /// Key frames may have been asked for.
    fn schedule_sources(&mut self, now: Instant, id: EventId) {
        let places: Vec<usize> = self
            .rooms
            .get(&id)
            .map(|room| room.sources.values().copied().collect())
            .unwrap_or_default();
        for place in places {
            self.schedule(now, PeerRef::Ingest(place));
        }
    }
}
