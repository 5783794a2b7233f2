//! When was it captured, on the room clock? The publisher's sender reports tie its tracks together; how far its clock is
//! from ours is the smallest difference seen between capture and arrival. Without reports, arrival alone serves.

use rostrum_domain::time::Timestamp;

/// The publisher's clock against ours, common to all its tracks.
#[derive(Debug, Default)]
pub(crate) struct Offset {
    /// Smallest (arrival − capture) seen, µs; drifts up slowly so that a clock that runs away is followed.
    smallest: Option<f64>,
    last: f64,
}

/// Clocks of computers drift by less than 200 µs a second.
const DRIFT: f64 = 200e-6;

impl Offset {
    fn observe(&mut self, arrival: f64, captured: f64) -> f64 {
        let seen = arrival - captured;
        let passed = (arrival - self.last).max(0.0);
        self.last = arrival;
        let allowed = self
            .smallest
            .map_or(seen, |smallest| (smallest + passed * DRIFT).min(seen));
        self.smallest = Some(allowed);
        allowed
    }
}

/// The media clock of one track.
#[derive(Debug)]
pub(crate) struct CaptureClock {
    rate: f64,
    highest: Option<(u32, i64)>,
    /// Extended timestamp and the publisher's time of it, µs.
    report: Option<(i64, f64)>,
    /// Against arrival alone, and against the publisher's clock.
    own: Offset,
    reported: Offset,
    /// Room time of extended timestamp 0, as given out; moves towards its true value slowly.
    origin: Option<f64>,
    last_arrival: f64,
    newest: f64,
}

/// The given-out clock is corrected by at most 5 % of elapsed time, which nobody sees in a caption.
const SLEW: f64 = 0.05;
/// A larger error is a new clock (the encoder was restarted), not a drift.
const JUMP: f64 = 2_000_000.0;
/// More than any delay between sound and picture, less than a clock that is wrong.
const DISAGREEMENT: f64 = 1_000_000.0;

impl CaptureClock {
    pub fn new(clock_rate: u32) -> Self {
        Self {
            rate: f64::from(clock_rate) / 1e6,
            highest: None,
            report: None,
            own: Offset::default(),
            reported: Offset::default(),
            origin: None,
            last_arrival: 0.0,
            newest: 0.0,
        }
    }

    pub fn report(&mut self, ntp: u64, rtp: u32) {
        let micros = (ntp >> 32) as f64 * 1e6 + (ntp & 0xffff_ffff) as f64 * 1e6 / 4_294_967_296.0;
        if self.highest.is_some() {
            self.report = Some((self.extend(rtp), micros));
        }
    }

    /// Room time at which a packet's first sample was captured. Never later for an earlier timestamp of the same track
    /// in order; `common` is the publisher's offset.
    pub fn captured(&mut self, common: &mut Offset, rtp: u32, arrival: Timestamp) -> Timestamp {
        let arrival = arrival.micros() as f64;
        let extended = self.extend(rtp);
        let media = extended as f64 / self.rate;
        let origin = match self.report {
            Some((at, micros)) => {
                let captured = micros + (extended - at) as f64 / self.rate;
                let (own, common) = (
                    self.reported.observe(arrival, captured),
                    common.observe(arrival, captured),
                );
                // Tracks of one publisher may disagree about delays, but not about the time of day.
                let offset = if own - common < DISAGREEMENT { common } else { own };
                captured + offset - media
            }
            None => self.own.observe(arrival, media),
        };
        let passed = (arrival - self.last_arrival).clamp(0.0, 1e6);
        self.last_arrival = arrival;
        let given = match self.origin {
            Some(given) if (origin - given).abs() < JUMP => {
                given + (origin - given).clamp(-passed * SLEW, passed * SLEW)
            }
            _ => origin,
        };
        self.origin = Some(given);
        let in_order = self.highest.is_some_and(|(_, highest)| extended >= highest);
        let time = (given + media).min(arrival);
        if in_order {
            self.newest = self.newest.max(time);
            return Timestamp::from_micros(self.newest as i64);
        }
        Timestamp::from_micros(time.min(self.newest) as i64)
    }

    fn extend(&mut self, rtp: u32) -> i64 {
        let Some((last, extended)) = self.highest else {
            self.highest = Some((rtp, 0));
            return 0;
        };
        let extended = extended + i64::from(rtp.wrapping_sub(last) as i32);
        if self.highest.is_some_and(|(_, highest)| extended > highest) {
            self.highest = Some((rtp, extended));
        }
        extended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_700_000_000_000_000;

    fn ntp(micros: i64) -> u64 {
        let seconds = (micros / 1_000_000) as u64 + 2_208_988_800;
        seconds << 32 | ((micros % 1_000_000) as u64 * 4_294_967_296 / 1_000_000)
    }

    #[test]
    fn without_reports_jitter_of_arrival_does_not_move_the_clock() {
        let (mut clock, mut common) = (CaptureClock::new(48_000), Offset::default());
        let mut last = None;
        for packet in 0..500i64 {
            let jitter = if packet % 7 == 3 { 40_000 } else { 0 };
            let arrival = Timestamp::from_micros(START + packet * 20_000 + jitter);
            let captured = clock.captured(&mut common, (packet * 960) as u32, arrival).micros();
            assert!((captured - (START + packet * 20_000)).abs() < 3_000, "{captured}");
            assert!(last.is_none_or(|last| captured >= last));
            last = Some(captured);
        }
    }

    /// Sound and picture of one moment get one time although the picture arrives 150 ms later.
    #[test]
    fn reports_bring_sound_and_picture_together() {
        let (mut audio, mut video) = (CaptureClock::new(48_000), CaptureClock::new(90_000));
        let mut common = Offset::default();
        let (mut heard, mut seen) = (0, 0);
        for step in 0..3_000i64 {
            let captured = START + step * 20_000;
            if step % 50 == 1 {
                // The publisher's clock is an hour off.
                audio.report(ntp(captured - 3_600_000_000), (step * 960) as u32);
                video.report(ntp(captured - 3_600_000_000), (step * 1_800 + 77) as u32);
            }
            heard = audio
                .captured(
                    &mut common,
                    (step * 960) as u32,
                    Timestamp::from_micros(captured + 10_000),
                )
                .micros();
            seen = video
                .captured(
                    &mut common,
                    (step * 1_800 + 77) as u32,
                    Timestamp::from_micros(captured + 160_000),
                )
                .micros();
        }
        assert!((heard - seen).abs() < 5_000, "{} µs apart", heard - seen);
    }
}
