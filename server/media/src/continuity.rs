//! One continuous stream out of many: rewrites sequence numbers, timestamps and VP8 counters so that a receiver never
//! notices a change of layer, publisher or codec, nor that frames were left out. Slots and taps use the same rewriting.
//! Timestamps follow elapsed time over a change: audio jumps are audible otherwise.

use crate::{
    codec::Codec,
    packet::{MediaPacket, TrackId},
};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Where a packet belongs in the outgoing stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub sequence: u64,
    pub timestamp: u32,
    pub picture_id: u16,
    pub tl0: u8,
    /// The first packet after a change.
    pub first: bool,
}

/// A stretch of the outgoing stream that is fed by one track without anything left out.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    track: TrackId,
    /// Stretches between two changes share this number.
    change: u32,
    first_in: u64,
    first_out: u64,
    /// Numbers it holds; open until something is left out.
    length: u64,
    timestamp: u32,
    picture_id: u16,
    tl0: u8,
    /// Begins with a change.
    first: bool,
}

impl Stretch {
    fn place(&self, packet: &MediaPacket) -> Option<Placed> {
        let offset = packet
            .sequence
            .checked_sub(self.first_in)
            .filter(|offset| *offset < self.length)?;
        let (picture_id, tl0) = counters(packet);
        Some(Placed {
            sequence: self.first_out + offset,
            timestamp: packet.timestamp.wrapping_add(self.timestamp),
            picture_id: picture_id.wrapping_add(self.picture_id) & 0x7fff,
            tl0: tl0.wrapping_add(self.tl0),
            first: offset == 0 && self.first,
        })
    }
}

/// The newest packet that was placed.
#[derive(Clone, Copy, Debug)]
struct Head {
    placed: Placed,
    at: Instant,
    clock_rate: u32,
}

/// A packet that was sent: which one of which track, and how it was placed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    pub track: TrackId,
    pub sequence: u64,
    stretch: Stretch,
}

impl Sent {
    /// The place it had, for its retransmission.
    pub fn place(&self, packet: &MediaPacket) -> Option<Placed> {
        self.stretch.place(packet)
    }
}

/// State of one outgoing stream.
#[derive(Debug)]
pub(crate) struct Continuity {
    first_sequence: u16,
    head: Option<Head>,
    now: Option<Stretch>,
    /// Ended stretches, newest last.
    before: VecDeque<Stretch>,
    /// The highest number of the feeding track that was placed or left out, and the VP8 frame left out last.
    reached: u64,
    left_out: Option<u16>,
    window: Window,
}

/// Ended stretches remembered for retransmissions. When every other frame is left out, these are more than a second;
/// more costs memory (48 bytes each).
const MAX_BEFORE: usize = 16;

/// A stretch change is at least one video frame or one Opus packet long.
const MIN_STEP: Duration = Duration::from_millis(20);

impl Continuity {
    pub fn new(first_sequence: u16) -> Self {
        Self {
            first_sequence,
            head: None,
            now: None,
            before: VecDeque::new(),
            reached: 0,
            left_out: None,
            window: Window::default(),
        }
    }

    /// The track that feeds the stream now.
    pub fn track(&self) -> Option<TrackId> {
        self.now.map(|stretch| stretch.track)
    }

    /// From this packet on its track feeds the stream.
    pub fn change_to(&mut self, packet: &MediaPacket) {
        let (picture_id, tl0) = counters(packet);
        let last = self.now.or(self.before.back().copied());
        let change = last.map_or(0, |stretch| stretch.change.wrapping_add(1));
        (self.reached, self.left_out) = (packet.sequence.saturating_sub(1), None);
        let stretch = match self.head {
            None => Stretch {
                track: packet.track,
                change,
                first: true,
                length: u64::MAX,
                first_in: packet.sequence,
                // Receivers assume that a stream begins in cycle 0 (RFC 3711, section 3.3.1).
                first_out: u64::from(self.first_sequence),
                timestamp: 0,
                picture_id: 0,
                tl0: 0,
            },
            Some(head) => {
                let passed = packet.arrived.saturating_duration_since(head.at).max(MIN_STEP);
                let ticks = (passed.as_secs_f64() * f64::from(head.clock_rate)) as u64 as u32;
                Stretch {
                    track: packet.track,
                    change,
                    first: true,
                    length: u64::MAX,
                    first_in: packet.sequence,
                    first_out: head.placed.sequence + 1,
                    timestamp: head.placed.timestamp.wrapping_add(ticks).wrapping_sub(packet.timestamp),
                    picture_id: head.placed.picture_id.wrapping_add(1).wrapping_sub(picture_id) & 0x7fff,
                    tl0: head.placed.tl0.wrapping_add(1).wrapping_sub(tl0),
                }
            }
        };
        if let Some(ended) = self.now.replace(stretch) {
            self.end(ended);
        }
    }

    fn end(&mut self, stretch: Stretch) {
        if self.before.len() == MAX_BEFORE {
            self.before.pop_front();
        }
        self.before.push_back(stretch);
    }

