//! The last flight of a DTLS handshake, kept and sent again when nothing comes of it.
//! webrtc-rs disarms its own timer as soon as any part of the peer's flight arrives, be it a repeated one: what was lost
//! on the way to the peer is then lost for good, and the handshake never ends. The peer drops what it has already read
//! by its record number (RFC 6347, section 4.1.2.6).

use std::time::{Duration, Instant};

/// More than most round trips; webrtc-rs's own timer is a second. Doubled at each repetition (RFC 6347, section 4.2.4.1).
const FIRST_WAIT: Duration = Duration::from_millis(400);
/// A server's largest flight is its certificate: two or three datagrams.
const MOST: usize = 8;
/// The peer repeats its own last flight when it misses ours; this is usually sooner.
const LAST_TRIES: u32 = 2;

pub(crate) struct Flight<T> {
    datagrams: Vec<(T, Vec<u8>)>,
    sent: Option<Instant>,
    due: Option<Instant>,
    wait: Duration,
    left: u32,
}

impl<T> Default for Flight<T> {
    fn default() -> Self {
        Self {
            datagrams: Vec::new(),
            sent: None,
            due: None,
            wait: FIRST_WAIT,
            left: u32::MAX,
        }
    }
}

impl<T: Copy> Flight<T> {
    /// A datagram of the handshake goes to `to`; those of one moment are one flight.
    pub fn keep(&mut self, now: Instant, to: T, datagram: &[u8]) {
        if self.left == 0 {
            return;
        }
        if self.sent != Some(now) {
            self.datagrams.clear();
            self.sent = Some(now);
            self.due = Some(now + self.wait);
        }
        if self.datagrams.len() < MOST {
            self.datagrams.push((to, datagram.to_vec()));
        }
    }

    pub fn due(&self) -> Option<Instant> {
        self.due
    }

    /// What to send again now.
    pub fn again(&mut self, now: Instant) -> &[(T, Vec<u8>)] {
        if self.due.is_none_or(|due| due > now) {
            return &[];
        }
        self.wait *= 2;
        self.left = self.left.saturating_sub(1);
        self.due = (self.left > 0).then_some(now + self.wait);
        &self.datagrams
    }

    /// The handshake is over for us: what is still to be sent is the last flight, whose loss only the peer would notice.
    pub fn finish(&mut self) {
        (self.wait, self.left) = (FIRST_WAIT, LAST_TRIES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::origin;

    #[test]
    fn a_flight_is_repeated_ever_later_and_the_last_one_twice() {
        let start = origin();
        let at = |millis| start + Duration::from_millis(millis);
        let mut flight = Flight::default();
        flight.keep(at(0), 1, b"hello");
        flight.keep(at(0), 1, b"certificate");
        assert!(flight.again(at(399)).is_empty());
        assert_eq!(flight.again(at(400)).len(), 2);
        assert!(flight.again(at(1_199)).is_empty());
        assert_eq!(flight.again(at(1_200)).len(), 2);
        flight.finish();
        flight.keep(at(1_300), 2, b"finished");
        assert_eq!(flight.again(at(1_700)), [(2, b"finished".to_vec())]);
        assert_eq!(flight.again(at(2_500)).len(), 1);
        flight.keep(at(3_000), 2, b"more");
        assert!(flight.due().is_none() && flight.again(at(60_000)).is_empty());
    }
}
