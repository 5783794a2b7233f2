//! What the server and the speech worker say to each other over a pipe: frames of a `u32` length (little endian),
//! one kind byte and a body. Audio packets have a fixed binary body, everything else is JSON. Sizes are bounded and a
//! malformed frame is a typed error: a worker that goes mad must not take the server with it, nor the other way round.

use crate::glossary::Term;
use rostrum_domain::{id::SourceId, time::Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{self, Read, Write};

/// Longest frame, kind byte included. Larger would let a broken peer make us allocate; smaller would refuse a long
/// glossary (about a thousand terms fit).
pub const MAX_FRAME: usize = 64 * 1024;
/// Longest Opus payload: 120 ms in six frames of 1275 bytes (RFC 6716, section 3.4).
pub const MAX_PAYLOAD: usize = 6 * 1275 + 32;

const KIND_OPEN: u8 = 1;
const KIND_PACKET: u8 = 2;
const KIND_FLUSH: u8 = 3;
const KIND_CLOSE: u8 = 4;
const KIND_READY: u8 = 64;
const KIND_UNAVAILABLE: u8 = 65;
const KIND_CAPTION: u8 = 66;
const KIND_LOG: u8 = 67;
/// Track, sequence, RTP timestamp, capture time.
const PACKET_HEADER: usize = 16 + 2 + 4 + 8;

/// From the server to the worker.
#[derive(Clone, Debug, PartialEq)]
pub enum ToWorker {
    Open(OpenTrack),
    Packet(AudioPacket),
    /// Finish the sentence that is being spoken: the speaker was muted or stepped down.
    Flush(SourceId),
    /// Finish and forget the track; answered by [`CaptionEvent::Closed`] after its last caption.
    Close(SourceId),
}

/// A speaker's microphone, from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenTrack {
    pub track: SourceId,
    /// BCP 47 tag of what will be spoken. Comes from the event's channel; never guessed from the sound.
    pub lang: String,
    /// Names and titles to spell right.
    #[serde(default)]
    pub glossary: Vec<Term>,
    /// Number of the next segment: above zero when a track is opened again.
    #[serde(default)]
    pub first_segment: u32,
}

/// One RTP packet of Opus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioPacket {
    pub track: SourceId,
    /// RTP sequence number; a hole is a lost packet.
    pub sequence: u16,
    /// RTP timestamp, 48 kHz (RFC 7587, section 4.1).
    pub rtp_timestamp: u32,
    /// When the first sample was captured, on the room clock.
    pub captured_at: Timestamp,
    pub payload: Vec<u8>,
}

/// From the worker to the server.
#[derive(Clone, Debug, PartialEq)]
pub enum FromWorker {
    Ready(EngineInfo),
    /// No captions until the cause is removed; the sentence says which.
    Unavailable {
        why: String,
    },
    Caption(CaptionEvent),
    Log {
        level: LogLevel,
        message: String,
    },
}

/// What recognises speech, as it is written beside every machine-made caption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineInfo {
    pub engine: String,
    pub model: String,
    /// Primary language subtags it understands, for instance `en`.
    pub languages: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    Warn,
    Info,
}

/// Something to show, to store, or to be honest about.
///
/// A segment is known by `(track, segment_no)`. Partials carry rising revisions; a final replaces them. Replace what is
/// shown, never append to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum CaptionEvent {
    Partial(Partial),
    Final(Final),
    Lost(Lost),
    /// The engine does not know this track's language; offer manual captions.
    Unsupported {
        track: SourceId,
        lang: String,
    },
    /// Nothing more will come from this track.
    Closed {
        track: SourceId,
    },
}

/// The words of a sentence that is still being spoken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Partial {
    pub track: SourceId,
    pub segment_no: u32,
    pub revision: u32,
    pub start: Timestamp,
    pub end: Timestamp,
    pub text: String,
    /// How many characters (Unicode scalar values) at the head of `text` two decodes in a row agreed on.
    pub stable_chars: u32,
}

