//! Positions in a track's sound to times of the room. Follows the capture times of the packets while nobody speaks and
//! the sound itself while somebody does, so that a clock that is corrected in mid-sentence cannot bend a sentence.

use crate::engine::SAMPLE_RATE;
use rostrum_domain::time::Timestamp;

#[derive(Clone, Copy, Debug)]
pub struct RoomClock {
    position: u64,
    time: Timestamp,
}

impl RoomClock {
    /// The sample at `position` was captured at `time`.
    pub fn new(position: u64, time: Timestamp) -> Self {
        Self { position, time }
    }

    /// When the sample at `position` was captured.
    pub fn at(&self, position: u64) -> Timestamp {
        let samples = i128::from(position) - i128::from(self.position);
        let micros = samples * 1_000_000 / SAMPLE_RATE as i128;
        let micros = i64::try_from(micros).unwrap_or(if micros < 0 { i64::MIN } else { i64::MAX });
        Timestamp::from_micros(self.time.micros().saturating_add(micros))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_before_and_after_the_known_one_have_times() {
        let clock = RoomClock::new(16_000, Timestamp::from_micros(10_000_000));
        assert_eq!(clock.at(32_000), Timestamp::from_micros(11_000_000));
        assert_eq!(clock.at(8_000), Timestamp::from_micros(9_500_000));
    }
}
