//! Shows pictures as a browser's decoder does: whole frames in their order, each built upon the one before, a key frame
//! to begin with and to go on when something is lost for good. Asks for that key frame by the rules of libwebrtc.

use super::Picture;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Without any picture to begin with it asks this often.
const NOTHING_YET: Duration = Duration::from_millis(200);
/// With a picture standing still, this late.
const STANDING: Duration = Duration::from_secs(3);
/// A longer gap between two frames than this counts as a freeze: the mean of 40 ms plus 150 ms.
const FREEZE: Duration = Duration::from_millis(190);

/// A frame that was shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    pub at: Instant,
    pub height: u16,
}

#[derive(Clone, Copy)]
struct Piece {
    marker: bool,
    picture: Option<Picture>,
}

#[derive(Default)]
pub struct Decoder {
    waiting: BTreeMap<u64, Piece>,
    next: Option<u64>,
    pub shown: Vec<Shown>,
    /// Key frames it had to ask for.
    pub asked: u32,
    asked_at: Option<Instant>,
    newest: Option<Instant>,
    first: Option<Instant>,
}

impl Decoder {
    /// Takes a packet; returns the number before which nothing is needed any more, when it moved.
    pub(super) fn take(&mut self, now: Instant, number: u64, marker: bool, picture: Option<Picture>) -> Option<u64> {
        self.newest = Some(now);
        self.first.get_or_insert(now);
        if self.next.is_some_and(|next| number < next) {
            return None;
        }
        self.waiting.insert(number, Piece { marker, picture });
        let before = self.next;
        while let Some((begin, end)) = self.next_frame() {
            let rest = self.waiting.split_off(&end);
            if let Some(picture) = self.waiting.get(&begin).and_then(|piece| piece.picture) {
                self.shown.push(Shown {
                    at: now,
                    height: picture.height,
                });
            }
            self.waiting = rest;
            self.next = Some(end);
        }
        self.next.filter(|_| self.next != before)
    }

    /// The numbers of a whole frame that can be shown: the next one, else a later key frame.
    fn next_frame(&self) -> Option<(u64, u64)> {
        if let Some(next) = self.next
            && let Some(end) = self.whole(next)
        {
            return Some((next, end));
        }
        let begins = |piece: &Piece| piece.picture.is_some_and(|picture| picture.key);
        let keys = self.waiting.iter().rev().filter(|(_, piece)| begins(piece));
        keys.filter_map(|(&number, _)| Some((number, self.whole(number)?)))
            .next()
    }

    /// Where the frame that begins here ends, when all of it is there. Padding is a frame of nothing.
    fn whole(&self, begin: u64) -> Option<u64> {
        let mut pieces = self.waiting.range(begin..);
        let mut expected = begin;
        loop {
            let (&number, piece) = pieces.next()?;
            if number != expected {
                return None;
            }
            expected += 1;
            let padding = piece.picture.is_none();
            if piece.marker || padding && number == begin {
                return Some(expected);
            }
        }
    }

    /// Whether to ask for a key frame now.
    pub(super) fn lacks_key_frame(&mut self, now: Instant) -> bool {
        let (Some(newest), Some(first)) = (self.newest, self.first) else {
            return false;
        };
        let (since, patience) = match self.shown.last() {
            Some(shown) => (shown.at, STANDING),
            None => (first, NOTHING_YET),
        };
        let waits = now - since.max(self.asked_at.unwrap_or(since)) >= patience;
        // Who receives nothing has nothing to complain about.
        let ask = waits && now - newest < Duration::from_secs(1);
        if ask {
            self.asked_at = Some(now);
            self.asked += 1;
        }
        ask
    }

    pub fn height(&self) -> Option<u16> {
        self.shown.last().map(|shown| shown.height)
    }

    /// How long the picture stood still between the two moments.
    pub fn frozen(&self, from: Instant, to: Instant) -> Duration {
        let times = self.shown.iter().map(|shown| shown.at);
        let mut times: Vec<Instant> = times.filter(|at| (from..=to).contains(at)).collect();
        times.insert(0, from);
        times.push(to);
        let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
        gaps.filter(|gap| *gap > FREEZE).sum()
    }

    /// Frames shown between the two moments.
    pub fn frames(&self, from: Instant, to: Instant) -> usize {
        self.shown
            .iter()
            .filter(|shown| (from..=to).contains(&shown.at))
            .count()
    }
}
