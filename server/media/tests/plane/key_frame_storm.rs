//! Viewers that ask for key frames without end: the publisher is spared, the picture of the others stays whole.

use crate::world::{World, seat};
use std::time::Duration;

#[test]
fn twenty_viewers_that_ask_all_the_time_are_heard_at_most_three_times_a_second() {
    let (mut world, room, sources) = World::briefing(1, 3, 1, 1);
    let mut seats = vec![seat(100)];
    for number in 0..20 {
        seats.push(seat(200 + number));
        world.watch(room, seats[number as usize + 1], 1, 1);
    }
    world.plan(room, &seats, &sources, &[], &[]);
    world.run(Duration::from_secs(2));
    let (begin, before) = (world.now, world.publishers[0].key_frames_asked);
    for _ in 0..300 {
        let now = world.now;
        for viewer in &mut world.viewers[1..] {
            viewer.cannot_decode(0, now);
        }
        world.run(Duration::from_millis(10));
    }
    let asked = world.publishers[0].key_frames_asked - before;
    assert!((1..=11).contains(&asked), "{asked} in three seconds");
    for viewer in &world.viewers {
        assert_eq!(viewer.slots[0].decoder.frozen(begin, world.now), Duration::ZERO);
    }
}

#[test]
fn one_viewer_that_asks_all_the_time_costs_the_others_two_key_frames_a_second() {
    let (mut world, _, _) = World::briefing(1, 3, 1, 1);
    world.run(Duration::from_secs(2));
    let before = world.publishers[0].key_frames_asked;
    for _ in 0..500 {
        let now = world.now;
        world.viewers[0].cannot_decode(0, now);
        world.run(Duration::from_millis(10));
    }
    let asked = world.publishers[0].key_frames_asked - before;
    assert!((1..=11).contains(&asked), "{asked} in five seconds");
}

#[test]
fn a_key_frame_asked_for_in_vain_is_asked_for_again() {
    let (mut world, _, _) = World::briefing(1, 3, 1, 1);
    world.run(Duration::from_secs(1));
    let publisher = world.publishers[0].client.address;
    world.network.path(publisher).down.cut = true;
    let now = world.now;
    world.viewers[0].cannot_decode(0, now);
    world.run(Duration::from_millis(700));
    let before = world.publishers[0].key_frames_asked;
    world.network.path(publisher).down.cut = false;
    world.run(Duration::from_millis(500));
    assert!(world.publishers[0].key_frames_asked > before);
}
