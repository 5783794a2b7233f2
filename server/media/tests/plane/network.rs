//! The virtual network between the plane and its clients: every datagram takes the link of its client, one way up and
//! one way down. One seed is one run. Watches what a wire-tap would see, and fails the test when the server ever uses
//! one SRTP number twice.

mod dice;
mod ledger;
mod link;

pub use dice::Dice;
pub use ledger::Stream;
pub use link::{Link, Loss};

use ledger::Ledger;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

/// A datagram on its way. Ordered by arrival, then by departure.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Flying {
    pub arrives: Instant,
    number: u64,
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub data: Vec<u8>,
}

/// Both ways of one client. Media and the rest have dice of their own, so that a repeated handshake changes no weather.
pub struct Path {
    pub up: Link,
    pub down: Link,
    dice: [Dice; 4],
}

impl Path {
    /// As long as nothing waits in a queue.
    pub fn round_trip(&self) -> Duration {
        self.up.delay + self.up.jitter + self.down.delay + self.down.jitter + Duration::from_millis(10)
    }
}

pub struct Network {
    server: SocketAddr,
    flying: BinaryHeap<Reverse<Flying>>,
    paths: BTreeMap<SocketAddr, Path>,
    usual: Link,
    seed: u64,
    launched: u64,
    ledger: Ledger,
    /// When set, everything that is sent and not lost is kept here.
    pub tape: Option<Vec<(SocketAddr, SocketAddr, Vec<u8>)>>,
}

impl Network {
    pub fn new(server: SocketAddr, seed: u64) -> Self {
        Self {
            server,
            flying: BinaryHeap::new(),
            paths: BTreeMap::new(),
            usual: Link::default(),
            seed,
            launched: 0,
            ledger: Ledger::default(),
            tape: None,
        }
    }

    /// The two links of one client.
    pub fn path(&mut self, client: SocketAddr) -> &mut Path {
        self.paths.entry(client).or_insert_with(|| {
            let IpAddr::V4(address) = client.ip() else {
                panic!("the network knows IPv4 only")
            };
            let mut dice = Dice::new(self.seed ^ u64::from(address.to_bits()) << 16 ^ u64::from(client.port()));
            Path {
                up: self.usual.clone(),
                down: self.usual.clone(),
                dice: std::array::from_fn(|_| Dice::new(dice.roll())),
            }
        })
    }

    /// Changes the links of everybody, also of those who come later.
    pub fn everywhere(&mut self, change: impl Fn(&mut Link)) {
        let paths = self.paths.values_mut();
        for link in paths
            .flat_map(|path| [&mut path.up, &mut path.down])
            .chain([&mut self.usual])
        {
            change(link);
        }
    }

    /// Loses this many of 1000 media datagrams, everywhere and both ways.
    pub fn lose(&mut self, per_mille: u64) {
        self.everywhere(|link| link.loss = Loss::Even { per_mille });
    }

    pub fn launch(&mut self, now: Instant, from: SocketAddr, to: SocketAddr, data: Vec<u8>) {
        let down = from == self.server;
        let path = self.path(if down { to } else { from });
        let link = if down { &mut path.down } else { &mut path.up };
        let dice = &mut path.dice[2 * usize::from(down) + usize::from(is_media(&data))];
        let arrives = link.carry(now, &data, dice);
        self.ledger.enter(from, to, &data, down, arrives.is_some());
        let Some(arrives) = arrives else { return };
        if let Some(tape) = &mut self.tape {
            tape.push((from, to, data.clone()));
        }
        self.launched += 1;
        self.flying.push(Reverse(Flying {
            arrives,
            number: self.launched,
            from,
            to,
            data,
        }));
    }

    /// The next datagram that has arrived.
    pub fn land(&mut self, now: Instant) -> Option<Flying> {
        if self.flying.peek()?.0.arrives > now {
            return None;
        }
        self.flying.pop().map(|Reverse(flying)| flying)
    }

    /// What was sent on one RTP stream.
    pub fn stream(&self, from: SocketAddr, to: SocketAddr, ssrc: u32) -> Stream {
        self.ledger.stream(from, to, ssrc)
    }

    /// What was sent on all streams: tells two runs apart.
    pub fn streams(&self) -> Vec<Stream> {
        self.ledger.streams()
    }
}

fn is_media(data: &[u8]) -> bool {
    data.first().is_some_and(|first| (128..192).contains(first))
}
