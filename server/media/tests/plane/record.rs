//! Taps: the record is continuous, starts with a key frame, and off the record nothing at all is copied.

use crate::world::{World, seat};
use rostrum_domain::media::{TapCodec, TapPacket};
use std::time::Duration;

fn of(world: &World, codec: TapCodec) -> Vec<TapPacket> {
    world
        .taps
        .iter()
        .map(|(_, packet)| packet.clone())
        .filter(|packet| packet.codec == codec)
        .collect()
}

#[test]
fn the_record_is_continuous_and_timed() {
    let (mut world, room, sources) = World::briefing(1, 3, 1, 1);
    world.run(Duration::from_secs(1));
    world.plan(room, &[seat(100)], &sources, &sources, &[]);
    let begin = world.wall();
    world.run(Duration::from_secs(3));
    let (sound, picture) = (of(&world, TapCodec::Opus), of(&world, TapCodec::Vp8));
    assert!((140..=152).contains(&sound.len()), "{}", sound.len());
    assert!(picture.len() > 250, "{}", picture.len());
    assert_eq!(picture[0].payload[6] & 1, 0, "begins with a key frame");
    assert_eq!(
        u16::from_le_bytes([picture[0].payload[14], picture[0].payload[15]]),
        720,
        "of the top layer"
    );
    for packets in [&sound, &picture] {
        for pair in packets.windows(2) {
            assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
            assert!(pair[1].captured_at >= pair[0].captured_at);
        }
        let first = packets[0].captured_at.micros() - begin.micros();
        assert!((-20_000..400_000).contains(&first), "{first} µs after the order");
        let span = packets[packets.len() - 1].captured_at.since(packets[0].captured_at);
        let ticks = packets[packets.len() - 1]
            .rtp_timestamp
            .wrapping_sub(packets[0].rtp_timestamp);
        let rate = if packets[0].codec == TapCodec::Opus {
            48_000.0
        } else {
            90_000.0
        };
        assert!((span.as_secs_f64() - f64::from(ticks) / rate).abs() < 0.01);
    }
}

#[test]
fn off_the_record_nothing_is_copied() {
    let (mut world, room, sources) = World::briefing(2, 1, 2, 2);
    world.run(Duration::from_secs(1));
    assert!(world.taps.is_empty());
    world.plan(room, &[seat(100)], &sources, &sources[..1], &[]);
    world.run(Duration::from_secs(1));
    assert!(
        world.taps.iter().all(|(_, packet)| packet.source == sources[0]),
        "only who is on the record"
    );
    assert!(!world.taps.is_empty());

    world.plan(room, &[seat(100)], &sources, &[], &[]);
    world.taps.clear();
    world.run(Duration::from_secs(2));
    assert!(world.taps.is_empty(), "not one packet after the order");
    assert!(world.viewers[0].slots[0].seen.len() > 50, "the room goes on");
}

#[test]
fn a_muted_source_is_neither_heard_nor_recorded_and_comes_back_in_step() {
    let (mut world, room, sources) = World::briefing(1, 1, 1, 1);
    world.plan(room, &[seat(100)], &sources, &sources, &[]);
    world.run(Duration::from_secs(1));
    world.plan(room, &[seat(100)], &sources, &sources, &sources);
    world.run(Duration::from_millis(12));
    let (heard, recorded) = (world.viewers[0].slots[1].seen.len(), of(&world, TapCodec::Opus).len());
    let seen = world.viewers[0].slots[0].seen.len();
    world.run(Duration::from_secs(1));
    assert_eq!(world.viewers[0].slots[1].seen.len(), heard);
    assert_eq!(of(&world, TapCodec::Opus).len(), recorded);
    assert!(world.viewers[0].slots[0].seen.len() > seen + 20, "still seen");

    world.plan(room, &[seat(100)], &sources, &sources, &[]);
    world.run(Duration::from_secs(1));
    let slot = &world.viewers[0].slots[1];
    assert!(slot.seen.len() > heard + 40);
    assert_eq!(slot.missing(), 0, "silence is not loss");
}
