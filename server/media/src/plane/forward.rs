//! What follows from a datagram: packets along their routes and to the tap, requests to publishers, retransmissions.

use super::{PeerRef, Plane};
use crate::{egress, ingest, packet::MediaPacket};
use rostrum_domain::{
    id::{EventId, SourceId},
    media::Sight,
    time::Timestamp,
};
use std::time::Instant;

/// Copies waiting for the recorder. More delays the loss when it stalls, fewer saves memory (1.3 kB each).
const MAX_TAPPED: usize = 8_192;

impl Plane {
    /// After anything was fed to a publisher: hands on what came of it.
    pub(super) fn settle_ingest(&mut self, now: Instant, wall: Timestamp, place: usize) {
        let Some(ingest) = self.ingests.get_mut(place) else {
            return;
        };
        let (room, source) = (ingest.room, ingest.peer.publisher.source);
        let mut packets = std::mem::take(&mut self.packets);
        let mut events = std::mem::take(&mut self.ingest_events);
        ingest
            .peer
            .drain(now, &mut self.pool, &mut self.next_track, &mut packets, &mut events);
        for event in events.drain(..) {
            self.handle_ingest_event(now, room, source, place, event);
        }
        for packet in packets.drain(..) {
            self.pass(wall, room, source, place, &packet);
        }
        self.packets = packets;
        self.ingest_events = events;
        self.touch(PeerRef::Ingest(place));
        self.schedule(now, PeerRef::Ingest(place));
    }

    pub(super) fn handle_ingest_event(
        &mut self,
        now: Instant,
        room: EventId,
        source: SourceId,
        place: usize,
        event: ingest::Event,
    ) {
        match event {
            ingest::Event::Connected => {
                let Some(publisher) = self.ingests.get(place).map(|ingest| ingest.peer.publisher) else {
                    return;
                };
                self.rooms.entry(room).or_default().sources.insert(source, place);
                let opened = Sight::SourceOpened {
                    source,
                    seat: publisher.seat,
                    kind: publisher.kind,
                };
                self.sights.push_back((room, opened));
                self.reroute(now, room);
            }
            ingest::Event::Track => self.reroute(now, room),
            ingest::Event::Closed => self.remove_source(now, source),
        }
    }

    /// The hot path: one packet of a publisher to all who want it.
    pub(super) fn pass(
        &mut self,
        wall: Timestamp,
        room: EventId,
        source: SourceId,
        place: usize,
        packet: &MediaPacket,
    ) {
        let Some(ingest) = self.ingests.get_mut(place) else {
            return;
        };
        let video = packet.codec.is_video();
        let routes = if video {
            &ingest.peer.video_routes
        } else {
            &ingest.peer.audio_routes
        };
        for route in routes {
            if let Some(egress) = self.egresses.get_mut(route.egress) {
                if egress.peer.forward(route.slot, packet, &mut self.pool) {
                    self.held.push(route.egress);
                }
                if !egress.touched && !egress.peer.outbox.is_empty() {
                    egress.touched = true;
                    self.touched.push_back(PeerRef::Egress(route.egress));
                }
            }
        }
        let captured_at = ingest.peer.captured(packet, wall);
        while let Some(held) = self.held.pop() {
            self.schedule(packet.arrived, PeerRef::Egress(held));
        }
        let Some(room_state) = self.rooms.get_mut(&room) else {
            return;
        };
        if !video && room_state.plan.muted.contains(&source) {
            return;
        }
        if let Some(tap) = room_state.taps.get_mut(&source)
            && tap.takes(packet)
            && let Some(copy) = tap.copy(source, packet, captured_at)
        {
            if self.tapped.len() == MAX_TAPPED {
                self.tapped.pop_front();
            }
            self.tapped.push_back((room, copy));
        }
    }

    /// After anything was fed to a subscriber: does what it asked for.
    pub(super) fn settle_egress(&mut self, now: Instant, place: usize) {
        let mut events = std::mem::take(&mut self.egress_events);
        for event in events.drain(..) {
            self.handle_egress_event(now, place, event);
        }
        self.egress_events = events;
        self.touch(PeerRef::Egress(place));
        self.schedule(now, PeerRef::Egress(place));
    }

    pub(super) fn handle_egress_event(&mut self, now: Instant, place: usize, event: egress::Event) {
        let Some(egress) = self.egresses.get_mut(place) else {
            return;
        };
        let (room, subscriber) = (egress.room, egress.peer.subscriber);
        match event {
            egress::Event::Connected => {
                let connected = Sight::SubscriberConnected {
                    subscriber: subscriber.id,
                    seat: subscriber.seat,
                };
                self.sights.push_back((room, connected));
                self.reroute(now, room);
            }
            egress::Event::Closed => self.remove_subscriber(now, subscriber.id),
            egress::Event::KeyFrame { slot } => {
                let Some(slot) = egress.peer.slots.get(slot) else {
                    return;
                };
                let track = slot.stream.track().or(slot.wanted);
                let source = slot.source.and_then(|source| self.sources.get(&source));
                if let (Some(track), Some(ingest)) = (track, source.and_then(|&place| self.ingests.get_mut(place))) {
                    ingest.peer.keyframes.want(now, track);
                    let place = source.copied().unwrap_or_default();
                    self.schedule(now, PeerRef::Ingest(place));
                }
            }
            egress::Event::Nack { slot, wire } => {
                let Some(sent) = egress.peer.asked_again(slot, wire) else {
                    return;
                };
                let sources = self.rooms.get(&room).into_iter().flat_map(|room| room.sources.values());
                let packet = sources
                    .filter_map(|&place| self.ingests.get(place)?.peer.track(sent.track))
                    .find_map(|track| track.history.get(sent.sequence));
                if let Some(packet) = packet {
                    egress.peer.resend(now, slot, sent, packet, &mut self.pool);
                }
            }
            egress::Event::Pad { slot, bytes } => {
                let sources = || self.rooms.get(&room).into_iter().flat_map(|room| room.sources.values());
                let mut left = bytes;
                for sent in egress.peer.shown(slot) {
                    let packet = sources()
                        .filter_map(|&place| self.ingests.get(place)?.peer.track(sent.track))
                        .find_map(|track| track.history.get(sent.sequence));
                    let Some(packet) = packet else { continue };
                    let length = egress.peer.resend(now, slot, sent, packet, &mut self.pool);
                    left = left.saturating_sub(length.unwrap_or(left));
                    if left == 0 {
                        break;
                    }
                }
                if left == bytes {
                    egress.peer.pad(now, slot, bytes, &mut self.pool);
                }
            }
            egress::Event::Budget => self.reroute_subscriber(now, room, subscriber.id),
        }
    }

    pub(super) fn touch(&mut self, peer: PeerRef) {
        let touched = match peer {
            PeerRef::Ingest(place) => self
                .ingests
                .get_mut(place)
                .filter(|ingest| !ingest.peer.outbox.is_empty())
                .map(|ingest| &mut ingest.touched),
            PeerRef::Egress(place) => self
                .egresses
                .get_mut(place)
                .filter(|egress| !egress.peer.outbox.is_empty())
                .map(|egress| &mut egress.touched),
        };
        if let Some(touched) = touched
            && !*touched
        {
            *touched = true;
            self.touched.push_back(peer);
        }
    }
}
