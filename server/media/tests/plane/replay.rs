//! Datagrams that were recorded on the wire and are sent again: none has an effect twice.

use crate::world::{World, seat};
use rostrum_domain::media::Sight;
use std::{net::SocketAddr, time::Duration};

/// A briefing in which everything was recorded, with losses so that NACKs are among it.
fn taped() -> (World, Vec<(SocketAddr, Vec<u8>)>) {
    let (mut world, room, sources) = World::briefing(1, 3, 1, 1);
    world.plan(room, &[seat(100)], &sources, &sources, &[]);
    world.network.tape = Some(Vec::new());
    world.network.lose(50);
    world.run(Duration::from_secs(2));
    world.network.lose(0);
    world.run(Duration::from_millis(500));
    let tape = world.network.tape.take().unwrap();
    // What was still flying lands for the first time.
    world.run(Duration::from_millis(100));
    let server = world.server;
    let to_server = tape.into_iter().filter(|(_, to, _)| *to == server);
    (world, to_server.map(|(from, _, data)| (from, data)).collect())
}

fn is_media(data: &[u8]) -> bool {
    (128..192).contains(&data[0])
}

#[test]
fn media_sent_again_is_neither_forwarded_nor_recorded_nor_obeyed() {
    let (mut world, tape) = taped();
    world.taps.clear();
    let before: u64 = world.network.streams().iter().map(|stream| stream.sent).sum();
    let (now, wall) = (world.now, world.wall());
    let mut replayed = 0;
    for (from, data) in tape.iter().filter(|(_, data)| is_media(data)) {
        world.plane.handle_datagram(now, wall, *from, None, data);
        replayed += 1;
    }
    world.collect();
    assert!(replayed > 500, "{replayed}");
    let after: u64 = world.network.streams().iter().map(|stream| stream.sent).sum();
    assert_eq!(after, before, "nothing was forwarded or repeated");
    assert!(world.taps.is_empty());
}

#[test]
fn everything_sent_again_leaves_the_room_as_it_was() {
    let (mut world, tape) = taped();
    let (now, wall) = (world.now, world.wall());
    for (from, data) in &tape {
        world.plane.handle_datagram(now, wall, *from, None, data);
    }
    let begin = world.now;
    world.run(Duration::from_secs(2));
    let viewer = &world.viewers[0];
    assert_eq!(viewer.slots[0].decoder.frozen(begin, world.now), Duration::ZERO);
    assert!(viewer.slots.iter().all(|slot| slot.missing() == 0 || !slot.video));
    assert!(
        !world
            .sights
            .iter()
            .any(|(_, sight)| matches!(sight, Sight::SourceClosed { .. } | Sight::SubscriberClosed { .. }))
    );
}

#[test]
fn media_sent_again_from_elsewhere_is_nobodys() {
    let (mut world, tape) = taped();
    let stranger: SocketAddr = "203.0.113.9:999".parse().unwrap();
    let before: u64 = world.network.streams().iter().map(|stream| stream.sent).sum();
    let (now, wall) = (world.now, world.wall());
    for (_, data) in tape.iter().filter(|(_, data)| is_media(data)) {
        world.plane.handle_datagram(now, wall, stranger, None, data);
    }
    world.collect();
    let after: u64 = world.network.streams().iter().map(|stream| stream.sent).sum();
    assert_eq!(after, before);
}