    /// Leaves out a packet of the feeding track and closes the numbers over it. False when its number is already part of
    /// the outgoing stream, because it comes late: then it has to be sent, or it would be missed.
    pub fn leave_out(&mut self, packet: &MediaPacket) -> bool {
        let Some(stretch) = self.now.filter(|stretch| stretch.track == packet.track) else {
            return true;
        };
        if packet.sequence <= self.reached {
            return self.stretch_of(packet).is_none();
        }
        self.reached = packet.sequence;
        let (picture_id, _) = counters(packet);
        let another = self.left_out.replace(picture_id) != Some(picture_id);
        let next = Stretch {
            first_in: packet.sequence + 1,
            first_out: stretch.first_out + (packet.sequence - stretch.first_in),
            picture_id: stretch.picture_id.wrapping_sub(u16::from(another)) & 0x7fff,
            first: false,
            ..stretch
        };
        if packet.sequence > stretch.first_in {
            let length = packet.sequence - stretch.first_in;
            self.end(Stretch { length, ..stretch });
        }
        self.now = Some(next);
        true
    }

    /// The stretch since the last change that holds a packet's number.
    fn stretch_of(&self, packet: &MediaPacket) -> Option<Stretch> {
        let now = self.now.filter(|stretch| stretch.track == packet.track)?;
        let holds = |stretch: &Stretch| {
            stretch.change == now.change
                && packet
                    .sequence
                    .checked_sub(stretch.first_in)
                    .is_some_and(|offset| offset < stretch.length)
        };
        std::iter::once(now)
            .chain(self.before.iter().rev().copied())
            .find(holds)
    }

    /// Stops the stream until the next [`Self::change_to`].
    pub fn stop(&mut self) {
        if let Some(stretch) = self.now.take() {
            self.end(stretch);
        }
    }

    /// The place of a packet of the feeding track, each place once: a repeated packet, or one from before the change,
    /// has none. (A second packet under one SRTP nonce would break its secrecy.)
    pub fn place(&mut self, packet: &MediaPacket) -> Option<Placed> {
        let placed = self.stretch_of(packet)?.place(packet)?;
        if !self.window.claim(placed.sequence) {
            return None;
        }
        if packet.sequence > self.reached {
            (self.reached, self.left_out) = (packet.sequence, None);
        }
        if self.head.is_none_or(|head| placed.sequence > head.placed.sequence) {
            self.head = Some(Head {
                placed,
                at: packet.arrived,
                clock_rate: packet.codec.clock_rate(),
            });
        }
        Some(placed)
    }

    /// What was sent under a wire sequence number, if recent.
    pub fn sent(&self, wire: u16) -> Option<Sent> {
        let head = self.head?.placed.sequence;
        self.find(head.checked_sub(u64::from((head as u16).wrapping_sub(wire)))?)
    }

    /// What was sent so many packets before the newest.
    pub fn recent(&self, back: u64) -> Option<Sent> {
        self.find(self.head?.placed.sequence.checked_sub(back)?)
    }

    fn find(&self, number: u64) -> Option<Sent> {
        let stretch = self
            .now
            .into_iter()
            .chain(self.before.iter().rev().copied())
            .find(|stretch| number >= stretch.first_out)?;
        self.window.claimed(number).then_some(Sent {
            track: stretch.track,
            sequence: stretch.first_in + (number - stretch.first_out),
            stretch,
        })
    }

    /// The timestamp that corresponds to `now`, for sender reports.
    pub fn timestamp_at(&self, now: Instant) -> Option<u32> {
        let head = self.head?;
        let ticks = now.saturating_duration_since(head.at).as_secs_f64() * f64::from(head.clock_rate);
        Some(head.placed.timestamp.wrapping_add(ticks as u64 as u32))
    }
}

fn counters(packet: &MediaPacket) -> (u16, u8) {
    let descriptor = packet.vp8.filter(|_| packet.codec == Codec::Vp8);
    (
        descriptor.and_then(|it| it.picture_id).map_or(0, |field| field.value),
        descriptor.and_then(|it| it.tl0).map_or(0, |field| field.value),
    )
}

/// Which of the last numbers were given out.
#[derive(Debug, Default)]
struct Window {
    highest: u64,
    bits: [u64; WINDOW_WORDS],
}

/// 512 numbers; later stragglers are useless to a decoder.
const WINDOW_WORDS: usize = 8;
const WINDOW: u64 = WINDOW_WORDS as u64 * 64;

impl Window {
    /// True once per number, and never for numbers that left the window.
    fn claim(&mut self, number: u64) -> bool {
        if number > self.highest {
            if number - self.highest >= WINDOW {
                self.bits = [0; WINDOW_WORDS];
            } else {
                for skipped in self.highest + 1..=number {
                    self.clear(skipped);
                }
            }
            self.highest = number;
        } else if self.highest - number >= WINDOW || self.claimed(number) {
            return false;
        }
        self.bits[(number / 64) as usize % WINDOW_WORDS] |= 1 << (number % 64);
        true
    }

    fn claimed(&self, number: u64) -> bool {
        number <= self.highest
            && self.highest - number < WINDOW
            && self.bits[(number / 64) as usize % WINDOW_WORDS] & 1 << (number % 64) != 0
    }

    fn clear(&mut self, number: u64) {
        self.bits[(number / 64) as usize % WINDOW_WORDS] &= !(1 << (number % 64));
    }
}

#[cfg(test)]
mod tests;
