//! All rooms of one I/O thread: takes datagrams, plans and time, gives datagrams, sights and copies. Finds the peer a
//! datagram belongs to (by ICE user name first, by authenticated address then), moves packets along the routes, and
//! keeps everybody's timers.

use crate::{
    Egress, Ingest, PlaneConfig, SlotWish, Transmit,
    arena::Arena,
    egress, ingest,
    outbox::{Path, Pool},
    packet::MediaPacket,
    room::{Room, route::route},
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
    time::{Duration, Instant},
};

/// Loudness and, once a second, layers, health and budgets are looked at this often.
const TICK: Duration = Duration::from_millis(100);
const SECOND: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_millis(1);
/// Addresses a peer may be reached at; more than that is somebody playing.
const MAX_ADDRESSES: usize = 8;
/// Copies waiting for the recorder. More delays the loss when it stalls, fewer saves memory (1.3 kB each).
const MAX_TAPPED: usize = 8_192;

/// A peer in its place.
pub(crate) struct Placed<T> {
    pub room: EventId,
    pub peer: T,
    addresses: VecDeque<SocketAddr>,
    scheduled: Option<Instant>,
    touched: bool,
}

impl<T> Placed<T> {
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
    ingests: Arena<Placed<Ingest>>,
    egresses: Arena<Placed<Egress>>,
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

    fn handle_check(&mut self, now: Instant, wall: Timestamp, peer: PeerRef, path: Path, data: &[u8]) {
        let authentic = match peer {
            PeerRef::Ingest(place) => self
                .ingests
                .get_mut(place)
                .is_some_and(|ingest| ingest.peer.handle_check(now, path, data)),
            PeerRef::Egress(place) => self
                .egresses
                .get_mut(place)
                .is_some_and(|egress| egress.peer.handle_check(now, path, data, &mut self.pool)),
        };
        if !authentic {
            return;
        }
        self.remember(path.remote, peer);
        match peer {
            PeerRef::Ingest(place) => self.settle_ingest(now, wall, place),
            PeerRef::Egress(place) => self.settle_egress(now, place),
        }
    }

    /// From now on datagrams from this address are the peer's.
    fn remember(&mut self, address: SocketAddr, peer: PeerRef) {
        if self.by_address.insert(address, peer) == Some(peer) {
            return;
        }
        let addresses = match peer {
            PeerRef::Ingest(place) => self.ingests.get_mut(place).map(|placed| &mut placed.addresses),
            PeerRef::Egress(place) => self.egresses.get_mut(place).map(|placed| &mut placed.addresses),
        };
        let Some(addresses) = addresses else { return };
        addresses.push_back(address);
        if addresses.len() > MAX_ADDRESSES
            && let Some(oldest) = addresses.pop_front()
        {
            if self.by_address.get(&oldest) == Some(&peer) {
                self.by_address.remove(&oldest);
            }
            if let PeerRef::Ingest(place) = peer
                && let Some(ingest) = self.ingests.get_mut(place)
            {
                ingest.peer.forget_address(oldest);
            }
        }
    }

    /// Takes over a negotiated publisher.
    pub fn add_ingest(&mut self, now: Instant, room: EventId, ingest: Ingest) {
        let source = ingest.publisher.source;
        self.remove_source(now, source);
        if self.peers() >= self.config.max_peers {
            self.sights.push_back((room, Sight::SourceClosed { source }));
            return;
        }
        let name = ingest.credentials.local.clone();
        let place = self.ingests.insert(Placed::new(room, ingest));
        self.by_name.insert(name, PeerRef::Ingest(place));
        self.sources.insert(source, place);
        self.rooms.entry(room).or_default();
        self.start_ticking(now);
        self.schedule(now, PeerRef::Ingest(place));
    }

    /// Takes over a negotiated subscriber.
    pub fn add_egress(&mut self, now: Instant, room: EventId, egress: Egress) {
        let subscriber = egress.subscriber.id;
        self.remove_subscriber(now, subscriber);
        if self.peers() >= self.config.max_peers {
            self.sights.push_back((room, Sight::SubscriberClosed { subscriber }));
            return;
        }
        let name = egress.credentials.local.clone();
        let place = self.egresses.insert(Placed::new(room, egress));
        self.by_name.insert(name, PeerRef::Egress(place));
        self.subscribers.insert(subscriber, place);
        self.rooms
            .entry(room)
            .or_default()
            .subscribers
            .insert(subscriber, place);
        self.start_ticking(now);
        self.schedule(now, PeerRef::Egress(place));
        self.reroute(now, room);
    }

