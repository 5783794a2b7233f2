//! Who a client is: its certificate must be the one its offer named, and its checks must know the password.

use crate::world::{World, event, seat};
use rostrum_domain::media::Sight;
use std::time::Duration;

/// As if somebody else answered for the client whose offer was accepted.
fn another_fingerprint(offer: &str) -> String {
    let line = offer.lines().find(|line| line.starts_with("a=fingerprint:")).unwrap();
    let digits = &line["a=fingerprint:sha-256 ".len()..];
    let turned = format!("{}{}", if digits.starts_with('0') { '1' } else { '0' }, &digits[1..]);
    offer.replace(digits, &turned)
}

#[test]
fn a_certificate_that_was_not_announced_opens_nothing() {
    let mut world = World::new();
    world.forge = another_fingerprint;
    let room = event(1);
    world.publish(room, seat(1), 1);
    world.watch(room, seat(100), 1, 1);
    let source = world.source(0);
    world.plan(room, &[seat(100)], &[source], &[source], &[]);
    world.run(Duration::from_secs(25));
    let opened = |sight: &Sight| matches!(sight, Sight::SourceOpened { .. } | Sight::SubscriberConnected { .. });
    assert!(!world.sights.iter().any(|(_, sight)| opened(sight)));
    assert!(world.viewers[0].slots.iter().all(|slot| slot.seen.is_empty()));
    assert!(world.taps.is_empty());
    assert_eq!(world.plane.peers(), 0, "they were given up");
}

#[test]
fn checks_without_the_password_are_not_answered() {
    let mut world = World::new();
    world.watch(event(1), seat(1), 1, 1);
    // The client takes its address from the answer and its password from the offer: forge what the server knows.
    world.forge = |offer| offer.replace("a=ice-ufrag:", "a=ice-ufrag:other");
    world.watch(event(1), seat(2), 1, 1);
    world.run(Duration::from_secs(2));
    assert!(world.viewers[0].client.connected);
    assert!(!world.viewers[1].client.connected);
}
