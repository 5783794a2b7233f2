//! Simulcast: each slot gets the layer its size is worth; a top layer that ends is replaced by the next.

use crate::world::World;
use std::time::Duration;

fn height(world: &World) -> Option<u16> {
    world.viewers[0].slots[0]
        .seen
        .last()
        .map(|packet| packet.picture.unwrap().height)
}

#[test]
fn a_slot_follows_its_size_on_the_screen() {
    let (mut world, _, _) = World::briefing(1, 3, 1, 1);
    for wish in [1080, 180, 360, 90, 720] {
        world.want(0, wish);
        let expected = match wish {
            0..=180 => 180,
            181..=400 => 360,
            _ => 720,
        };
        world.run_until("the layer of that size", |world| height(world) == Some(expected));
        world.run(Duration::from_millis(500));
        assert_eq!(height(&world), Some(expected));
    }
    assert_eq!(world.viewers[0].slots[0].missing(), 0);
}

#[test]
fn a_hidden_slot_costs_nothing_and_comes_back() {
    let (mut world, _, _) = World::briefing(1, 3, 1, 1);
    world.run(Duration::from_secs(1));
    world.want(0, 0);
    world.run(Duration::from_millis(12));
    let before = world.viewers[0].slots[0].seen.len();
    world.run(Duration::from_secs(1));
    assert_eq!(world.viewers[0].slots[0].seen.len(), before);
    world.want(0, 360);
    let back = world.run_until("the picture again", |world| {
        world.viewers[0].slots[0].seen.len() > before + 5
    });
    assert!(back < Duration::from_millis(500), "{back:?}");
}

#[test]
fn when_the_top_layer_ends_the_next_one_takes_over() {
    let (mut world, _, _) = World::briefing(1, 3, 1, 1);
    world.want(0, 1080);
    world.run_until("the top layer", |world| height(world) == Some(720));
    world.publishers[0].layers_sent = 2;
    let waited = world.run_until("the next layer", |world| height(world) == Some(360));
    assert!(waited < Duration::from_millis(2_600), "{waited:?}");
}
