//! Asks for lost packets as browsers do: at once when a gap shows, again after each round trip, ten times at most, and
//! no more than a thousand at a time.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

const TRIES: u32 = 10;
const MOST: usize = 1_000;

#[derive(Default)]
pub struct Repair {
    highest: Option<u64>,
    missing: BTreeMap<u64, (u32, Instant)>,
}

impl Repair {
    /// Numbers a packet with cycles and learns what is missing before it.
    pub fn hear(&mut self, now: Instant, number: u16) -> u64 {
        let Some(highest) = self.highest else {
            let first = 0x1_0000 + u64::from(number);
            self.highest = Some(first);
            return first;
        };
        let extended = highest.saturating_add_signed(i64::from(number.wrapping_sub(highest as u16) as i16));
        self.missing.remove(&extended);
        if extended > highest {
            self.missing
                .extend((highest + 1..extended).map(|number| (number, (0, now))));
            self.highest = Some(extended);
            if self.missing.len() > MOST {
                self.missing.clear();
            }
        }
        extended
    }

    /// What to ask for now.
    pub fn due(&mut self, now: Instant, round_trip: Duration) -> Vec<u16> {
        self.missing.retain(|_, (tries, _)| *tries < TRIES);
        let mut due = Vec::new();
        for (number, (tries, at)) in &mut self.missing {
            if *at <= now {
                *tries += 1;
                *at = now + round_trip;
                due.push(*number as u16);
            }
        }
        due
    }

    /// What came before this is not needed any more.
    pub fn forget_before(&mut self, number: u64) {
        self.missing = self.missing.split_off(&number);
    }
}
