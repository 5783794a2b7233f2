//! Loss: pictures are repaired on both legs, sound goes on with what arrives, and nobody's picture stands still.

use crate::{
    network::{Loss, Stream},
    world::World,
};
use std::time::Duration;

/// Ten seconds of loss both ways, then a second to repair the rest; returns how long the picture stood still meanwhile.
/// Where much is lost the source has one layer: what is missing of a layer that was left is rightly never sent.
fn repaired(loss: Loss, layers: usize) -> Duration {
    let (mut world, _, _) = World::briefing(1, layers, 1, 1);
    world.viewers[0].thorough = true;
    world.run(Duration::from_secs(1));
    let begin = world.now;
    world.network.everywhere(|link| link.loss = loss);
    world.run(Duration::from_secs(10));
    let end = world.now;
    world.network.lose(0);
    world.run(Duration::from_secs(1));
    let slot = &world.viewers[0].slots[0];
    assert!(slot.seen.len() > 200, "{}", slot.seen.len());
    assert_eq!(slot.missing(), 0, "every packet of the picture is there in the end");
    slot.decoder.frozen(begin, end)
}

#[test]
fn one_percent_lost_is_repaired_to_the_last_packet() {
    let frozen = repaired(Loss::Even { per_mille: 10 }, 3);
    assert_eq!(frozen, Duration::ZERO);
}

#[test]
fn two_percent_lost_of_a_plain_source_is_repaired_to_the_last_packet() {
    let frozen = repaired(Loss::Even { per_mille: 20 }, 1);
    assert_eq!(frozen, Duration::ZERO);
}

#[test]
fn five_percent_lost_is_repaired_to_the_last_packet() {
    let frozen = repaired(Loss::Even { per_mille: 50 }, 3);
    assert!(
        frozen < Duration::from_millis(200),
        "at most 2 % of the time: {frozen:?}"
    );
}

#[test]
fn ten_percent_lost_is_repaired_to_the_last_packet() {
    let frozen = repaired(Loss::Even { per_mille: 100 }, 3);
    assert!(frozen < Duration::from_secs(1), "{frozen:?}");
}

#[test]
fn twenty_percent_lost_is_repaired_to_the_last_packet() {
    let frozen = repaired(Loss::Even { per_mille: 200 }, 1);
    assert!(frozen < Duration::from_secs(3), "{frozen:?}");
}

#[test]
fn bursts_are_repaired_to_the_last_packet() {
    let bursts = Loss::Bursts {
        begin: 10,
        end: 200,
        inside: 800,
    };
    let frozen = repaired(bursts, 1);
    assert!(frozen < Duration::from_secs(1), "{frozen:?}");
}

#[test]
fn packets_out_of_order_are_no_loss() {
    let (mut world, _, _) = World::briefing(1, 3, 1, 1);
    world.run(Duration::from_secs(1));
    world.network.everywhere(|link| {
        link.reordered = 50;
        link.jitter = Duration::from_millis(5);
    });
    let begin = world.now;
    world.run(Duration::from_secs(10));
    world.network.everywhere(|link| link.reordered = 0);
    world.run(Duration::from_millis(300));
    let viewer = &world.viewers[0];
    assert!(viewer.slots.iter().all(|slot| slot.missing() == 0));
    assert_eq!(viewer.slots[0].decoder.frozen(begin, world.now), Duration::ZERO);
}

/// The server adds nothing to the loss of sound: it forwards each sound that reached it, once, whatever pictures do.
#[test]
fn sound_that_arrives_is_forwarded_whatever_is_lost() {
    for per_mille in [10, 50, 100, 200] {
        let (mut world, _, _) = World::briefing(1, 3, 1, 1);
        world.run(Duration::from_secs(1));
        let (up, down) = sounds(&world);
        world.network.lose(per_mille);
        world.run(Duration::from_secs(10));
        world.network.lose(0);
        world.run(Duration::from_millis(300));
        let (up_after, down_after) = sounds(&world);
        let (sent, reached) = (
            down_after.sent - down.sent,
            up_after.sent - up_after.lost - (up.sent - up.lost),
        );
        assert!(reached.abs_diff(sent) <= 2, "{reached} sounds arrived, {sent} went on");
        let heard = world.viewers[0].slots[1].seen.len() as u64;
        let arrived = down_after.sent - down_after.lost;
        assert!(arrived.abs_diff(heard) <= 2, "{arrived} arrived, {heard} were heard");
    }
}

/// The stream of sounds to the server and from it.
fn sounds(world: &World) -> (Stream, Stream) {
    let (publisher, viewer) = (&world.publishers[0], &world.viewers[0]);
    let up = world
        .network
        .stream(publisher.client.address, world.server, publisher.audio_ssrc());
    let down = world
        .network
        .stream(world.server, viewer.client.address, viewer.slots[1].ssrc);
    (up, down)
}

#[test]
fn a_viewer_that_loses_much_is_sent_a_smaller_picture_and_later_the_large_one_again() {
    let (mut world, _, _) = World::briefing(1, 3, 1, 1);
    world.want(0, 1080);
    let height = |world: &World| {
        world.viewers[0].slots[0]
            .seen
            .last()
            .map(|packet| packet.picture.unwrap().height)
    };
    world.run_until("the large picture", |world| height(world) == Some(720));
    world.network.lose(200);
    world.run_until("a smaller picture", |world| {
        height(world).is_some_and(|height| height < 720)
    });
    world.network.lose(0);
    world.run(Duration::from_secs(20));
    world.run_until("the large picture again", |world| height(world) == Some(720));
}
