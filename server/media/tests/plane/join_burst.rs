//! Everybody comes at three o'clock: the many get in soon, and those inside notice nothing.

use crate::world::{World, seat};
use std::time::Duration;

const MANY: usize = 40;

#[test]
fn forty_at_once_see_soon_and_the_one_inside_notices_nothing() {
    let (mut world, room, sources) = World::briefing(1, 3, 1, 1);
    world.run(Duration::from_secs(2));
    let (begin, asked) = (world.now, world.publishers[0].key_frames_asked);
    let mut seats = vec![seat(100)];
    for number in 0..MANY {
        seats.push(seat(101 + number as u32));
        world.watch(room, seats[number + 1], 1, 1);
    }
    world.plan(room, &seats, &sources, &[], &[]);
    let waited = world.run_until("everybody sees and hears", |world| {
        let sees = |slots: &[crate::client::SlotView]| slots[0].decoder.shown.len() > 5 && slots[1].seen.len() > 5;
        world.viewers.iter().all(|viewer| sees(&viewer.slots))
    });
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    world.run(Duration::from_secs(1));
    let inside = &world.viewers[0];
    assert_eq!(inside.slots[0].decoder.frozen(begin, world.now), Duration::ZERO);
    assert!(inside.slots.iter().all(|slot| slot.missing() == 0));
    let asked = world.publishers[0].key_frames_asked - asked;
    assert!(asked <= 8, "key frames are asked for together, not {asked} times");
}
