//! Turns retransmissions (RFC 4588) back into the packets they repeat, before loss detection sees them. webrtc-rs drops
//! those of simulcast layers, which are known only by their repaired-rtp-stream-id (RFC 8852).

use bytes::Buf;
use rtc::{
    interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket},
    rtp,
    sansio::Protocol,
    shared::error::Error,
};
use std::{collections::VecDeque, time::Instant};

/// Streams remembered; a publisher has at most three layers and their retransmissions, an attacker may invent more.
const MAX_STREAMS: usize = 16;

/// What the offer says about retransmission.
#[derive(Clone, Debug, Default)]
pub(crate) struct RtxMap {
    /// RTX payload type and the payload type it repeats.
    pub payload_types: Vec<(u8, u8)>,
    /// RTX SSRC and its primary, where declared (`a=ssrc-group:FID`).
    pub declared: Vec<(u32, u32)>,
    pub rid: Option<u8>,
    pub rrid: Option<u8>,
}

#[derive(Default)]
pub(crate) struct RtxByRrid {
    map: RtxMap,
    /// Stream identifier and the SSRC of its media.
    primaries: Vec<(Vec<u8>, u32)>,
    /// RTX SSRC and the stream identifier it repairs.
    repairs: Vec<(u32, Vec<u8>)>,
    inbound: VecDeque<TaggedPacket>,
    outbound: VecDeque<TaggedPacket>,
}

impl RtxByRrid {
    pub fn new(map: RtxMap) -> Self {
        Self { map, ..Self::default() }
    }

    fn restore(&mut self, packet: &mut rtp::Packet) {
        let header = &mut packet.header;
        let Some(&(_, primary_type)) = self
            .map
            .payload_types
            .iter()
            .find(|(rtx, _)| *rtx == header.payload_type)
        else {
            self.learn_primary(header);
            return;
        };
        self.learn_repair(header);
        // A probe carries no original packet; the transport counts it and the endpoint drops it.
        if packet.payload.len() < 2 {
            return;
        }
        if let Some(ssrc) = self.primary_of(header.ssrc) {
            header.ssrc = ssrc;
            header.payload_type = primary_type;
            header.padding = false;
            header.sequence_number = packet.payload.get_u16();
        }
    }

    fn learn_primary(&mut self, header: &rtp::Header) {
        if let Some(rid) = self.map.rid.and_then(|id| header.get_extension(id)) {
            match self.primaries.iter().position(|(known, _)| *known == rid) {
                Some(index) => self.primaries[index].1 = header.ssrc,
                None if self.primaries.len() < MAX_STREAMS => self.primaries.push((rid.to_vec(), header.ssrc)),
                None => {}
            }
        }
    }

    fn learn_repair(&mut self, header: &rtp::Header) {
        if let Some(rid) = self.map.rrid.and_then(|id| header.get_extension(id))
            && self.repairs.iter().all(|(ssrc, _)| *ssrc != header.ssrc)
            && self.repairs.len() < MAX_STREAMS
        {
            self.repairs.push((header.ssrc, rid.to_vec()));
        }
    }

    fn primary_of(&self, rtx: u32) -> Option<u32> {
        let declared = self.map.declared.iter().find(|(ssrc, _)| *ssrc == rtx);
        if let Some((_, primary)) = declared {
            return Some(*primary);
        }
        let (_, rid) = self.repairs.iter().find(|(ssrc, _)| *ssrc == rtx)?;
        let (_, primary) = self.primaries.iter().find(|(known, _)| known == rid)?;
        Some(*primary)
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for RtxByRrid {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, mut tagged: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(packet) = &mut tagged.message.packet {
            self.restore(packet);
        }
        self.inbound.push_back(tagged);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.inbound.pop_front()
    }

    fn handle_write(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        self.outbound.push_back(tagged);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.outbound.pop_front()
    }
}

impl Interceptor for RtxByRrid {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

#[cfg(test)]
mod tests;
