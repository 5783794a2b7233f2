//! What forwarding costs: instructions for a packet, bytes for a subscriber. Run alone by `make callgrind`, which compares
//! with `cost/instructions`: clocks are noisy, instructions are not.

use crate::world::{World, event, seat};
use rostrum_domain::time::Timestamp;
use rostrum_media::Plane;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

const VIEWERS: usize = 50;

/// One publisher of 100 pictures' packets and 50 sounds a second, fifty viewers with 9 slots for pictures and 4 for
/// voices, nobody in the plan yet.
fn full_room() -> (World, i64) {
    let mut world = World::new();
    world.publish(event(1), seat(1), 1);
    world.run(Duration::from_secs(1));
    let without = world.plane_bytes;
    for number in 0..VIEWERS {
        world.watch(event(1), seat(100 + number as u32), 9, 4);
    }
    world.run(Duration::from_secs(3));
    assert!(world.viewers.iter().all(|viewer| viewer.client.connected));
    (world, without)
}

fn begin(world: &mut World) {
    let seats: Vec<_> = (0..VIEWERS).map(|number| seat(100 + number as u32)).collect();
    let source = world.source(0);
    world.plan(event(1), &seats, &[source], &[], &[]);
    world.run(Duration::from_secs(3));
}

/// What callgrind counts. Not inlined, so that it can be found by name.
#[inline(never)]
fn forward_and_count(plane: &mut Plane, now: Instant, wall: Timestamp, from: SocketAddr, data: &[u8]) -> usize {
    plane.handle_datagram(now, wall, from, None, data);
    if plane.next_deadline().is_some_and(|at| at <= now) {
        plane.handle_timeout(now, wall);
    }
    let mut datagrams = 0;
    while let Some(transmit) = plane.poll_transmit() {
        let size = transmit.segment_size.unwrap_or(transmit.contents.len());
        datagrams += transmit.contents.len().div_ceil(size);
        plane.recycle(transmit.contents);
    }
    datagrams
}

#[test]
#[ignore = "counted by valgrind: make callgrind"]
fn forwarding_to_fifty() {
    let (mut world, _) = full_room();
    begin(&mut world);
    let from = world.publishers[0].client.address;
    let (mut came, mut went) = (0, 0);
    for _ in 0..500 {
        world.now += Duration::from_millis(1);
        let (now, wall) = (world.now, world.wall());
        world.publishers[0].step(now);
        for (_, _, data) in world.publishers[0].client.drain(now) {
            went += forward_and_count(&mut world.plane, now, wall, from, &data);
            came += 1;
        }
    }
    assert!(came > 70, "{came}");
    assert!(went > 65 * VIEWERS, "{came} came, {went} went");
    println!("forwarded {went}");
}

#[test]
#[ignore = "needs the process for itself: make callgrind"]
fn bytes_for_a_subscriber() {
    let (mut world, without) = full_room();
    let idle = (world.plane_bytes - without) / VIEWERS as i64;
    begin(&mut world);
    let active = (world.plane_bytes - without) / VIEWERS as i64;
    println!("idle subscriber {idle} bytes, active subscriber {active} bytes");
    assert!(idle < 64 << 10, "{idle} bytes for an idle subscriber");
}
