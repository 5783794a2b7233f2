//! Rooms share nothing.

use crate::world::{World, event, seat};
use rostrum_domain::media::Sight;
use std::time::Duration;

#[test]
fn a_plan_that_names_another_rooms_source_shows_nothing_of_it() {
    let (mut world, _, sources) = World::briefing(1, 1, 1, 1);
    let other = event(2);
    world.watch(other, seat(200), 1, 1);
    world.plan(other, &[seat(200)], &sources, &sources, &[]);
    world.run(Duration::from_secs(2));
    assert!(world.viewers[0].slots[0].seen.len() > 20);
    assert!(world.viewers[1].client.connected);
    assert!(world.viewers[1].slots.iter().all(|slot| slot.seen.is_empty()));
    assert!(world.taps.is_empty());
}

#[test]
fn closing_one_room_leaves_the_other() {
    let (mut world, room, _) = World::briefing(1, 1, 1, 1);
    let other = event(2);
    let publisher = world.publish(other, seat(1), 1);
    world.watch(other, seat(200), 1, 1);
    let source = world.source(publisher);
    world.plan(other, &[seat(200)], &[source], &[], &[]);
    world.run(Duration::from_secs(2));
    let now = world.now;
    world.plane.close_room(now, room);
    world.collect();
    world.run(Duration::from_millis(50));
    assert_eq!(world.plane.peers(), 2);
    let closed = world.sights.iter().filter(|(id, sight)| {
        *id == room && matches!(sight, Sight::SourceClosed { .. } | Sight::SubscriberClosed { .. })
    });
    assert_eq!(closed.count(), 2);
    let before = world.viewers[1].slots[0].seen.len();
    world.run(Duration::from_secs(1));
    assert!(world.viewers[1].slots[0].seen.len() > before + 20);
}
