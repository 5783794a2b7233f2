//! Leaving: politely, or by silence.

use crate::world::World;
use rostrum_domain::media::Sight;
use std::time::Duration;

fn closed(world: &World, what: impl Fn(&Sight) -> bool) -> bool {
    world.sights.iter().any(|(_, sight)| what(sight))
}

#[test]
fn a_viewer_that_falls_silent_is_closed_after_half_a_minute_and_sent_nothing_more() {
    let (mut world, _, _) = World::briefing(1, 1, 1, 1);
    world.run(Duration::from_secs(1));
    world.link_of(0).up.cut = true;
    world.run(Duration::from_secs(25));
    let is_viewer = |sight: &Sight| matches!(sight, Sight::SubscriberClosed { .. });
    assert!(!closed(&world, is_viewer), "a short drop is forgiven");
    world.run(Duration::from_secs(6));
    assert!(closed(&world, is_viewer));
    assert_eq!(world.plane.peers(), 1);
    world.run(Duration::from_millis(50));
    let before = world.viewers[0].slots[0].seen.len();
    world.run(Duration::from_secs(1));
    assert_eq!(world.viewers[0].slots[0].seen.len(), before);
}

#[test]
fn a_publisher_that_falls_silent_is_closed() {
    let (mut world, _, _) = World::briefing(1, 1, 1, 1);
    world.run(Duration::from_secs(1));
    let publisher = world.publishers[0].client.address;
    world.network.path(publisher).up.cut = true;
    world.run(Duration::from_secs(20));
    assert!(closed(&world, |sight| matches!(sight, Sight::SourceClosed { .. })));
    assert_eq!(world.plane.peers(), 1);
}

#[test]
fn a_viewer_that_says_goodbye_is_closed_at_once() {
    let (mut world, _, _) = World::briefing(1, 1, 1, 1);
    world.run(Duration::from_secs(1));
    world.viewers[0].client.leave();
    world.run(Duration::from_millis(100));
    assert!(closed(&world, |sight| matches!(sight, Sight::SubscriberClosed { .. })));
}

#[test]
fn a_publisher_that_says_goodbye_is_closed_at_once() {
    let (mut world, _, _) = World::briefing(1, 1, 1, 1);
    world.run(Duration::from_secs(1));
    world.publishers[0].client.leave();
    world.run(Duration::from_millis(100));
    assert!(closed(&world, |sight| matches!(sight, Sight::SourceClosed { .. })));
}

#[test]
fn who_negotiates_and_never_comes_is_forgotten() {
    let mut world = World::new();
    let room = crate::world::event(1);
    world.publish(room, crate::world::seat(1), 1);
    world.watch(room, crate::world::seat(2), 1, 1);
    world.publishers.clear();
    world.viewers.clear();
    world.run(Duration::from_secs(21));
    assert_eq!(world.plane.peers(), 0);
}
