//! A virtual network: one plane, webrtc-rs clients around it, links that delay and lose by a seed, and a clock that is
//! moved by hand. Nothing waits and nothing is random: one seed is one run.

use crate::client::{Client, Publisher, Viewer};
use rostrum_domain::{
    id::{EventId, SeatId, SourceId, SubscriberId},
    media::{Audience, Plan, Programme, Sight, SourceKind, TapPacket},
    time::Timestamp,
};
use rostrum_media::{Certificate, Plane, PlaneConfig, Subscriber, Terms, answer_whep, answer_whip};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    time::{Duration, Instant},
};

const STEP: Duration = Duration::from_millis(1);
const DELAY: Duration = Duration::from_millis(10);

struct Flying {
    arrives: Instant,
    from: SocketAddr,
    to: SocketAddr,
    data: Vec<u8>,
}

pub struct World {
    pub plane: Plane,
    pub now: Instant,
    start: Instant,
    pub server: SocketAddr,
    certificate: Certificate,
    flying: VecDeque<Flying>,
    /// Lost of 1000 datagrams of media, each way.
    pub loss: u64,
    /// Datagrams from this client are lost altogether.
    pub cut: Option<SocketAddr>,
    /// Changes offers on their way to the server.
    pub forge: fn(&str) -> String,
    dice: u64,
    next_id: u32,
    pub publishers: Vec<Publisher>,
    pub viewers: Vec<Viewer>,
    pub sights: Vec<(EventId, Sight)>,
    pub taps: Vec<(EventId, TapPacket)>,
}

pub fn event(number: u32) -> EventId {
    id(0xe000 + number)
}

pub fn seat(number: u32) -> SeatId {
    id(0x5000 + number)
}

fn id<T: std::str::FromStr>(number: u32) -> T
where
    T::Err: std::fmt::Debug,
{
    format!("00000000-0000-7000-8000-{number:012x}").parse().unwrap()
}

