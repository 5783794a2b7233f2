//! One thread of the media plane: it owns the sockets and drives a `Plane`. It waits for packets, orders and the plane's
//! next deadline, and for nothing else; what it sees and copies goes out through queues that never make it wait.

use super::{
    Taps,
    doors::Doors,
    figures,
    socket::{Burst, Sockets},
    tunnel::{Inbound, Tunnels},
};
use crate::{
    clock::Clock,
    room::{Report, Reports},
};
use mio::{Events, Poll, Token, Waker};
use rostrum_domain::{
    id::{EventId, SourceId, SubscriberId},
    media::{Plan, Sight, TapCodec},
};
use rostrum_media::{Egress, Ingest, Plane, PlaneConfig, SlotWish, Transmit};
use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

const WAKE: Token = Token(0);
/// The sockets, IPv4 first.
const SOCKETS: [Token; 2] = [Token(1), Token(2)];
/// Batches of datagrams taken before orders and timers get their turn. Higher: fewer turns under load; lower: plans act sooner.
const BATCHES: usize = 8;
/// Datagrams of tunnelled peers taken before orders and timers get their turn.
const TUNNELLED: usize = 256;
/// How often counts are published.
const COUNT: Duration = Duration::from_secs(1);

/// What the rest of the process wants of the thread. Orders are never dropped; there are few of them.
pub enum Order {
    AddIngest(EventId, Box<Ingest>),
    AddEgress(EventId, Box<Egress>),
    RemoveSource(SourceId),
    RemoveSubscriber(SubscriberId),
    SetPlan(EventId, Box<Plan>),
    SetView(SubscriberId, Vec<SlotWish>),
    CloseRoom(EventId),
    Stop,
}

/// What the thread needs of the process.
pub struct World {
    pub clock: Arc<dyn Clock>,
    pub reports: Reports,
    pub taps: Taps,
    pub doors: Arc<Doors>,
}

/// The thread, from outside.
pub struct Shard {
    pub addresses: Vec<SocketAddr>,
    /// Those of them at which TCP is taken too.
    pub by_tcp: Vec<SocketAddr>,
    pub tunnels: Arc<Tunnels>,
    orders: Sender<Order>,
    waker: Arc<Waker>,
}

impl Shard {
    pub fn start(
        number: usize,
        mut sockets: Sockets,
        addresses: Vec<SocketAddr>,
        by_tcp: Vec<SocketAddr>,
        world: World,
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKE)?);
        let (tunnels, tunnelled) = Tunnels::new(waker.clone());
        sockets.register(poll.registry(), SOCKETS)?;
        let (orders, inbox) = channel();
        let plane = Plane::new(PlaneConfig::default());
        let thread = Thread {
            number,
            poll,
            sockets,
            plane,
            inbox,
            tunnels: tunnels.clone(),
            tunnelled,
            world,
            outgoing: Vec::new(),
            work: Work::default(),
        };
        thread::Builder::new()
            .name(format!("media-{number}"))
            .spawn(move || thread.run())?;
        Ok(Self {
            addresses,
            by_tcp,
            tunnels,
            orders,
            waker,
        })
    }

    /// Has no effect on a thread that has stopped.
    pub fn order(&self, order: Order) {
        if self.orders.send(order).is_ok()
            && let Err(error) = self.waker.wake()
        {
            tracing::error!(%error, "a media thread could not be woken");
        }
    }
}

struct Thread {
    number: usize,
    poll: Poll,
    sockets: Sockets,
    plane: Plane,
    inbox: Receiver<Order>,
    tunnels: Arc<Tunnels>,
    tunnelled: Receiver<Inbound>,
    world: World,
    /// Emptied after each use; kept to save allocations.
    outgoing: Vec<Transmit>,
    work: Work,
}

/// What was done since it was last told.
#[derive(Default)]
struct Work {
    received: u64,
    sent: u64,
    /// Transmits that the kernel or a tunnel did not take.
    dropped: u64,
    receive: Duration,
    plane: Duration,
    timers: Duration,
    send: Duration,
}