    /// Closes a publisher (WHIP DELETE, or the room took the stage away).
    pub fn remove_source(&mut self, now: Instant, source: SourceId) {
        let Some(place) = self.sources.remove(&source) else {
            return;
        };
        let Some(mut ingest) = self.ingests.remove(place) else {
            return;
        };
        ingest.peer.close(&mut self.pool);
        ingest.peer.outbox.drain_into(&mut self.ready);
        self.forget(
            &ingest.peer.credentials.local,
            &ingest.addresses,
            PeerRef::Ingest(place),
        );
        if let Some(room) = self.rooms.get_mut(&ingest.room) {
            room.sources.remove(&source);
        }
        self.sights.push_back((ingest.room, Sight::SourceClosed { source }));
        self.reroute(now, ingest.room);
    }

    /// Closes a subscriber (WHEP DELETE).
    pub fn remove_subscriber(&mut self, now: Instant, subscriber: SubscriberId) {
        let Some(place) = self.subscribers.remove(&subscriber) else {
            return;
        };
        let Some(mut egress) = self.egresses.remove(place) else {
            return;
        };
        egress.peer.close(now, &mut self.pool);
        egress.peer.outbox.drain_into(&mut self.ready);
        self.forget(
            &egress.peer.credentials.local,
            &egress.addresses,
            PeerRef::Egress(place),
        );
        if let Some(room) = self.rooms.get_mut(&egress.room) {
            room.subscribers.remove(&subscriber);
        }
        self.sights
            .push_back((egress.room, Sight::SubscriberClosed { subscriber }));
        self.reroute(now, egress.room);
    }

