//! Layers that nobody watches or records rest at their publisher, and come back without anybody waiting for a picture.

use crate::world::{World, seat};
use rostrum_domain::media::{Sight, TapCodec};
use std::time::Duration;

/// What the publisher was told last.
fn resting(world: &World) -> Option<Vec<String>> {
    world.sights.iter().rev().find_map(|(_, sight)| match sight {
        Sight::LayersResting { layers, .. } => Some(layers.clone()),
        _ => None,
    })
}

fn height(world: &World) -> Option<u16> {
    world.viewers[0].slots[0].decoder.height()
}

#[test]
fn layers_that_nobody_watches_rest_and_return_without_a_gap() {
    let (mut world, _, _) = World::briefing(1, 3, 1, 1);
    world.want(0, 180);
    world.run_until("the larger layers rest", |world| {
        resting(world).is_some_and(|layers| layers == ["h", "f"])
    });
    // What the page does then.
    world.publishers[0].layers_sent = 1;
    world.run(Duration::from_secs(5));
    let begin = world.now;
    world.want(0, 1080);
    assert_eq!(resting(&world), Some(vec!["h".to_owned()]), "asked for at once");
    // Until it comes the small picture goes on.
    world.run(Duration::from_millis(300));
    assert_eq!(height(&world), Some(180));
    world.publishers[0].layers_sent = 3;
    let waited = world.run_until("the large picture", |world| height(world) == Some(720));
    assert!(waited < Duration::from_millis(500), "{waited:?}");
    assert_eq!(
        world.viewers[0].slots[0].decoder.frozen(begin, world.now),
        Duration::ZERO
    );
}

#[test]
fn a_layer_that_does_not_return_leaves_the_next_smaller_one() {
    let (mut world, _, _) = World::briefing(1, 3, 1, 1);
    world.want(0, 360);
    world.run_until("the top layer rests", |world| {
        resting(world).is_some_and(|layers| layers.contains(&"f".to_owned()))
    });
    world.publishers[0].layers_sent = 2;
    world.run(Duration::from_secs(3));
    world.want(0, 1080);
    let begin = world.now;
    world.run(Duration::from_secs(10));
    assert_eq!(height(&world), Some(360));
    assert_eq!(
        world.viewers[0].slots[0].decoder.frozen(begin, world.now),
        Duration::ZERO
    );
}

#[test]
fn what_is_recorded_never_rests_and_can_be_cut_every_few_seconds() {
    let (mut world, room, sources) = World::briefing(1, 3, 1, 1);
    world.want(0, 180);
    world.plan(room, &[seat(100)], &sources, &sources, &[]);
    world.run(Duration::from_secs(30));
    assert_eq!(resting(&world), Some(vec!["h".to_owned()]), "the record takes the best");
    let pictures = world.taps.iter().filter(|(_, packet)| packet.codec == TapCodec::Vp8);
    let keys: Vec<i64> = pictures
        .filter(|(_, packet)| packet.payload[0] & 0x10 != 0 && packet.payload[6] & 1 == 0)
        .map(|(_, packet)| packet.captured_at.micros() / 1_000)
        .collect();
    assert!((6..=8).contains(&keys.len()), "{keys:?}");
    assert!(keys.windows(2).all(|pair| pair[1] - pair[0] < 5_500), "{keys:?}");
}
