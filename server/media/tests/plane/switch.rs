//! Changing what a slot shows: seamless numbers, clock and counters; a key frame first; the plan obeyed at once.

use crate::{
    client::SlotView,
    world::{World, seat},
};
use std::time::Duration;

fn assert_seamless(slot: &SlotView, clock_rate: f64) {
    assert_eq!(slot.missing(), 0, "no number is missing in slot {}", slot.mid);
    for pair in slot.in_order().windows(2) {
        let ticks = f64::from(pair[1].timestamp.wrapping_sub(pair[0].timestamp));
        let passed = (pair[1].at - pair[0].at).as_secs_f64() * clock_rate;
        assert!(
            (ticks - passed).abs() < clock_rate * 0.045,
            "timestamps follow the clock: {ticks} in {passed}"
        );
        if let (Some(before), Some(after)) = (pair[0].picture, pair[1].picture) {
            let step = after.picture_id.wrapping_sub(before.picture_id) & 0x7fff;
            assert_eq!(step, u16::from(after.first), "picture ids count frames");
            assert_eq!(after.tl0.wrapping_sub(before.tl0), u8::from(after.first));
            assert!(
                pair[0].tag == pair[1].tag || after.key,
                "a new source begins with a key frame"
            );
        }
    }
}

#[test]
fn one_slot_shows_many_sources_without_a_seam() {
    let (mut world, room, sources) = World::briefing(3, 1, 1, 1);
    world.run(Duration::from_secs(1));
    for turn in 0..9 {
        world.plan(room, &[seat(100)], &[sources[turn % 3]], &[], &[]);
        let asked = world.now;
        let tag = world.publishers[turn % 3].tag;
        world.run_until("the new source in both slots", |world| {
            world.viewers[0].slots.iter().all(|slot| slot.tag() == Some(tag))
        });
        assert!(
            world.now - asked < Duration::from_millis(150),
            "{:?}",
            world.now - asked
        );
        world.run(Duration::from_millis(700));
    }
    assert_seamless(&world.viewers[0].slots[0], 90_000.0);
    assert_seamless(&world.viewers[0].slots[1], 48_000.0);
    let talk_spurts = world.viewers[0].slots[1]
        .seen
        .iter()
        .filter(|packet| packet.marker)
        .count();
    assert_eq!(
        talk_spurts, 9,
        "each change of voice is a talk spurt (the first turn changed nothing)"
    );
}

#[test]
fn who_steps_down_is_gone_at_once_even_without_a_successor() {
    let (mut world, room, sources) = World::briefing(2, 1, 1, 1);
    world.run(Duration::from_secs(1));
    world.plan(room, &[seat(100)], &sources[1..], &[], &[]);
    // What was already flying may land.
    world.run(Duration::from_millis(12));
    let old = world.publishers[0].tag;
    let seen = |world: &World| {
        world.viewers[0]
            .slots
            .iter()
            .map(|slot| slot.seen.iter().filter(|p| p.tag == old).count())
            .sum::<usize>()
    };
    let before = seen(&world);
    world.run(Duration::from_secs(1));
    assert_eq!(seen(&world), before);
    assert_eq!(world.viewers[0].slots[0].tag(), Some(world.publishers[1].tag));
}

#[test]
fn a_source_keeps_its_slot_when_an_other_comes_first() {
    let (mut world, room, sources) = World::briefing(2, 1, 2, 2);
    world.plan(room, &[seat(100)], &sources[..1], &[], &[]);
    world.run(Duration::from_secs(1));
    let slot = world.viewers[0]
        .slots
        .iter()
        .position(|slot| slot.tag() == Some(world.publishers[0].tag))
        .unwrap();
    world.plan(room, &[seat(100)], &[sources[1], sources[0]], &[], &[]);
    world.run(Duration::from_secs(1));
    assert_eq!(world.viewers[0].slots[slot].tag(), Some(world.publishers[0].tag));
    assert_eq!(world.viewers[0].slots[1 - slot].tag(), Some(world.publishers[1].tag));
}
