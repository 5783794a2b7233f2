//! Datagrams of strangers and damaged ones: dropped, never a panic, and the room goes on.

use crate::world::World;
use proptest::prelude::*;
use std::{net::SocketAddr, sync::Mutex, time::Duration};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_room_survives_a_storm_of_garbage(
        datagrams in proptest::collection::vec(
            (0u8..3, proptest::collection::vec(any::<u8>(), 0..120), prop::sample::select(vec![0u8, 1, 20, 22, 128, 144, 200])),
            200..400,
        ),
    ) {
        // One world for all cases: it must survive them all.
        static WORLD: Mutex<Option<World>> = Mutex::new(None);
        let mut guard = WORLD.lock().unwrap();
        let world = guard.get_or_insert_with(|| {
            let (mut world, _, _) = World::briefing(1, 3, 2, 1);
            world.run(Duration::from_secs(1));
            world
        });
        let (now, wall) = (world.now, world.wall());
        let publisher = world.publishers[0].client.address;
        let viewer = world.viewers[0].client.address;
        let stranger: SocketAddr = "203.0.113.9:999".parse().unwrap();
        for (who, mut data, first) in datagrams {
            if let Some(byte) = data.first_mut() {
                *byte = first;
            }
            if data.len() > 20 && first <= 1 {
                data[1] = 1;
                data[4..8].copy_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
            }
            let from = [publisher, viewer, stranger][usize::from(who)];
            world.plane.handle_datagram(now, wall, from, None, &data);
        }
        let before = world.viewers[0].slots[0].seen.len();
        world.run(Duration::from_millis(300));
        prop_assert!(world.viewers[0].slots[0].seen.len() > before + 4);
        prop_assert_eq!(world.plane.peers(), 2);
    }
}
