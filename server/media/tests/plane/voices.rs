//! Who is heard when more speak than there are slots, and who counts as the speaker.

use crate::world::World;
use rostrum_domain::media::Sight;
use std::time::Duration;

#[test]
fn the_loudest_are_heard_when_slots_are_few() {
    let (mut world, _, _) = World::briefing(3, 1, 1, 2);
    world.publishers[2].level = 127;
    world.run(Duration::from_secs(2));
    let heard = |world: &World| {
        let mut tags: Vec<u8> = world.viewers[0].slots[1..]
            .iter()
            .filter_map(|slot| slot.tag())
            .collect();
        tags.sort();
        tags
    };
    let tags: Vec<u8> = world.publishers.iter().map(|publisher| publisher.tag).collect();
    assert_eq!(heard(&world), [tags[0], tags[1]]);
    world.publishers[0].level = 127;
    world.publishers[2].level = 20;
    world.run(Duration::from_secs(2));
    assert_eq!(heard(&world), [tags[1], tags[2]]);
    assert!(world.viewers[0].slots[1..].iter().all(|slot| slot.missing() == 0));
}

#[test]
fn the_speaker_is_told_and_silence_too() {
    let (mut world, _, sources) = World::briefing(2, 1, 1, 2);
    let speaking = |world: &World| {
        world.sights.iter().rev().find_map(|(_, sight)| match sight {
            Sight::Speaking { source } => Some(*source),
            _ => None,
        })
    };
    world.publishers[0].level = 127;
    world.run(Duration::from_secs(2));
    assert_eq!(speaking(&world), Some(Some(sources[1])));
    world.publishers[0].level = 25;
    world.publishers[1].level = 127;
    world.run(Duration::from_secs(2));
    assert_eq!(speaking(&world), Some(Some(sources[0])));
    world.publishers[0].level = 127;
    world.run(Duration::from_secs(3));
    assert_eq!(speaking(&world), Some(None));
}

#[test]
fn the_health_of_a_source_is_reported_each_second() {
    let (mut world, _, sources) = World::briefing(1, 3, 1, 1);
    world.run(Duration::from_secs(5));
    let reports: Vec<_> = world
        .sights
        .iter()
        .filter_map(|(_, sight)| match sight {
            Sight::SourceHealth { source, health } if *source == sources[0] => Some(*health),
            _ => None,
        })
        .collect();
    assert!((4..=7).contains(&reports.len()), "{}", reports.len());
    let last = reports[reports.len() - 1];
    assert_eq!(last.layers, 3);
    // 7 packets of 900 bytes, 25 times a second, and sound.
    assert!((1_100_000..1_500_000).contains(&last.bitrate), "{}", last.bitrate);
    assert!(last.loss < 0.02);
    assert!((80..=110).contains(&last.level));
}
