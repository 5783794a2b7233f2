//! When each recent packet was sent, by its transport-wide number: eight bytes each in a ring.

use std::time::Duration;

/// Packets remembered: more than a second of 4 Mbit/s. More covers longer round trips, fewer saves memory (8 bytes each).
const LENGTH: usize = 512;
const TICK_US: u64 = 10;

/// Time since the first packet in ticks of 10 µs; wraps after half a day, which only the half day's packet notices.
pub(super) fn ticks(since: Duration) -> u32 {
    (since.as_micros() as u64 / TICK_US) as u32
}

#[derive(Clone, Copy, Default)]
pub(super) struct Packet {
    at: u32,
    bytes: u16,
    /// The bits of the number that its place in the ring does not tell.
    generation: u8,
    state: u8,
}

const FLYING: u8 = 1;
const MISSING: u8 = 2;
const ARRIVED: u8 = 3;
const STATE: u8 = 3;
const CLUSTER: u8 = 4;

impl Packet {
    pub fn sent_us(self) -> i64 {
        i64::from(self.at) * TICK_US as i64
    }

    pub fn bytes(self) -> u32 {
        u32::from(self.bytes)
    }

    pub fn in_cluster(self) -> bool {
        self.state & CLUSTER != 0
    }
}

/// Allocated with the first packet: an idle subscriber has none.
#[derive(Default)]
pub(super) struct Sent(Vec<Packet>);

impl Sent {
    pub fn note(&mut self, number: u16, at: u32, bytes: usize, cluster: bool) {
        if self.0.is_empty() {
            self.0.resize(LENGTH, Packet::default());
        }
        self.0[usize::from(number) % LENGTH] = Packet {
            at,
            bytes: bytes as u16,
            generation: generation(number),
            state: FLYING | if cluster { CLUSTER } else { 0 },
        };
    }

    /// Once for each packet that arrived, also when it was reported missing before.
    pub fn arrived(&mut self, number: u16) -> Option<Packet> {
        let packet = self.find(number)?;
        if packet.state & STATE == ARRIVED {
            return None;
        }
        packet.state = packet.state & CLUSTER | ARRIVED;
        Some(*packet)
    }

    /// Once for each packet that had not arrived when the receiver told; whether it belonged to a probe.
    pub fn missing(&mut self, number: u16) -> Option<bool> {
        let packet = self.find(number)?;
        if packet.state & STATE != FLYING {
            return None;
        }
        packet.state = packet.state & CLUSTER | MISSING;
        Some(packet.in_cluster())
    }

    pub fn knows(&mut self, number: u16) -> bool {
        self.find(number).is_some()
    }

    fn find(&mut self, number: u16) -> Option<&mut Packet> {
        let packet = self.0.get_mut(usize::from(number) % LENGTH)?;
        (packet.state != 0 && packet.generation == generation(number)).then_some(packet)
    }
}

fn generation(number: u16) -> u8 {
    (number >> LENGTH.ilog2()) as u8
}
