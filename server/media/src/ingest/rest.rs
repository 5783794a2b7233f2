//! Whether a simulcast layer is asked of its publisher: one that nobody wants costs the publisher its encoder and uplink
//! for nothing. It rests soon after the last one lost interest, and is asked for again at once.

use std::time::{Duration, Instant};

/// Unwanted for so long, a layer rests. Longer wastes the publisher's uplink, shorter restarts encoders for viewers who
/// only pass by.
const PATIENCE: Duration = Duration::from_secs(2);
/// A layer that was asked for again and does not come for so long is not coming; a smaller one is shown instead.
const COMING: Duration = Duration::from_secs(3);

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rest {
    unwanted_since: Option<Instant>,
    paused: bool,
    resumed: Option<Instant>,
}

impl Rest {
    /// True when the publisher has to be told something else than before.
    pub fn want(&mut self, now: Instant, wanted: bool) -> bool {
        if wanted {
            self.unwanted_since = None;
            let resumes = std::mem::take(&mut self.paused);
            if resumes {
                self.resumed = Some(now);
            }
            return resumes;
        }
        let since = *self.unwanted_since.get_or_insert(now);
        let rests = !self.paused && now.saturating_duration_since(since) >= PATIENCE;
        self.paused |= rests;
        rests
    }

    pub fn paused(&self) -> bool {
        self.paused
    }

    /// It was asked for again and may come any moment.
    pub fn expected(&self, now: Instant) -> bool {
        self.resumed
            .is_some_and(|resumed| now.saturating_duration_since(resumed) < COMING)
    }

    /// True for the first packet after it was asked for again.
    pub fn came(&mut self) -> bool {
        !self.paused && self.resumed.take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::origin;

    #[test]
    fn a_layer_rests_after_the_last_lost_interest_and_returns_at_once() {
        let start = origin();
        let at = |millis| start + Duration::from_millis(millis);
        let mut rest = Rest::default();
        assert!(!rest.want(at(0), false));
        assert!(!rest.want(at(1_900), true), "somebody passed by");
        assert!(!rest.want(at(2_000), false));
        assert!(!rest.want(at(3_900), false));
        assert!(rest.want(at(4_000), false) && rest.paused());
        assert!(!rest.want(at(5_000), false), "told once");
        assert!(rest.want(at(6_000), true) && !rest.paused(), "at once");
        assert!(rest.expected(at(6_500)));
        assert!(rest.came() && !rest.came());
        assert!(!rest.expected(at(6_500)));
    }
}
