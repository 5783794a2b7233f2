//! Briefings under random weather: networks that lose, delay, reorder and narrow, plans and wishes that change, viewers
//! that complain. Afterwards the sun shines, and everything must be as if nothing had been. One number is one run:
//! `ROSTRUM_SEEDS=200..300 cargo test -p rostrum-media --test plane weather`.

use crate::{
    client::SlotView,
    network::{Dice, Link, Loss},
    world::{World, event, seat},
};
use std::{ops::Range, time::Duration};

/// Found something once, or is here to find the next thing.
const SEEDS: Range<u64> = 0..12;

struct Stage {
    world: World,
    dice: Dice,
    publishers: usize,
    viewers: usize,
    layers: usize,
}

impl Stage {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0xda7a);
        let mut world = World::seeded(seed);
        let publishers = 1 + dice.below(3) as usize;
        let viewers = 1 + dice.below(3) as usize;
        let layers = if dice.chance(700) { 3 } else { 1 };
        for number in 0..publishers {
            world.publish(event(1), seat(1 + number as u32), layers);
            world.publishers[number].key_frame_weight = 2;
        }
        for number in 0..viewers {
            let slots = (1 + dice.below(3) as usize, 1 + dice.below(3) as usize);
            world.watch(event(1), seat(100 + number as u32), slots.0, slots.1);
        }
        let mut stage = Self {
            world,
            dice,
            publishers,
            viewers,
            layers,
        };
        stage.plan(true, |_| false, |_| false);
        stage
    }

    fn plan(&mut self, recorded: bool, absent: impl Fn(usize) -> bool, muted: impl Fn(usize) -> bool) {
        let seats: Vec<_> = (0..self.viewers).map(|number| seat(100 + number as u32)).collect();
        let all = 0..self.publishers;
        let pick = |no: &dyn Fn(usize) -> bool, world: &World| {
            let present = all.clone().filter(|number| !no(*number));
            present.map(|number| world.source(number)).collect::<Vec<_>>()
        };
        let sources = pick(&absent, &self.world);
        let muted = pick(&|number| !muted(number), &self.world);
        let tapped = if recorded { &sources[..] } else { &[] };
        self.world.plan(event(1), &seats, &sources, tapped, &muted);
    }

    fn link(&mut self) -> Link {
        let dice = &mut self.dice;
        let loss = match dice.below(4) {
            0 | 1 => Loss::None,
            2 => Loss::Even {
                per_mille: dice.below(250),
            },
            _ => Loss::Bursts {
                begin: 1 + dice.below(30),
                end: 100 + dice.below(400),
                inside: 300 + dice.below(700),
            },
        };
        let mut link = Link::default();
        link.delay = Duration::from_millis(1 + dice.below(150));
        link.jitter = Duration::from_millis(dice.below(30));
        link.reordered = dice.below(60);
        link.loss = loss;
        link.bandwidth = dice.chance(400).then(|| 150_000 + dice.below(3_000_000));
        link
    }

    fn change(&mut self) {
        let viewer = self.dice.below(self.viewers as u64) as usize;
        let publisher = self.dice.below(self.publishers as u64) as usize;
        let now = self.world.now;
        match self.dice.below(10) {
            0..=2 => {
                let link = self.link();
                self.world.link_of(viewer).down = link;
            }
            3 => {
                let link = self.link();
                self.world.link_of(viewer).up = link;
            }
            4 => {
                let mut link = self.link();
                link.bandwidth = None;
                let address = self.world.publishers[publisher].client.address;
                self.world.network.path(address).up = link;
            }
            5 => {
                let mask = self.dice.roll();
                let muted = self.dice.roll() & self.dice.roll();
                self.plan(
                    true,
                    |number| mask >> number & 1 == 1,
                    |number| muted >> number & 1 == 1,
                );
            }
            6 => {
                let height = [0, 90, 180, 360, 720, 1080][self.dice.below(6) as usize];
                self.world.want(viewer, height);
            }
            7 => {
                self.world.publishers[publisher].layers_sent = 1 + self.dice.below(self.layers as u64) as usize;
            }
            8 => self.world.viewers[viewer].cannot_decode(0, now),
            _ => {
                if let Some(newest) = self.world.viewers[viewer].slots[0].seen.last() {
                    let numbers: Vec<u16> = (0..100).map(|back| newest.sequence.wrapping_sub(back)).collect();
                    self.world.viewers[viewer].lost(0, &numbers, now);
                }
            }
        }
    }

    fn clear_up(&mut self) {
        let addresses = self.world.publishers.iter().map(|publisher| publisher.client.address);
        let addresses = addresses.chain(self.world.viewers.iter().map(|viewer| viewer.client.address));
        for address in addresses.collect::<Vec<_>>() {
            let path = self.world.network.path(address);
            (path.up, path.down) = (Link::default(), Link::default());
        }
        for publisher in &mut self.world.publishers {
            publisher.layers_sent = self.layers;
        }
        for viewer in 0..self.viewers {
            self.world.want(viewer, 1080);
        }
        // On the record key frames are asked for all the time.
        self.plan(false, |_| false, |_| false);
    }
}

