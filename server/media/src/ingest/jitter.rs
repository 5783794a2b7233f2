//! How unevenly a publisher's packets arrive (RFC 3550, section 6.4.1 and appendix A.8).

use std::time::Instant;

#[derive(Debug, Default)]
pub(crate) struct Jitter {
    last: Option<(Instant, u32)>,
    /// Seconds.
    estimate: f64,
}

impl Jitter {
    pub fn hear(&mut self, now: Instant, timestamp: u32, clock_rate: u32) {
        if let Some((then, before)) = self.last {
            let step = f64::from(timestamp.wrapping_sub(before) as i32) / f64::from(clock_rate);
            // A pause or another stream, not jitter.
            if step.abs() < 2.0 {
                let took = now.saturating_duration_since(then).as_secs_f64();
                self.estimate += ((took - step).abs() - self.estimate) / 16.0;
            }
        }
        self.last = Some((now, timestamp));
    }

    pub fn millis(&self) -> u32 {
        (self.estimate * 1000.0) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::origin;
    use std::time::Duration;

    fn arriving(late: impl Fn(u32) -> u64) -> u32 {
        let (mut jitter, start) = (Jitter::default(), origin());
        for number in 0..500 {
            let at = start + Duration::from_millis(u64::from(number) * 20 + late(number));
            jitter.hear(at, number.wrapping_mul(960).wrapping_sub(5_000), 48_000);
        }
        jitter.millis()
    }

    #[test]
    fn even_arrival_has_none_and_a_restless_network_has_its_restlessness() {
        assert_eq!(arriving(|_| 30), 0);
        let restless = arriving(|number| if number % 2 == 0 { 0 } else { 15 });
        assert!((12..=15).contains(&restless), "{restless}");
    }
}
