//! Copies for the record. This is where off the record is enforced: a source has a tap only while the plan lists it, and
//! without a tap no packet is copied. A tap is a slot: it follows the top layer and is continuous over switches.

use crate::{
    codec::vp8,
    continuity::Continuity,
    packet::{MediaPacket, TrackId},
};
use rostrum_domain::{id::SourceId, media::TapPacket, time::Timestamp};

#[derive(Debug)]
pub(crate) struct Tap {
    audio: Continuity,
    video: Continuity,
    /// The layer to be recorded; it takes over at its next key frame.
    pub wanted: Option<TrackId>,
    /// The best there is, which may have to be asked for first.
    pub chosen: Option<TrackId>,
}

impl Tap {
    pub fn new() -> Self {
        Self {
            audio: Continuity::new(0),
            video: Continuity::new(0),
            wanted: None,
            chosen: None,
        }
    }

    /// Waits for a key frame of the wanted layer.
    pub fn waits(&self) -> bool {
        self.wanted.is_some() && self.video.track() != self.wanted
    }

    /// Whether the packet belongs to the record.
    pub fn takes(&self, packet: &MediaPacket) -> bool {
        let video = packet.codec.is_video();
        !video || self.video.track() == Some(packet.track) || self.wanted == Some(packet.track) && packet.entry
    }

    pub fn copy(&mut self, source: SourceId, packet: &MediaPacket, captured_at: Timestamp) -> Option<TapPacket> {
        let stream = if packet.codec.is_video() {
            &mut self.video
        } else {
            &mut self.audio
        };
        if stream.track() != Some(packet.track) {
            stream.change_to(packet);
        }
        let placed = stream.place(packet)?;
        let mut payload = packet.payload.to_vec();
        if let Some(descriptor) = &packet.vp8 {
            vp8::renumber(&mut payload, descriptor, placed.picture_id, placed.tl0);
        }
        Some(TapPacket {
            source,
            codec: packet.codec.tap(),
            rtp_timestamp: placed.timestamp,
            sequence: placed.sequence as u16,
            marker: packet.marker,
            captured_at,
            payload,
        })
    }
}
