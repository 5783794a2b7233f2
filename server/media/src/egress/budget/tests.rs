//! A link with a width, a queue and a delay; a publisher with three layers; a viewer that is sent the best that fits.

use super::*;
use crate::testing::origin;
use std::collections::VecDeque;

const LAYERS: [u32; 3] = [160_000, 600_000, 1_700_000];
const SOUND: u32 = 45_000;
const DELAY: u64 = 20_000;
/// A home router's: half a second of 1 Mbit/s.
const QUEUE_BYTES: u64 = 64_000;

struct Link {
    bits: u64,
    /// Lost of 1000, at random.
    loss: u64,
    busy_until: u64,
    dice: u64,
}

impl Link {
    /// When the packet arrives, in µs, if it does.
    fn carry(&mut self, now: u64, bytes: u64) -> Option<u64> {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let start = self.busy_until.max(now);
        if (start - now) * self.bits / 8_000_000 > QUEUE_BYTES {
            return None;
        }
        self.busy_until = start + bytes * 8_000_000 / self.bits;
        (self.dice >> 33 & 1023 >= self.loss * 1024 / 1000).then_some(self.busy_until + DELAY)
    }
}

struct World {
    budget: Budget,
    link: Link,
    start: Instant,
    us: u64,
    number: u16,
    /// (number, arrival) in the order of sending.
    flying: VecDeque<(u16, Option<u64>)>,
    layer: Option<usize>,
    /// A viewer that does not negotiate transport-wide feedback.
    silent: bool,
    sent: u64,
    probed: u64,
    /// Longest time spent in the link's queue, in ms, since it was last looked at.
    queue: u64,
    history: Vec<(u64, Option<usize>)>,
}

impl World {
    fn new(bits: u64) -> Self {
        Self {
            budget: Budget::default(),
            link: Link {
                bits,
                loss: 0,
                busy_until: 0,
                dice: 7,
            },
            start: origin(),
            us: 0,
            number: 65_000,
            flying: VecDeque::new(),
            layer: Some(2),
            silent: false,
            sent: 0,
            probed: 0,
            queue: 0,
            history: Vec::new(),
        }
    }

    fn now(&self) -> Instant {
        self.start + Duration::from_micros(self.us)
    }

    fn send(&mut self, bytes: u64) {
        let now = self.now();
        self.number = self.number.wrapping_add(1);
        self.budget
            .sent(now, (!self.silent).then_some(self.number), bytes as usize);
        self.sent += bytes;
        self.queue = self.queue.max(self.link.busy_until.saturating_sub(self.us) / 1000);
        let arrival = self.link.carry(self.us, bytes);
        self.flying.push_back((self.number, arrival));
    }

    fn run(&mut self, millis: u64) {
        for _ in 0..millis {
            self.us += 1_000;
            let ms = self.us / 1_000;
            if ms.is_multiple_of(20) {
                self.send(u64::from(SOUND) / 8 / 50);
            }
            if let (0, Some(layer)) = (ms % 40, self.layer) {
                let mut left = u64::from(LAYERS[layer]) / 8 / 25;
                while left > 0 {
                    let bytes = left.min(1_100);
                    self.send(bytes);
                    left -= bytes;
                }
            }
            if let Some(bytes) = self.budget.step(self.now()) {
                for _ in 0..bytes.div_ceil(1_000) {
                    self.probed += 1_000;
                    self.send(1_000);
                }
            }
            if ms.is_multiple_of(100) && !self.silent {
                self.feed_back();
            }
            if ms.is_multiple_of(1000) {
                self.budget.decide(self.now());
            }
            if self.budget.stale() {
                self.allocate();
            }
        }
    }

    fn allocate(&mut self) {
        let limit = self.budget.limit().unwrap_or(u32::MAX);
        self.layer = (0..3).rev().find(|&layer| LAYERS[layer] + SOUND <= limit);
        let spent = SOUND + self.layer.map_or(0, |layer| LAYERS[layer]);
        let next = match self.layer {
            None => LAYERS[0] + SOUND,
            Some(2) => u32::MAX,
            Some(layer) => LAYERS[layer + 1] + SOUND,
        };
        self.budget.allocate(Allocated {
            spent,
            next,
            need: LAYERS[2] + SOUND,
            least: LAYERS[0] + SOUND,
        });
        self.history.push((self.us / 1000, self.layer));
    }

    /// What a browser sends: all numbers from the first not yet told to the newest that arrived.
    fn feed_back(&mut self) {
        let us = self.us;
        let arrived = |arrival: Option<u64>| arrival.filter(|at| *at <= us);
        let Some(last) = self.flying.iter().rposition(|(_, at)| arrived(*at).is_some()) else {
            return;
        };
        let told: Vec<(u16, Option<u64>)> = self.flying.drain(..=last).collect();
        let first = told.iter().find_map(|(_, at)| *at).unwrap_or(us) / 64_000;
        let mut body = vec![0; 8];
        body.extend_from_slice(&told[0].0.to_be_bytes());
        body.extend_from_slice(&(told.len() as u16).to_be_bytes());
        body.extend_from_slice(&(first as u32).to_be_bytes()[1..]);
        body.push(0);
        for seven in told.chunks(7) {
            let mut chunk = 0xc000u16;
            for (at, (_, arrival)) in seven.iter().enumerate() {
                chunk |= u16::from(arrival.is_some()) << 1 << (12 - 2 * at);
            }
            body.extend_from_slice(&chunk.to_be_bytes());
        }
        let mut clock = first * 256;
        for arrival in told.iter().filter_map(|(_, at)| *at) {
            let quarters = arrival / 250;
            body.extend_from_slice(&(quarters.wrapping_sub(clock) as i16).to_be_bytes());
            clock = quarters;
        }
        let now = self.now();
        self.budget.hear_transport(now, Statuses::parse(&body).unwrap());
    }