/// The words of a finished segment: machine output, a draft until a person has read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Final {
    pub track: SourceId,
    pub segment_no: u32,
    pub revision: u32,
    pub start: Timestamp,
    pub end: Timestamp,
    /// Empty when the sound turned out to hold no words: remove the segment's partials.
    pub text: String,
    /// 0 to 1, when the engine gives one.
    pub confidence: Option<f32>,
    pub engine: String,
    pub model: String,
}

/// Speech that was heard but not written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lost {
    pub track: SourceId,
    /// The segment whose partials stay unfinished, if it had a number already.
    pub segment_no: Option<u32>,
    pub start: Timestamp,
    pub end: Timestamp,
    pub why: String,
}

/// Why a frame could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ProtocolError {
    #[error("the pipe failed: {0}")]
    Io(#[from] io::Error),
    #[error("the pipe ended inside a frame")]
    Truncated,
    #[error("a frame of {0} bytes; 1 to {MAX_FRAME} are allowed")]
    Size(usize),
    #[error("unknown frame kind {0}")]
    Kind(u8),
    #[error("an audio packet with {0} bytes of payload; at most {MAX_PAYLOAD} are allowed")]
    Payload(usize),
    #[error("an audio packet shorter than its header")]
    Header,
    #[error("a frame of kind {kind} is not what it should be: {source}")]
    Json { kind: u8, source: serde_json::Error },
}

/// A message that travels in a frame.
pub trait Message: Sized {
    /// Appends the whole frame, length included.
    fn encode(&self, frame: &mut Vec<u8>) -> Result<(), ProtocolError>;
    /// Reads a frame without its length.
    fn decode(frame: &[u8]) -> Result<Self, ProtocolError>;
}

impl Message for ToWorker {
    fn encode(&self, frame: &mut Vec<u8>) -> Result<(), ProtocolError> {
        match self {
            Self::Open(open) => write_json(frame, KIND_OPEN, open),
            Self::Packet(packet) => write_packet(frame, packet),
            Self::Flush(track) => write_json(frame, KIND_FLUSH, track),
            Self::Close(track) => write_json(frame, KIND_CLOSE, track),
        }
    }

    fn decode(frame: &[u8]) -> Result<Self, ProtocolError> {
        let (kind, body) = split(frame)?;
        match kind {
            KIND_OPEN => json(kind, body).map(Self::Open),
            KIND_PACKET => read_packet(body).map(Self::Packet),
            KIND_FLUSH => json(kind, body).map(Self::Flush),
            KIND_CLOSE => json(kind, body).map(Self::Close),
            other => Err(ProtocolError::Kind(other)),
        }
    }
}

impl Message for FromWorker {
    fn encode(&self, frame: &mut Vec<u8>) -> Result<(), ProtocolError> {
        match self {
            Self::Ready(info) => write_json(frame, KIND_READY, info),
            Self::Unavailable { why } => write_json(frame, KIND_UNAVAILABLE, why),
            Self::Caption(event) => write_json(frame, KIND_CAPTION, event),
            Self::Log { level, message } => write_json(frame, KIND_LOG, &(level, message)),
        }
    }

    fn decode(frame: &[u8]) -> Result<Self, ProtocolError> {
        let (kind, body) = split(frame)?;
        match kind {
            KIND_READY => json(kind, body).map(Self::Ready),
            KIND_UNAVAILABLE => json(kind, body).map(|why| Self::Unavailable { why }),
            KIND_CAPTION => json(kind, body).map(Self::Caption),
            KIND_LOG => json(kind, body).map(|(level, message)| Self::Log { level, message }),
            other => Err(ProtocolError::Kind(other)),
        }
    }
}

/// Reads one message; `None` at a clean end of the pipe.
pub fn read<M: Message>(source: &mut impl Read) -> Result<Option<M>, ProtocolError> {
    let mut length = [0; 4];
    let mut got = 0;
    while got < length.len() {
        match source.read(&mut length[got..]) {
            Ok(0) if got == 0 => return Ok(None),
            Ok(0) => return Err(ProtocolError::Truncated),
            Ok(n) => got += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut frame = vec![0; checked_length(length)?];
    source.read_exact(&mut frame).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => ProtocolError::Truncated,
        _ => error.into(),
    })?;
    M::decode(&frame).map(Some)
}