impl World {
    #[expect(
        clippy::disallowed_methods,
        reason = "an Instant has no other constructor; only differences matter"
    )]
    pub fn new() -> Self {
        let now = Instant::now();
        Self {
            plane: Plane::new(PlaneConfig::default()),
            now,
            start: now,
            server: "10.0.0.1:3478".parse().unwrap(),
            certificate: Certificate::generate().unwrap(),
            flying: VecDeque::new(),
            loss: 0,
            cut: None,
            forge: str::to_owned,
            dice: 0x2545_f491_4f6c_dd1d,
            next_id: 1,
            publishers: Vec::new(),
            viewers: Vec::new(),
            sights: Vec::new(),
            taps: Vec::new(),
        }
    }

    pub fn wall(&self) -> Timestamp {
        Timestamp::from_micros(1_700_000_000_000_000).saturating_add(self.now - self.start)
    }

    pub fn terms<'a>(certificate: &'a Certificate, addresses: &'a [SocketAddr], now: Instant, seed: u32) -> Terms<'a> {
        let mut random = [7; 32];
        random[..4].copy_from_slice(&seed.to_be_bytes());
        Terms {
            certificate,
            addresses,
            now,
            random,
        }
    }

    fn fresh(&mut self) -> (u32, SocketAddr) {
        self.next_id += 1;
        let number = self.next_id;
        (number, format!("10.0.1.{number}:5000").parse().unwrap())
    }

    /// Publishes sound and picture; `layers` is 1, or 3 for simulcast.
    pub fn publish(&mut self, room: EventId, seat: SeatId, layers: usize) -> usize {
        let (number, address) = self.fresh();
        let mut publisher = Publisher::new(address, number as u8, layers, self.now);
        let ids = rostrum_media::Publisher {
            source: id(number),
            seat,
            kind: SourceKind::Camera,
        };
        let addresses = [self.server];
        let terms = Self::terms(&self.certificate, &addresses, self.now, number);
        let (ingest, answer) = answer_whip(&(self.forge)(&publisher.client.offer), ids, &terms).unwrap();
        publisher.client.accept(&answer, self.now);
        publisher.source = ids.source;
        self.plane.add_ingest(self.now, room, ingest);
        self.publishers.push(publisher);
        self.publishers.len() - 1
    }

    pub fn source(&self, publisher: usize) -> SourceId {
        self.publishers[publisher].source
    }

    /// Watches with this many slots for pictures and for voices.
    pub fn watch(&mut self, room: EventId, seat: SeatId, video: usize, audio: usize) -> usize {
        let (number, address) = self.fresh();
        let mut viewer = Viewer::new(address, video, audio, self.now);
        viewer.id = id::<SubscriberId>(number);
        let ids = Subscriber { id: viewer.id, seat };
        let addresses = [self.server];
        let terms = Self::terms(&self.certificate, &addresses, self.now, number);
        let (egress, answer) = answer_whep(&(self.forge)(&viewer.client.offer), ids, &terms).unwrap();
        viewer.learn_slots(&answer);
        viewer.client.accept(&answer, self.now);
        self.plane.add_egress(self.now, room, egress);
        self.viewers.push(viewer);
        self.viewers.len() - 1
    }

    /// Everybody in `seats` sees and hears `sources`; `tapped` of them are recorded.
    pub fn plan(
        &mut self,
        room: EventId,
        seats: &[SeatId],
        sources: &[SourceId],
        tapped: &[SourceId],
        muted: &[SourceId],
    ) {
        let programme = Programme {
            video: sources.to_vec(),
            audio: sources.to_vec(),
        };
        let plan = Plan {
            programmes: [(Audience::Floor, programme)].into(),
            audiences: seats.iter().map(|seat| (*seat, Audience::Floor)).collect(),
            tapped: tapped.to_vec(),
            muted: muted.to_vec(),
        };
        self.plane.set_plan(self.now, room, plan);
        self.collect();
    }

    pub fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += STEP;
            self.step();
        }
    }

    /// Runs until `reached`, at most ten seconds.
    #[track_caller]
    pub fn run_until(&mut self, what: &str, reached: impl Fn(&Self) -> bool) -> Duration {
        let begin = self.now;
        while !reached(self) {
            assert!(self.now - begin < Duration::from_secs(10), "never: {what}");
            self.now += STEP;
            self.step();
        }
        self.now - begin
    }

    fn step(&mut self) {
        while self.flying.front().is_some_and(|datagram| datagram.arrives <= self.now) {
            let Some(datagram) = self.flying.pop_front() else { break };
            if datagram.to == self.server {
                let wall = self.wall();
                self.plane
                    .handle_datagram(self.now, wall, datagram.from, None, &datagram.data);
            } else if let Some(client) = self.client_at(datagram.to) {
                client.receive(datagram.from, &datagram.data);
            }
        }
        if self.plane.next_deadline().is_some_and(|deadline| deadline <= self.now) {
            self.plane.handle_timeout(self.now, self.wall());
        }
        let mut sent = Vec::new();
        for publisher in &mut self.publishers {
            publisher.step(self.now);
            sent.append(&mut publisher.client.drain(self.now));
        }
        for viewer in &mut self.viewers {
            viewer.step(self.now);
            sent.append(&mut viewer.client.drain(self.now));
        }
        for (from, to, data) in sent {
            self.launch(from, to, data);
        }
        self.collect();
    }

    /// Takes everything out of the plane.
    pub fn collect(&mut self) {
        while let Some(transmit) = self.plane.poll_transmit() {
            let size = transmit.segment_size.unwrap_or(transmit.contents.len());
            for datagram in transmit.contents.chunks(size) {
                self.launch(self.server, transmit.destination, datagram.to_vec());
            }
            self.plane.recycle(transmit.contents);
        }
        while let Some(sight) = self.plane.poll_sight() {
            self.sights.push(sight);
        }
        while let Some(tap) = self.plane.poll_tap() {
            self.taps.push(tap);
        }
    }

    fn launch(&mut self, from: SocketAddr, to: SocketAddr, data: Vec<u8>) {
        let media = data.first().is_some_and(|first| (128..192).contains(first));
        if media && self.roll() % 1000 < self.loss || self.cut == Some(from) {
            return;
        }
        self.flying.push_back(Flying {
            arrives: self.now + DELAY,
            from,
            to,
            data,
        });
    }

    /// SplitMix64.
    fn roll(&mut self) -> u64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.dice;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn client_at(&mut self, address: SocketAddr) -> Option<&mut Client> {
        let publishers = self.publishers.iter_mut().map(|publisher| &mut publisher.client);
        let viewers = self.viewers.iter_mut().map(|viewer| &mut viewer.client);
        publishers.chain(viewers).find(|client| client.address == address)
    }

    /// One room with one viewer and `publishers` on its stage, everybody connected.
    pub fn briefing(publishers: usize, layers: usize, video: usize, audio: usize) -> (Self, EventId, Vec<SourceId>) {
        let mut world = Self::new();
        let room = event(1);
        for number in 0..publishers {
            world.publish(room, seat(number as u32 + 1), layers);
        }
        world.watch(room, seat(100), video, audio);
        let sources: Vec<SourceId> = (0..publishers).map(|number| world.source(number)).collect();
        world.plan(room, &[seat(100)], &sources, &[], &[]);
        world.run_until("everybody is connected", |world| {
            let opened = |sight: &&(EventId, Sight)| {
                matches!(sight.1, Sight::SourceOpened { .. } | Sight::SubscriberConnected { .. })
            };
            world.sights.iter().filter(opened).count() == publishers + 1
        });
        (world, room, sources)
    }
}
