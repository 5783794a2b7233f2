//! The codecs spoken here, and the little of their payloads a forwarder must read: where key frames start, how large
//! the picture is, and VP8's counters that have to stay continuous.

pub(crate) mod h264;
pub(crate) mod vp8;

use rostrum_domain::media::TapCodec;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    Opus,
    Vp8,
    H264,
}

impl Codec {
    pub fn clock_rate(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            Self::Vp8 | Self::H264 => 90_000,
        }
    }

    pub fn is_video(self) -> bool {
        self != Self::Opus
    }

    pub fn tap(self) -> TapCodec {
        match self {
            Self::Opus => TapCodec::Opus,
            Self::Vp8 => TapCodec::Vp8,
            Self::H264 => TapCodec::H264,
        }
    }
}

/// Width and height in pixels.
pub(crate) type Size = (u16, u16);
