//! Loss: pictures are repaired on both legs.

use crate::world::World;
use std::time::Duration;

fn repaired(loss_per_mille: u64, layers: usize) {
    let (mut world, _, _) = World::briefing(1, layers, 1, 1);
    world.run(Duration::from_secs(1));
    world.loss = loss_per_mille;
    world.run(Duration::from_secs(10));
    world.loss = 0;
    world.run(Duration::from_secs(1));
    let slot = &world.viewers[0].slots[0];
    assert!(slot.seen.len() > 200, "{}", slot.seen.len());
    assert_eq!(slot.missing(), 0);
}

#[test]
fn two_percent_lost_each_way_is_repaired_to_the_last_packet() {
    repaired(20, 1);
}

#[test]
fn five_percent_lost_of_a_simulcast_source_is_repaired_to_the_last_packet() {
    repaired(50, 3);
}

#[test]
fn a_viewer_that_loses_much_is_sent_a_smaller_picture_and_later_the_large_one_again() {
    let (mut world, _, _) = World::briefing(1, 3, 1, 1);
    let mid = world.viewers[0].slots[0].mid.clone();
    let (now, viewer) = (world.now, world.viewers[0].id);
    world.plane.set_view(
        now,
        viewer,
        &[rostrum_media::SlotWish {
            mid,
            height: 1080,
            pin: None,
        }],
    );
    let height = |world: &World| {
        world.viewers[0].slots[0]
            .seen
            .last()
            .map(|packet| packet.picture.unwrap().height)
    };
    world.run_until("the large picture", |world| height(world) == Some(720));
    world.loss = 200;
    world.run_until("a smaller picture", |world| {
        height(world).is_some_and(|height| height < 720)
    });
    world.loss = 0;
    world.run(Duration::from_secs(20));
    world.run_until("the large picture again", |world| height(world) == Some(720));
}
