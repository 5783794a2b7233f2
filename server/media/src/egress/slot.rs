//! One receive slot of a subscriber: an SSRC of fixed identity through which changing sources are shown.

use crate::{
    codec::Codec,
    continuity::Continuity,
    packet::{MediaPacket, TrackId},
};
use rostrum_domain::id::SourceId;
use std::time::{Duration, Instant};

/// A codec the slot's m-line agreed on.
#[derive(Clone, Debug)]
pub(crate) struct SlotCodec {
    pub codec: Codec,
    pub payload_type: u8,
    pub rtx: Option<u8>,
}

pub(crate) struct Slot {
    pub mid: String,
    pub video: bool,
    pub ssrc: u32,
    pub rtx_ssrc: u32,
    pub codecs: Vec<SlotCodec>,
    pub transport_cc: Option<u8>,
    /// Largest useful picture height; 0 hides the slot.
    pub height: u16,
    pub pin: Option<SourceId>,
    /// What the slot shows now, by the plan.
    pub source: Option<SourceId>,
    /// The track that shall feed the slot; it takes over where decoding may start.
    pub wanted: Option<TrackId>,
    /// The track that was chosen for it. While that one rests or has not come, another is wanted in its place.
    pub chosen: Option<TrackId>,
    /// The highest temporal layer it is sent, of codecs that have them.
    pub temporal: u8,
    /// The highest temporal layer that is sent at this moment.
    sending: u8,
    pub stream: Continuity,
    pub(super) rtx_sequence: u64,
    pub(super) packets: u32,
    pub(super) octets: u32,
    asked: Option<Instant>,
}

/// The highest there are.
pub(crate) const ALL_TEMPORAL: u8 = 2;

/// Until a viewer says how large a slot is, a medium picture does.
const DEFAULT_HEIGHT: u16 = 540;

/// A viewer that cannot decode asks several times a second; longer leaves it without a picture, shorter lets one viewer
/// spoil the picture of all.
const ASK_AGAIN: Duration = Duration::from_millis(500);

impl Slot {
    pub fn new(
        mid: String,
        video: bool,
        ssrc: u32,
        codecs: Vec<SlotCodec>,
        transport_cc: Option<u8>,
        first_sequence: u16,
    ) -> Self {
        Self {
            mid,
            video,
            ssrc,
            rtx_ssrc: ssrc + 1,
            codecs,
            transport_cc,
            height: DEFAULT_HEIGHT,
            pin: None,
            source: None,
            wanted: None,
            chosen: None,
            temporal: ALL_TEMPORAL,
            sending: ALL_TEMPORAL,
            stream: Continuity::new(first_sequence),
            rtx_sequence: u64::from(first_sequence),
            packets: 0,
            octets: 0,
            asked: None,
        }
    }

    /// Of the timestamps it sends.
    pub fn clock_rate(&self) -> u32 {
        if self.video { 90_000 } else { 48_000 }
    }

    pub fn codec(&self, codec: Codec) -> Option<&SlotCodec> {
        self.codecs.iter().find(|candidate| candidate.codec == codec)
    }

    /// Nothing more flows until a new track is wanted.
    pub fn silence(&mut self) {
        (self.wanted, self.chosen) = (None, None);
        self.stream.stop();
    }

    /// Whether a request for a key frame is heard: a key frame costs every viewer of the source.
    pub fn may_ask(&mut self, now: Instant) -> bool {
        let may = self
            .asked
            .is_none_or(|asked| now.saturating_duration_since(asked) >= ASK_AGAIN);
        if may {
            self.asked = Some(now);
        }
        may
    }

    /// Whether a packet may become part of what the slot shows, now or when its turn has come.
    pub fn takes(&self, packet: &MediaPacket) -> bool {
        let track = Some(packet.track);
        track == self.stream.track() || track == self.wanted
    }

    /// Whether the packet belongs to the temporal layers that are sent. They become fewer at any frame, and more where a
    /// decoder can follow: at a frame that depends on the base layer only.
    pub(super) fn passes(&mut self, packet: &MediaPacket) -> bool {
        let Some(frame) = packet.vp8 else { return true };
        if frame.start && self.sending != self.temporal {
            if frame.key || self.temporal < self.sending {
                self.sending = self.temporal;
            } else if frame.sync && (self.sending..=self.temporal).contains(&frame.temporal) {
                self.sending = frame.temporal;
            }
        }
        frame.temporal <= self.sending
    }

    /// Waits for a key frame of another track than the one that feeds it.
    pub fn waits(&self) -> bool {
        self.video && self.wanted.is_some() && self.stream.track() != self.wanted
    }
}
