//! The network itself: one seed is one weather, so that what fails once fails again.

use crate::{
    network::{Loss, Network},
    world::World,
};
use std::{net::SocketAddr, time::Duration};

/// Which of a thousand packets arrive, and when.
fn fate(seed: u64) -> Vec<(u8, Duration)> {
    let (server, client): (SocketAddr, SocketAddr) =
        ("10.0.0.1:3478".parse().unwrap(), "10.0.1.1:5000".parse().unwrap());
    let begin = World::new().now;
    let mut network = Network::new(server, seed);
    network.everywhere(|link| {
        link.loss = Loss::Bursts {
            begin: 20,
            end: 300,
            inside: 700,
        };
        link.jitter = Duration::from_millis(8);
        link.reordered = 20;
        link.bandwidth = Some(5_000_000);
    });
    let mut landed = Vec::new();
    for number in 0..2_000u32 {
        let now = begin + Duration::from_millis(u64::from(number));
        if number < 1_000 {
            let mut data = vec![0x80; 900];
            data[2..4].copy_from_slice(&(number as u16).to_be_bytes());
            network.launch(now, server, client, data);
        }
        while let Some(datagram) = network.land(now) {
            landed.push((datagram.data[3], datagram.arrives - begin));
        }
    }
    landed
}

#[test]
fn one_seed_is_one_weather_and_another_is_another() {
    let (first, again, other) = (fate(1), fate(1), fate(2));
    assert_eq!(first, again);
    assert_ne!(first, other);
    assert!((800..1_000).contains(&first.len()), "{}", first.len());
    let falls_behind = |pair: &[(u8, Duration)]| pair[1].0.wrapping_sub(pair[0].0) > 128;
    assert!(first.windows(2).any(falls_behind));
}