    /// Milliseconds until this layer is sent.
    fn until(&mut self, layer: Option<usize>) -> u64 {
        let begin = self.us / 1000;
        while self.layer != layer {
            self.run(10);
            let passed = self.us / 1000 - begin;
            assert!(passed < 20_000, "{layer:?} never came: {:?}", self.history);
        }
        self.us / 1000 - begin
    }
}

#[test]
fn a_wide_network_is_never_limited_nor_probed() {
    let mut world = World::new(20_000_000);
    world.run(60_000);
    assert_eq!(world.budget.limit(), None);
    assert_eq!(world.probed, 0);
}

#[test]
fn a_network_that_becomes_narrow_is_noticed_at_once_and_used_again_soon_after() {
    let mut world = World::new(2_000_000);
    world.run(10_000);
    assert_eq!(world.layer, Some(2), "it carries the best picture");

    world.link.bits = 300_000;
    let fell = world.until(Some(0));
    assert!(fell < 1_500, "{fell} ms, {:?}", world.history);
    world.run(6_000);
    world.queue = 0;
    world.run(20_000);
    assert_eq!(world.layer, Some(0), "a small picture fits: {:?}", world.history);
    assert!(world.queue < 250, "sound is at most {} ms late", world.queue);

    world.link.bits = 2_000_000;
    let back = world.until(Some(2));
    assert!(back < 6_000, "{back} ms, {:?}", world.history);
    world.history.clear();
    world.run(20_000);
    assert_eq!(world.layer, Some(2));
    assert!(world.history.len() <= 2, "and it stays: {:?}", world.history);
}

#[test]
fn probes_cost_a_narrow_network_little() {
    let mut world = World::new(300_000);
    world.run(10_000);
    (world.sent, world.probed) = (0, 0);
    world.run(60_000);
    assert!(world.probed > 0);
    assert!(world.probed * 10 < world.sent, "{} of {}", world.probed, world.sent);
}

#[test]
fn a_network_too_narrow_for_any_picture_carries_sound_alone_and_pictures_later() {
    let mut world = World::new(120_000);
    world.run(15_000);
    assert_eq!(world.layer, None, "{:?}", world.history);
    world.queue = 0;
    world.run(10_000);
    assert!(world.queue < 600, "sound is at most {} ms late", world.queue);
    world.link.bits = 2_000_000;
    world.until(Some(2));
}

#[test]
fn five_percent_lost_at_random_take_no_picture_away() {
    let mut world = World::new(5_000_000);
    world.link.loss = 50;
    world.run(30_000);
    assert_eq!(world.layer, Some(2), "{:?}", world.history);
}

#[test]
fn much_loss_makes_the_picture_smaller_and_its_end_larger_again() {
    let mut world = World::new(5_000_000);
    world.link.loss = 250;
    world.until(Some(1));
    world.link.loss = 0;
    let back = world.until(Some(2));
    assert!(back < 6_000, "{back} ms");
}

#[test]
fn a_broken_path_is_not_filled() {
    let mut world = World::new(2_000_000);
    world.run(5_000);
    world.link.loss = 1_000;
    world.run(6_000);
    assert!(
        world.budget.limit().is_some_and(|limit| limit <= 300_000),
        "{:?}",
        world.budget.limit()
    );
}

#[test]
fn a_viewer_that_sends_only_reports_is_judged_by_them() {
    let mut world = World::new(20_000_000);
    world.silent = true;
    world.run(5_000);
    assert_eq!(world.budget.limit(), None);
    for _ in 0..3 {
        world.budget.hear_report(60);
        world.run(1_000);
    }
    let low = world.budget.limit().unwrap();
    assert!((FLOOR..1_500_000).contains(&low), "{low}");
    world.run(60_000);
    assert_eq!(world.layer, Some(2));
}

#[test]
fn a_receiver_that_lies_is_neither_believed_nor_dangerous() {
    let mut world = World::new(2_000_000);
    world.run(2_000);
    let now = world.now();
    for number in 0..1_000u16 {
        let mut body = vec![0xff; 20];
        body[8..10].copy_from_slice(&(30_000 + number).to_be_bytes());
        body[10..12].copy_from_slice(&7u16.to_be_bytes());
        if let Some(statuses) = Statuses::parse(&body) {
            world.budget.hear_transport(now, statuses);
        }
    }
    assert!(world.budget.unknown > 100);
    world.run(5_000);
    assert_eq!(world.layer, Some(2));
}
