//! One plane, webrtc-rs clients around it, a virtual network between them and a clock that is moved by hand. Nothing
//! waits and nothing is random: one seed is one run.

use crate::{
    client::{Client, Publisher, Viewer},
    network::{Network, Path},
};
use peak_alloc::PeakAlloc;
use rostrum_domain::{
    id::{EventId, SeatId, SourceId, SubscriberId},
    media::{Audience, Plan, Programme, Sight, SourceKind, TapPacket},
    time::Timestamp,
};
use rostrum_media::{Certificate, Plane, PlaneConfig, SlotWish, Subscriber, Terms, answer_whep, answer_whip};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const STEP: Duration = Duration::from_millis(1);
/// Of the tests that do not choose one.
const SEED: u64 = 0x2545_f491_4f6c_dd1d;

pub struct World {
    pub plane: Plane,
    /// Heap that calls of the plane took and did not give back. True only of a test that has the process for itself.
    pub plane_bytes: i64,
    pub now: Instant,
    start: Instant,
    pub server: SocketAddr,
    certificate: Certificate,
    pub network: Network,
    /// Changes offers on their way to the server.
    pub forge: fn(&str) -> String,
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
    pub fn new() -> Self {
        Self::seeded(SEED)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "an Instant has no other constructor; only differences matter"
    )]
    pub fn seeded(seed: u64) -> Self {
        let now = Instant::now();
        let server = "10.0.0.1:3478".parse().unwrap();
        Self {
            plane: Plane::new(PlaneConfig::default()),
            plane_bytes: 0,
            now,
            start: now,
            server,
            certificate: Certificate::generate().unwrap(),
            network: Network::new(server, seed),
            forge: str::to_owned,
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
        let before = ALLOCATOR.current_usage() as i64;
        let (egress, answer) = answer_whep(&(self.forge)(&viewer.client.offer), ids, &terms).unwrap();
        self.plane_bytes += ALLOCATOR.current_usage() as i64 - before - answer.capacity() as i64;
        viewer.learn_slots(&answer);
        viewer.client.accept(&answer, self.now);
        let now = self.now;
        self.weighed(|plane| plane.add_egress(now, room, egress));
        self.viewers.push(viewer);
        self.viewers.len() - 1
    }

    /// The viewer's first slot for pictures is worth this height to it.
    pub fn want(&mut self, viewer: usize, height: u16) {
        let Viewer { id, slots, .. } = &self.viewers[viewer];
        let wish = SlotWish {
            mid: slots[0].mid.clone(),
            height,
            pin: None,
        };
        self.plane.set_view(self.now, *id, &[wish]);
        self.collect();
    }

    /// The two links of a viewer.
    pub fn link_of(&mut self, viewer: usize) -> &mut Path {
        self.network.path(self.viewers[viewer].client.address)
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

    fn weighed<T>(&mut self, work: impl FnOnce(&mut Plane) -> T) -> T {
        let before = ALLOCATOR.current_usage() as i64;
        let result = work(&mut self.plane);
        self.plane_bytes += ALLOCATOR.current_usage() as i64 - before;
        result
    }

    fn step(&mut self) {
        while let Some(datagram) = self.network.land(self.now) {
            if datagram.to == self.server {
                let (now, wall) = (self.now, self.wall());
                self.weighed(|plane| plane.handle_datagram(now, wall, datagram.from, None, &datagram.data));
            } else if let Some(client) = self.client_at(datagram.to) {
                client.receive(datagram.arrives, datagram.from, &datagram.data);
            }
        }
        if self.plane.next_deadline().is_some_and(|deadline| deadline <= self.now) {
            let (now, wall) = (self.now, self.wall());
            self.weighed(|plane| plane.handle_timeout(now, wall));
        }
        let mut sent = Vec::new();
        for publisher in &mut self.publishers {
            publisher.step(self.now);
            sent.append(&mut publisher.client.drain(self.now));
        }
        for viewer in &mut self.viewers {
            viewer.round_trip = self.network.path(viewer.client.address).round_trip();
            viewer.step(self.now);
            sent.append(&mut viewer.client.drain(self.now));
        }
        for (from, to, data) in sent {
            self.network.launch(self.now, from, to, data);
        }
        self.collect();
    }

    /// Takes everything out of the plane.
    pub fn collect(&mut self) {
        while let Some(transmit) = self.weighed(Plane::poll_transmit) {
            let size = transmit.segment_size.unwrap_or(transmit.contents.len());
            for datagram in transmit.contents.chunks(size) {
                self.network
                    .launch(self.now, self.server, transmit.destination, datagram.to_vec());
            }
            self.weighed(|plane| plane.recycle(transmit.contents));
        }
        while let Some(sight) = self.plane.poll_sight() {
            self.sights.push(sight);
        }
        while let Some(tap) = self.plane.poll_tap() {
            self.taps.push(tap);
        }
    }

    fn client_at(&mut self, address: SocketAddr) -> Option<&mut Client> {
        let publishers = self.publishers.iter_mut().map(|publisher| &mut publisher.client);
        let viewers = self.viewers.iter_mut().map(|viewer| &mut viewer.client);
        publishers.chain(viewers).find(|client| client.address == address)
    }

    /// One room with one viewer and `publishers` on its stage, everybody connected.
    pub fn briefing(publishers: usize, layers: usize, video: usize, audio: usize) -> (Self, EventId, Vec<SourceId>) {
        Self::briefing_seeded(SEED, publishers, layers, video, audio)
    }

    pub fn briefing_seeded(
        seed: u64,
        publishers: usize,
        layers: usize,
        video: usize,
        audio: usize,
    ) -> (Self, EventId, Vec<SourceId>) {
        let mut world = Self::seeded(seed);
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
