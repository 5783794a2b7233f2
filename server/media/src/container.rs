//! The recording container: Matroska (WebM where the codecs allow it), written so that a crash loses nothing that was
//! appended, and read back by transcription and by the programme's assembly.
//!
//! Pure: bytes out, bytes in. The shell appends what [`Writer`] returns, and applies the patches of [`Writer::finish`]
//! to make the file seekable. A file that was never finished is playable as it is; [`recover`] finishes it later.
//! Format: RFC 9559 (Matroska), RFC 8794 (EBML).

mod ebml;
mod h264;
mod reader;
mod recover;
mod reorder;
mod vp8;
mod writer;

#[cfg(test)]
mod tests;

pub use h264::H264Depacketizer;
pub use reader::{ReadError, Reader};
pub use recover::{Recovered, recover};
pub use reorder::{Ordered, Reorder};
pub use vp8::Vp8Depacketizer;
pub use writer::{Finish, Patch, Writer};

/// What one track of a file carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrackFormat {
    Opus {
        channels: u8,
    },
    Vp8 {
        width: u16,
        height: u16,
    },
    /// `config` is the `AVCDecoderConfigurationRecord` (ISO/IEC 14496-15).
    H264 {
        width: u16,
        height: u16,
        config: Vec<u8>,
    },
}

impl TrackFormat {
    fn is_video(&self) -> bool {
        !matches!(self, Self::Opus { .. })
    }
}

/// One whole frame: an Opus packet, a VP8 frame, or an H.264 access unit with four-byte lengths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Index into the file's tracks, from 0.
    pub track: usize,
    /// Milliseconds since the start of the file.
    pub at_ms: u64,
    pub keyframe: bool,
    pub data: Vec<u8>,
}

/// A frame put together from RTP packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub rtp_timestamp: u32,
    pub keyframe: bool,
    pub data: Vec<u8>,
}
