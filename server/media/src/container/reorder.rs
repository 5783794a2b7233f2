//! Puts a track's packets back into the order of their sequence numbers, so that a repaired loss is not a hole in the
//! record. Waits for a missing packet only so long as others fill the window.

use std::collections::BTreeMap;

/// A packet in its place, or word of one that never came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ordered<T> {
    Packet(T),
    /// This many packets in a row are gone for good.
    Lost(u16),
}

/// A reorder window of `depth` packets. Deeper: repairs that come later still count, more memory and delay;
/// shallower: holes sooner.
#[derive(Debug)]
pub struct Reorder<T> {
    depth: usize,
    /// Extended sequence number expected next.
    next: Option<u64>,
    waiting: BTreeMap<u64, T>,
}

impl<T> Reorder<T> {
    pub fn new(depth: usize) -> Self {
        Self {
            depth,
            next: None,
            waiting: BTreeMap::new(),
        }
    }

    /// Takes one packet and hands out all that are now in order. Late duplicates are dropped.
    pub fn push(&mut self, sequence: u16, packet: T, out: &mut Vec<Ordered<T>>) {
        let next = *self.next.get_or_insert(u64::from(sequence) + (1 << 16));
        let offset = i64::from(sequence.wrapping_sub(next as u16) as i16);
        let Some(extended) = next.checked_add_signed(offset).filter(|extended| *extended >= next) else {
            return;
        };
        self.waiting.entry(extended).or_insert(packet);
        self.release(out);
        while self.waiting.len() > self.depth {
            self.skip(out);
        }
    }

    /// Hands out what waits, with its holes: the track has ended.
    pub fn flush(&mut self, out: &mut Vec<Ordered<T>>) {
        while !self.waiting.is_empty() {
            self.skip(out);
        }
    }

    fn release(&mut self, out: &mut Vec<Ordered<T>>) {
        while let Some(packet) = self.next.and_then(|next| self.waiting.remove(&next)) {
            out.push(Ordered::Packet(packet));
            self.next = self.next.map(|next| next + 1);
        }
    }

    fn skip(&mut self, out: &mut Vec<Ordered<T>>) {
        if let (Some(next), Some((&first, _))) = (self.next, self.waiting.first_key_value()) {
            out.push(Ordered::Lost(u16::try_from(first - next).unwrap_or(u16::MAX)));
            self.next = Some(first);
            self.release(out);
        }
    }
}
