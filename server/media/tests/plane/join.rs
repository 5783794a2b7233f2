//! Joining: how soon a viewer sees and hears, and that nothing is sent to those who may not.

use crate::{
    network::Loss,
    world::{World, event, seat},
};
use rostrum_domain::media::Sight;
use std::time::Duration;

#[test]
fn a_viewer_sees_and_hears_the_stage_at_once() {
    let (mut world, _, sources) = World::briefing(1, 1, 2, 1);
    let waited = world.run_until("picture and sound", |world| {
        world.viewers[0].slots[0].seen.len() > 10 && world.viewers[0].slots[2].seen.len() > 10
    });
    assert!(waited < Duration::from_millis(800), "{waited:?}");
    let slots = &world.viewers[0].slots;
    assert!(
        slots[0].seen[0].picture.unwrap().key,
        "the first picture can be decoded"
    );
    assert!(slots[2].seen[0].marker, "the first sound begins a talk spurt");
    assert!(slots[1].seen.is_empty());
    let shows = world.sights.iter().rev().find_map(|(_, sight)| match sight {
        Sight::Slots { slots, .. } => Some(slots.clone()),
        _ => None,
    });
    let shown: Vec<_> = shows.unwrap().iter().map(|slot| slot.source).collect();
    assert_eq!(shown, [Some(sources[0]), None, Some(sources[0])]);
}

#[test]
fn a_seat_that_is_not_in_the_plan_receives_nothing() {
    let (mut world, room, sources) = World::briefing(1, 1, 1, 1);
    world.watch(room, seat(666), 1, 1);
    world.run(Duration::from_secs(3));
    assert!(world.viewers[0].slots[0].seen.len() > 20);
    assert!(world.viewers[1].client.connected);
    assert!(world.viewers[1].slots.iter().all(|slot| slot.seen.is_empty()));

    world.plan(room, &[seat(666)], &sources, &[], &[]);
    world.run(Duration::from_millis(50));
    let before = world.viewers[0].slots[0].seen.len();
    world.run(Duration::from_secs(1));
    assert_eq!(
        world.viewers[0].slots[0].seen.len(),
        before,
        "who leaves the plan is served no more"
    );
    assert!(world.viewers[1].slots[0].seen.len() > 20);
}

#[test]
fn nobody_is_sent_their_own_picture() {
    let (mut world, room, sources) = World::briefing(2, 1, 2, 2);
    world.watch(room, seat(1), 2, 2);
    world.plan(room, &[seat(1), seat(100)], &sources, &[], &[]);
    world.run(Duration::from_secs(2));
    let own = world.publishers[0].tag;
    let mirror = &world.viewers[1];
    assert!(mirror.slots[0].seen.len() > 20);
    assert!(
        mirror
            .slots
            .iter()
            .flat_map(|slot| &slot.seen)
            .all(|packet| packet.tag != own)
    );
}

#[test]
fn a_decoder_that_is_lost_gets_a_key_frame() {
    let (mut world, _, _) = World::briefing(1, 1, 1, 1);
    world.run(Duration::from_secs(1));
    let before = world.publishers[0].key_frames_asked;
    let now = world.now;
    for _ in 0..20 {
        world.viewers[0].cannot_decode(0, now);
    }
    world.run(Duration::from_secs(1));
    assert_eq!(
        world.publishers[0].key_frames_asked,
        before + 1,
        "many complaints are one request"
    );
    let mut key = world.viewers[0].slots[0]
        .seen
        .iter()
        .filter(|packet| packet.picture.unwrap().key);
    assert!(key.next_back().unwrap().at - now < Duration::from_millis(120));
}

/// Whatever part of the handshake is lost, ours comes to its end. (webrtc-rs's own clients may still miss our last words.)
#[test]
fn nobody_is_left_out_by_a_bad_network() {
    for seed in 0..20 {
        let mut world = World::seeded(seed);
        world.network.everywhere(|link| {
            link.loss = Loss::Even { per_mille: 100 };
            link.merciless = true;
            link.delay = Duration::from_millis(80);
            link.jitter = Duration::from_millis(30);
        });
        world.publish(event(1), seat(1), 3);
        world.watch(event(1), seat(100), 1, 1);
        world.run_until(&format!("both connected, seed {seed}"), |world| {
            let connected =
                |sight: &Sight| matches!(sight, Sight::SourceOpened { .. } | Sight::SubscriberConnected { .. });
            world.sights.iter().filter(|(_, sight)| connected(sight)).count() == 2
        });
    }
}