    fn forget(&mut self, name: &str, addresses: &VecDeque<SocketAddr>, peer: PeerRef) {
        self.by_name.remove(name);
        for address in addresses {
            if self.by_address.get(address) == Some(&peer) {
                self.by_address.remove(address);
            }
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

    fn start_ticking(&mut self, now: Instant) {
        self.next_tick.get_or_insert(now + TICK);
    }

    fn tick(&mut self, now: Instant) {
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
                for (&source, &place) in &room.sources {
                    if let Some(ingest) = self.ingests.get_mut(place) {
                        let health = ingest.peer.health(now, passed);
                        self.sights.push_back((id, Sight::SourceHealth { source, health }));
                    }
                }
                for &place in room.subscribers.values() {
                    if let Some(egress) = self.egresses.get_mut(place) {
                        egress.peer.budget.decide(now);
                    }
                }
            }
            if changed {
                self.reroute(now, id);
            }
        }
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

    /// After anything was fed to a publisher: hands on what came of it.
    fn settle_ingest(&mut self, now: Instant, wall: Timestamp, place: usize) {
        let Some(ingest) = self.ingests.get_mut(place) else {
            return;
        };
        let (room, source) = (ingest.room, ingest.peer.publisher.source);
        let mut packets = std::mem::take(&mut self.packets);
        let mut events = std::mem::take(&mut self.ingest_events);
        ingest
            .peer
            .drain(now, &mut self.pool, &mut self.next_track, &mut packets, &mut events);
        for event in events.drain(..) {
            self.handle_ingest_event(now, room, source, place, event);
        }
        for packet in packets.drain(..) {
            self.pass(wall, room, source, place, &packet);
        }
        self.packets = packets;
        self.ingest_events = events;
        self.touch(PeerRef::Ingest(place));
        self.schedule(now, PeerRef::Ingest(place));
    }

    fn handle_ingest_event(
        &mut self,
        now: Instant,
        room: EventId,
        source: SourceId,
        place: usize,
        event: ingest::Event,
    ) {
        match event {
            ingest::Event::Connected => {
                let Some(publisher) = self.ingests.get(place).map(|ingest| ingest.peer.publisher) else {
                    return;
                };
                self.rooms.entry(room).or_default().sources.insert(source, place);
                let opened = Sight::SourceOpened {
                    source,
                    seat: publisher.seat,
                    kind: publisher.kind,
                };
                self.sights.push_back((room, opened));
                self.reroute(now, room);
            }
            ingest::Event::Track => self.reroute(now, room),
            ingest::Event::Closed => self.remove_source(now, source),
        }
    }

    /// The hot path: one packet of a publisher to all who want it.
    fn pass(&mut self, wall: Timestamp, room: EventId, source: SourceId, place: usize, packet: &MediaPacket) {
        let Some(ingest) = self.ingests.get_mut(place) else {
            return;
        };
        let video = packet.codec.is_video();
        let routes = if video {
            &ingest.peer.video_routes
        } else {
            &ingest.peer.audio_routes
        };
        for route in routes {
            if let Some(egress) = self.egresses.get_mut(route.egress) {
                egress.peer.forward(route.slot, packet, &mut self.pool);
                if !egress.touched && !egress.peer.outbox.is_empty() {
                    egress.touched = true;
                    self.touched.push_back(PeerRef::Egress(route.egress));
                }
            }
        }
        let captured_at = ingest.peer.captured(packet, wall);
        let Some(room_state) = self.rooms.get_mut(&room) else {
            return;
        };
        if !video && room_state.plan.muted.contains(&source) {
            return;
        }
        if let Some(tap) = room_state.taps.get_mut(&source)
            && tap.takes(packet)
            && let Some(copy) = tap.copy(source, packet, captured_at)
        {
            if self.tapped.len() == MAX_TAPPED {
                self.tapped.pop_front();
            }
            self.tapped.push_back((room, copy));
        }
    }

    /// After anything was fed to a subscriber: does what it asked for.
    fn settle_egress(&mut self, now: Instant, place: usize) {
        let mut events = std::mem::take(&mut self.egress_events);
        for event in events.drain(..) {
            self.handle_egress_event(now, place, event);
        }
        self.egress_events = events;
        self.touch(PeerRef::Egress(place));
        self.schedule(now, PeerRef::Egress(place));
    }

    fn handle_egress_event(&mut self, now: Instant, place: usize, event: egress::Event) {
        let Some(egress) = self.egresses.get_mut(place) else {
            return;
        };
        let (room, subscriber) = (egress.room, egress.peer.subscriber);
        match event {
            egress::Event::Connected => {
                let connected = Sight::SubscriberConnected {
                    subscriber: subscriber.id,
                    seat: subscriber.seat,
                };
                self.sights.push_back((room, connected));
                self.reroute(now, room);
            }
            egress::Event::Closed => self.remove_subscriber(now, subscriber.id),
            egress::Event::KeyFrame { slot } => {
                let Some(slot) = egress.peer.slots.get(slot) else {
                    return;
                };
                let track = slot.stream.track().or(slot.wanted);
                let source = slot.source.and_then(|source| self.sources.get(&source));
                if let (Some(track), Some(ingest)) = (track, source.and_then(|&place| self.ingests.get_mut(place))) {
                    ingest.peer.keyframes.want(now, track);
                    let place = source.copied().unwrap_or_default();
                    self.schedule(now, PeerRef::Ingest(place));
                }
            }
            egress::Event::Nack { slot, wire } => {
                let Some(sent) = egress.peer.asked_again(slot, wire) else {
                    return;
                };
                let sources = self.rooms.get(&room).into_iter().flat_map(|room| room.sources.values());
                let packet = sources
                    .filter_map(|&place| self.ingests.get(place)?.peer.track(sent.track))
                    .find_map(|track| track.history.get(sent.sequence));
                if let Some(packet) = packet {
                    egress.peer.resend(slot, sent, packet, &mut self.pool);
                }
            }
        }
    }

    fn reroute(&mut self, now: Instant, id: EventId) {
        let Some(room) = self.rooms.get_mut(&id) else {
            return;
        };
        let sights = &mut self.sights;
        route(room, now, &mut self.ingests, &mut self.egresses, |sight| {
            sights.push_back((id, sight))
        });
        let places: Vec<usize> = room.sources.values().copied().collect();
        for place in places {
            self.schedule(now, PeerRef::Ingest(place));
        }
    }

    fn touch(&mut self, peer: PeerRef) {
        let touched = match peer {
            PeerRef::Ingest(place) => self
                .ingests
                .get_mut(place)
                .filter(|ingest| !ingest.peer.outbox.is_empty())
                .map(|ingest| &mut ingest.touched),
            PeerRef::Egress(place) => self
                .egresses
                .get_mut(place)
                .filter(|egress| !egress.peer.outbox.is_empty())
                .map(|egress| &mut egress.touched),
        };
        if let Some(touched) = touched
            && !*touched
        {
            *touched = true;
            self.touched.push_back(peer);
        }
    }

    /// A timer per peer: an earlier deadline is pushed, a later one is found out when the old one fires.
    fn schedule(&mut self, now: Instant, peer: PeerRef) {
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
        // Never in the past: a peer that is due at once must not keep the others from their turn.
        if let Some(deadline) = deadline.map(|deadline| deadline.max(now + SOON))
            && scheduled.is_none_or(|scheduled| deadline < scheduled)
        {
            *scheduled = Some(deadline);
            self.timers.push(Reverse((deadline, peer)));
        }
    }
}
