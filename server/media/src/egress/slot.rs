//! One receive slot of a subscriber: an SSRC of fixed identity through which changing sources are shown.

use crate::{codec::Codec, continuity::Continuity, packet::TrackId};
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
    pub stream: Continuity,
    pub(super) rtx_sequence: u64,
    pub(super) packets: u32,
    pub(super) octets: u32,
    asked: Option<Instant>,
}

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
            stream: Continuity::new(first_sequence),
            rtx_sequence: u64::from(first_sequence),
            packets: 0,
            octets: 0,
            asked: None,
        }
    }

    pub fn codec(&self, codec: Codec) -> Option<&SlotCodec> {
        self.codecs.iter().find(|candidate| candidate.codec == codec)
    }

    /// Nothing more flows until a new track is wanted.
    pub fn silence(&mut self) {
        self.wanted = None;
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

    /// Waits for a key frame of another track than the one that feeds it.
    pub fn waits(&self) -> bool {
        self.video && self.wanted.is_some() && self.stream.track() != self.wanted
    }
}