/// Writes one message.
pub fn write<M: Message>(sink: &mut impl Write, message: &M) -> Result<(), ProtocolError> {
    let mut frame = Vec::with_capacity(256);
    message.encode(&mut frame)?;
    Ok(sink.write_all(&frame)?)
}

/// The length field as a size that may be allocated.
pub fn checked_length(field: [u8; 4]) -> Result<usize, ProtocolError> {
    // A length beyond usize is beyond MAX_FRAME too.
    let length = usize::try_from(u32::from_le_bytes(field)).unwrap_or(usize::MAX);
    if (1..=MAX_FRAME).contains(&length) {
        Ok(length)
    } else {
        Err(ProtocolError::Size(length))
    }
}

fn split(frame: &[u8]) -> Result<(u8, &[u8]), ProtocolError> {
    frame
        .split_first()
        .map(|(kind, body)| (*kind, body))
        .ok_or(ProtocolError::Size(0))
}

fn json<T: DeserializeOwned>(kind: u8, body: &[u8]) -> Result<T, ProtocolError> {
    serde_json::from_slice(body).map_err(|source| ProtocolError::Json { kind, source })
}

fn write_json(frame: &mut Vec<u8>, kind: u8, body: &impl Serialize) -> Result<(), ProtocolError> {
    framed(frame, kind, |frame| {
        serde_json::to_writer(frame, body).map_err(|source| ProtocolError::Json { kind, source })
    })
}

fn write_packet(frame: &mut Vec<u8>, packet: &AudioPacket) -> Result<(), ProtocolError> {
    if packet.payload.len() > MAX_PAYLOAD {
        return Err(ProtocolError::Payload(packet.payload.len()));
    }
    framed(frame, KIND_PACKET, |frame| {
        frame.extend_from_slice(packet.track.0.as_bytes());
        frame.extend_from_slice(&packet.sequence.to_le_bytes());
        frame.extend_from_slice(&packet.rtp_timestamp.to_le_bytes());
        frame.extend_from_slice(&packet.captured_at.micros().to_le_bytes());
        frame.extend_from_slice(&packet.payload);
        Ok(())
    })
}

fn read_packet(body: &[u8]) -> Result<AudioPacket, ProtocolError> {
    let (track, rest) = body.split_first_chunk::<16>().ok_or(ProtocolError::Header)?;
    let (sequence, rest) = rest.split_first_chunk().ok_or(ProtocolError::Header)?;
    let (rtp_timestamp, rest) = rest.split_first_chunk().ok_or(ProtocolError::Header)?;
    let (captured_at, payload) = rest.split_first_chunk().ok_or(ProtocolError::Header)?;
    if payload.len() > MAX_PAYLOAD {
        return Err(ProtocolError::Payload(payload.len()));
    }
    Ok(AudioPacket {
        track: SourceId(uuid::Uuid::from_bytes(*track)),
        sequence: u16::from_le_bytes(*sequence),
        rtp_timestamp: u32::from_le_bytes(*rtp_timestamp),
        captured_at: Timestamp::from_micros(i64::from_le_bytes(*captured_at)),
        payload: payload.to_vec(),
    })
}

/// Leaves `frame` as it was when the body cannot be written or is too long.
fn framed(
    frame: &mut Vec<u8>,
    kind: u8,
    body: impl FnOnce(&mut Vec<u8>) -> Result<(), ProtocolError>,
) -> Result<(), ProtocolError> {
    let start = frame.len();
    frame.reserve(4 + 1 + PACKET_HEADER);
    frame.extend_from_slice(&[0; 4]);
    frame.push(kind);
    let written = body(frame).and_then(|()| {
        let length = frame.len() - start - 4;
        if length > MAX_FRAME {
            Err(ProtocolError::Size(length))
        } else {
            Ok(length as u32)
        }
    });
    match written {
        Ok(length) => {
            frame[start..start + 4].copy_from_slice(&length.to_le_bytes());
            Ok(())
        }
        Err(error) => {
            frame.truncate(start);
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests;