fn survives(seed: u64) {
    let mut stage = Stage::new(seed);
    let room = stage.publishers + stage.viewers;
    stage.world.run_until("everybody is connected", |world| {
        let publishers = world.publishers.iter().map(|publisher| &publisher.client);
        let viewers = world.viewers.iter().map(|viewer| &viewer.client);
        publishers.chain(viewers).filter(|client| client.connected).count() == room
    });
    for _ in 0..24 {
        stage.change();
        let pause = 100 + stage.dice.below(900);
        stage.world.run(Duration::from_millis(pause));
    }
    stage.clear_up();
    stage.world.run(Duration::from_secs(30));
    let asked: Vec<u32> = stage.world.publishers.iter().map(|it| it.key_frames_asked).collect();
    let begin = stage.world.now;
    stage.world.run(Duration::from_secs(4));
    let world = &stage.world;
    let who = |what: &str, number: usize| format!("seed {seed}, {what} {number}");
    for (number, viewer) in world.viewers.iter().enumerate() {
        for video in [true, false] {
            let slots: Vec<&SlotView> = viewer.slots.iter().filter(|slot| slot.video == video).collect();
            let busy: Vec<&&SlotView> = slots
                .iter()
                .filter(|slot| slot.seen.last().is_some_and(|seen| seen.at > begin))
                .collect();
            let expected = slots.len().min(stage.publishers);
            assert_eq!(
                busy.len(),
                expected,
                "{}: slots in use, video {video}",
                who("viewer", number)
            );
            let mut tags: Vec<_> = busy.iter().map(|slot| slot.tag()).collect();
            tags.sort();
            tags.dedup();
            assert_eq!(tags.len(), expected, "{}: each source once", who("viewer", number));
            for slot in busy {
                let recent: Vec<_> = slot.in_order().into_iter().filter(|seen| seen.at > begin).collect();
                let whole = recent
                    .windows(2)
                    .all(|pair| pair[1].sequence == pair[0].sequence.wrapping_add(1));
                assert!(
                    whole,
                    "{}: numbers without a gap in slot {}",
                    who("viewer", number),
                    slot.mid
                );
                if video {
                    let shown = &slot.decoder;
                    assert_eq!(
                        shown.frozen(begin, world.now),
                        Duration::ZERO,
                        "{}",
                        who("viewer", number)
                    );
                    assert!(shown.frames(begin, world.now) >= 98, "{}", who("viewer", number));
                } else {
                    assert!(
                        recent.len() >= 198,
                        "{}: {} sounds",
                        who("viewer", number),
                        recent.len()
                    );
                }
            }
        }
        assert_eq!(
            viewer.slots[0].decoder.height(),
            Some(720),
            "{}: the large picture again",
            who("viewer", number)
        );
    }
    for (number, publisher) in world.publishers.iter().enumerate() {
        let asked = publisher.key_frames_asked - asked[number];
        assert_eq!(asked, 0, "{}: is left in peace", who("publisher", number));
    }
}

#[test]
fn after_any_weather_everybody_sees_and_hears_everything() {
    let seeds = match std::env::var("ROSTRUM_SEEDS") {
        Ok(range) => {
            let (from, to) = range.split_once("..").expect("ROSTRUM_SEEDS=from..to");
            from.parse().unwrap()..to.parse().unwrap()
        }
        Err(_) => SEEDS,
    };
    let failed: Vec<u64> = seeds
        .filter(|&seed| std::panic::catch_unwind(|| survives(seed)).is_err())
        .collect();
    assert!(failed.is_empty(), "seeds {failed:?}");
}
