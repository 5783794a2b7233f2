//! A network that becomes narrow and wide again: the picture becomes small and large with it, sound goes on.

use crate::world::World;
use std::time::{Duration, Instant};

fn height(world: &World) -> Option<u16> {
    world.viewers[0].slots[0].decoder.height()
}

fn sounds(world: &World, from: Instant) -> usize {
    let heard = world.viewers[0].slots[1].seen.iter();
    heard.filter(|sound| sound.at > from).count()
}

/// A simulcast source of 180, 540 and 1,260 kbit/s before a viewer that wants all of it.
fn over_two_megabits() -> World {
    let (mut world, _, _) = World::briefing(1, 3, 1, 1);
    world.publishers[0].weigh(&[1, 3, 7]);
    world.publishers[0].key_frame_weight = 3;
    world.link_of(0).down.bandwidth = Some(2_000_000);
    world.link_of(0).down.delay = Duration::from_millis(20);
    world.want(0, 1080);
    world.run_until("the large picture over 2 Mbit/s", |world| height(world) == Some(720));
    world.run(Duration::from_secs(5));
    world
}

#[test]
fn two_megabits_carry_the_large_picture_without_a_freeze() {
    let mut world = over_two_megabits();
    let begin = world.now;
    world.run(Duration::from_secs(10));
    assert_eq!(height(&world), Some(720));
    let slot = &world.viewers[0].slots[0];
    assert_eq!(slot.decoder.frozen(begin, world.now), Duration::ZERO);
    assert!(sounds(&world, begin) >= 495);
}

#[test]
fn two_megabits_then_three_hundred_kilobits_then_two_megabits() {
    let mut world = over_two_megabits();
    world.link_of(0).down.bandwidth = Some(300_000);
    let narrow = world.now;
    world.run_until("the small picture over 300 kbit/s", |world| height(world) == Some(180));
    world.run(Duration::from_secs(10));
    let heard = sounds(&world, narrow) as f64 / (world.now - narrow).as_secs_f64();
    assert!(heard > 45.0, "of 50 sounds a second {heard} got through the change");

    let settled = world.now;
    world.run(Duration::from_secs(10));
    assert_eq!(height(&world), Some(180));
    let slot = &world.viewers[0].slots[0];
    assert_eq!(slot.decoder.frozen(settled, world.now), Duration::ZERO);
    assert!(sounds(&world, settled) >= 495);

    world.link_of(0).down.bandwidth = Some(2_000_000);
    let wide = world.now;
    let up = world.run_until("the large picture again", |world| height(world) == Some(720));
    assert!(up < Duration::from_secs(8), "{up:?}");
    world.run(Duration::from_secs(10));
    let slot = &world.viewers[0].slots[0];
    assert_eq!(
        slot.decoder.frozen(wide, world.now),
        Duration::ZERO,
        "the way up costs nothing"
    );
    assert!(sounds(&world, wide) >= 495);
}
