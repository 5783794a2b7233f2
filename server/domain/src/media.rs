//! What crosses the border between the room and the media plane: the Plan (who hears and sees whom) one way,
//! Sights (what the media plane saw) the other. Both are plain values.

use crate::{
    id::{SeatId, SourceId, SubscriberId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// What a published source shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Camera and microphone of a person; favours motion.
    Camera,
    /// A shared screen, with or without sound; favours sharpness and is served before cameras.
    Screen,
}

/// Audience classes: everybody in one class is sent the same sources (each without their own).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Gallery and stage: what is on stage, nothing else.
    Floor,
    /// The chair and the desk: the stage, and the picture (not the sound) of the journalist called next.
    Chair,
    /// The green room: backstage people with sound, and the stage.
    Backstage,
}

/// Sources for one audience, most important first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Programme {
    pub video: Vec<SourceId>,
    pub audio: Vec<SourceId>,
}

/// Who hears and sees whom, and what may be copied for the record, in one room, now.
/// Derived by the room from its state; the media plane obeys it within one round trip.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub programmes: BTreeMap<Audience, Programme>,
    /// Seats not listed here receive nothing.
    pub audiences: BTreeMap<SeatId, Audience>,
    /// Sources whose packets may be copied to recorder and captions. Empty while off the record.
    pub tapped: Vec<SourceId>,
    /// Sources whose sound must not be forwarded (muted by the chair).
    pub muted: Vec<SourceId>,
}

/// What the media plane saw. Facts, never requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sight {
    SourceOpened {
        source: SourceId,
        seat: SeatId,
        kind: SourceKind,
    },
    SourceClosed {
        source: SourceId,
    },
    SubscriberConnected {
        subscriber: SubscriberId,
        seat: SeatId,
    },
    SubscriberClosed {
        subscriber: SubscriberId,
    },
    /// The loudest source on stage now, after hysteresis; `None` after a second of silence.
    Speaking {
        source: Option<SourceId>,
    },
    /// Which source each receive slot of a subscriber now carries (`None`: empty), by `mid`.
    Slots {
        subscriber: SubscriberId,
        seat: SeatId,
        slots: Vec<SlotShows>,
    },
    /// The simulcast layers of a source, by RID, that nobody wants now; all others are wanted. Told when it changes.
    LayersResting {
        source: SourceId,
        seat: SeatId,
        layers: Vec<String>,
    },
    /// Health of a source, at most once a second.
    SourceHealth {
        source: SourceId,
        health: SourceHealth,
    },
    /// How everybody's connections did, once a second; those of one I/O thread.
    Links {
        links: Vec<PeerLink>,
    },
}

/// Which way media flows, as the server sees people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the person to the server.
    Up,
    /// From the server to the person.
    Down,
}

/// How one connection of a person did over the last second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct LinkHealth {
    /// There and back, milliseconds (RFC 3550, section 6.4.1); `None` until a report has come.
    pub rtt_ms: Option<u32>,
    /// Fraction lost, 0 to 1; upwards without what was repaired.
    pub loss: f32,
    /// Interarrival jitter, milliseconds (RFC 3550, section 6.4.1).
    pub jitter_ms: u32,
    /// Bits per second.
    pub bitrate: u32,
    /// Height of the tallest picture that flows: the chosen simulcast layer.
    pub height: Option<u16>,
    /// Key frames asked for: each is a picture that stood still.
    pub freezes: u32,
}

/// One connection of a seat, in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeerLink {
    pub seat: SeatId,
    pub direction: Direction,
    /// What is sent upwards.
    pub kind: Option<SourceKind>,
    pub health: LinkHealth,
}

/// One receive slot of a subscriber's connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct SlotShows {
    /// The m-line's `a=mid`, as in `RTCRtpTransceiver.mid`.
    pub mid: String,
    pub source: Option<SourceId>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct SourceHealth {
    /// Received bits per second over the last second, all layers.
    pub bitrate: u32,
    /// Fraction of packets lost and not repaired in the last second, 0 to 1.
    pub loss: f32,
    /// Simulcast layers now arriving.
    pub layers: u8,
    /// Loudness of the microphone, 0 (silence) to 127, RFC 6464 inverted.
    pub level: u8,
}

/// A copy of forwarded media for recorder and captions. Obeys `Plan::tapped`.
#[derive(Clone, Debug)]
pub struct TapPacket {
    pub source: SourceId,
    pub codec: TapCodec,
    /// Continuous over layer switches, in the codec's clock rate (48 000 for Opus, 90 000 for video).
    pub rtp_timestamp: u32,
    /// Continuous sequence number; a hole is a lost packet.
    pub sequence: u16,
    pub marker: bool,
    /// When the first sample was captured, on the room clock: from sender reports when there are any, else from arrival.
    pub captured_at: Timestamp,
    /// RTP payload, not decoded.
    pub payload: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TapCodec {
    Opus,
    Vp8,
    H264,
}