impl Thread {
    fn run(mut self) {
        let mut events = Events::with_capacity(16);
        let mut burst = Burst::default();
        let mut more = false;
        let mut counted = Instant::now();
        loop {
            let patience = if more {
                Duration::ZERO
            } else {
                let next = self.plane.next_deadline();
                next.map_or(COUNT, |at| at.saturating_duration_since(Instant::now()))
                    .min(COUNT)
            };
            if let Err(error) = self.poll.poll(&mut events, Some(patience))
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "a media thread cannot wait and stops");
                return;
            }
            for event in &events {
                if SOCKETS.contains(&event.token()) {
                    self.sockets.readable(event.token() == SOCKETS[1]);
                }
            }
            more = self.receive();
            more |= self.receive_tunnelled();
            let now = Instant::now();
            while let Ok(order) = self.inbox.try_recv() {
                if matches!(order, Order::Stop) {
                    return;
                }
                self.obey(now, order);
            }
            if self.plane.next_deadline().is_some_and(|at| at <= now) {
                self.plane.handle_timeout(now, self.world.clock.now());
            }
            self.work.timers += now.elapsed();
            self.drain(&mut burst);
            if counted.elapsed() >= COUNT {
                counted = now;
                self.count();
            }
        }
    }

    fn receive(&mut self) -> bool {
        let Self {
            sockets,
            plane,
            world,
            work,
            ..
        } = self;
        for _ in 0..BATCHES {
            let (now, wall) = (Instant::now(), world.clock.now());
            let mut in_plane = Duration::ZERO;
            let more = sockets.receive(|datagram| {
                let began = Instant::now();
                plane.handle_datagram(now, wall, datagram.from, datagram.local, datagram.data);
                in_plane += began.elapsed();
                work.received += 1;
            });
            work.receive += now.elapsed().saturating_sub(in_plane);
            work.plane += in_plane;
            if !more {
                return false;
            }
        }
        true
    }

    fn receive_tunnelled(&mut self) -> bool {
        self.tunnels.heard();
        for _ in 0..TUNNELLED {
            let Ok(datagram) = self.tunnelled.try_recv() else {
                return false;
            };
            let (now, wall) = (Instant::now(), self.world.clock.now());
            self.plane
                .handle_datagram(now, wall, datagram.from, datagram.local, &datagram.data);
        }
        true
    }

    fn obey(&mut self, now: Instant, order: Order) {
        let plane = &mut self.plane;
        match order {
            Order::AddIngest(event, ingest) => plane.add_ingest(now, event, *ingest),
            Order::AddEgress(event, egress) => plane.add_egress(now, event, *egress),
            Order::RemoveSource(source) => plane.remove_source(now, source),
            Order::RemoveSubscriber(subscriber) => plane.remove_subscriber(now, subscriber),
            Order::SetPlan(event, plan) => plane.set_plan(now, event, *plan),
            Order::SetView(subscriber, view) => plane.set_view(now, subscriber, &view),
            Order::CloseRoom(event) => plane.close_room(now, event),
            Order::Stop => {}
        }
    }

    fn drain(&mut self, burst: &mut Burst) {
        let began = Instant::now();
        while let Some(transmit) = self.plane.poll_transmit() {
            match self.tunnels.send(&transmit) {
                None => self.outgoing.push(transmit),
                Some(sent) => {
                    self.work.dropped += u64::from(!sent);
                    self.plane.recycle(transmit.contents);
                }
            }
        }
        self.work.dropped += self.sockets.send(burst, &self.outgoing);
        for transmit in self.outgoing.drain(..) {
            let size = transmit.segment_size.unwrap_or(transmit.contents.len()).max(1);
            self.work.sent += transmit.contents.len().div_ceil(size) as u64;
            self.plane.recycle(transmit.contents);
        }
        self.work.send += began.elapsed();
        while let Some((event, packet)) = self.plane.poll_tap() {
            if packet.codec == TapCodec::Opus {
                self.world.taps.captions.packet(&packet);
            }
            self.world.taps.recorder.packet(event, packet);
        }
        while let Some((event, sight)) = self.plane.poll_sight() {
            self.world.doors.note(&sight);
            if let Sight::SourceHealth { health, .. } = &sight {
                metrics::histogram!("rostrum_media_source_loss").record(f64::from(health.loss));
            }
            if let Sight::Links { links } = &sight {
                figures::links(links);
            }
            // The rooms are gone only when the process ends.
            let _ = self.world.reports.send((event, Report::Sight(sight)));
        }
    }

    fn count(&mut self) {
        let shard = self.number.to_string();
        let work = std::mem::take(&mut self.work);
        metrics::gauge!("rostrum_media_peers", "shard" => shard.clone()).set(self.plane.peers() as f64);
        metrics::counter!("rostrum_media_sends_dropped_total", "shard" => shard.clone()).increment(work.dropped);
        for (direction, count) in [("in", work.received), ("out", work.sent)] {
            metrics::counter!("rostrum_media_datagrams_total", "shard" => shard.clone(), "direction" => direction)
                .increment(count);
        }
        // By the clock on the wall: on a crowded machine it includes the time in which others had the core.
        for (stage, time) in [
            ("receive", work.receive),
            ("plane", work.plane),
            ("timers", work.timers),
            ("send", work.send),
        ] {
            let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
            metrics::counter!("rostrum_media_busy_nanoseconds_total", "shard" => shard.clone(), "stage" => stage)
                .increment(nanos);
        }
    }
}
