//! A viewer that claims to have lost everything, again and again: it is answered within bounds and hurts nobody.

use crate::world::{World, seat};
use std::time::Duration;

#[test]
fn a_viewer_that_claims_to_lose_everything_is_answered_within_bounds() {
    let (mut world, room, sources) = World::briefing(1, 3, 1, 1);
    world.watch(room, seat(101), 1, 1);
    world.plan(room, &[seat(100), seat(101)], &sources, &[], &[]);
    world.run(Duration::from_secs(2));
    let begin = world.now;
    let stream = |world: &World, ssrc| {
        world
            .network
            .stream(world.server, world.viewers[1].client.address, ssrc)
    };
    let (ssrc, rtx) = {
        let slot = &world.viewers[1].slots[0];
        (slot.ssrc, slot.rtx_ssrc.unwrap())
    };
    let (video, repairs) = (stream(&world, ssrc), stream(&world, rtx));
    for _ in 0..600 {
        let now = world.now;
        let newest = world.viewers[1].slots[0].seen.last().unwrap().sequence;
        let numbers: Vec<u16> = (0..250).map(|back| newest.wrapping_sub(back)).collect();
        world.viewers[1].lost(0, &numbers, now);
        world.run(Duration::from_millis(5));
    }
    let video = stream(&world, ssrc).sent - video.sent;
    let repairs = stream(&world, rtx).sent - repairs.sent;
    assert!(repairs > 0, "it is answered");
    assert!(
        repairs <= 1_700,
        "{repairs} repeated in three seconds, {video} sent, 150,000 asked for"
    );
    for viewer in &world.viewers {
        assert_eq!(viewer.slots[0].decoder.frozen(begin, world.now), Duration::ZERO);
        assert!(viewer.slots.iter().all(|slot| slot.missing() == 0));
    }

    world.run(Duration::from_secs(2));
    world.network.lose(50);
    world.run(Duration::from_secs(3));
    world.network.lose(0);
    world.run(Duration::from_secs(1));
    assert_eq!(world.viewers[1].slots[0].missing(), 0, "true losses are repaired again");
}

#[test]
fn packets_that_were_never_sent_are_not_repeated() {
    let (mut world, _, _) = World::briefing(1, 1, 2, 1);
    world.run(Duration::from_secs(2));
    let (now, newest) = (world.now, world.viewers[0].slots[0].seen.last().unwrap().sequence);
    let numbers: Vec<u16> = (2_000..2_200).map(|ahead| newest.wrapping_add(ahead)).collect();
    world.viewers[0].lost(0, &numbers, now);
    world.viewers[0].lost(1, &numbers, now);
    world.run(Duration::from_millis(200));
    for slot in &world.viewers[0].slots[..2] {
        let viewer = world.viewers[0].client.address;
        let repeated = world.network.stream(world.server, viewer, slot.rtx_ssrc.unwrap());
        assert_eq!(repeated.sent, 0);
    }
}
