//! Who is here and how they are found: peers come negotiated, are known by their ICE user name, then by the addresses
//! from which they proved themselves.

use super::{PeerRef, Plane, Seated};
use crate::{Egress, Ingest, outbox::Path};
use rostrum_domain::{
    id::{EventId, SourceId, SubscriberId},
    media::Sight,
    time::Timestamp,
};
use std::{collections::VecDeque, net::SocketAddr, time::Instant};

/// Addresses a peer may be reached at; more than that is somebody playing.
const MAX_ADDRESSES: usize = 8;

impl Plane {
    pub(super) fn handle_check(&mut self, now: Instant, wall: Timestamp, peer: PeerRef, path: Path, data: &[u8]) {
        let authentic = match peer {
            PeerRef::Ingest(place) => self
                .ingests
                .get_mut(place)
                .is_some_and(|ingest| ingest.peer.handle_check(now, path, data)),
            PeerRef::Egress(place) => self
                .egresses
                .get_mut(place)
                .is_some_and(|egress| egress.peer.handle_check(now, path, data, &mut self.pool)),
        };
        if !authentic {
            return;
        }
        self.remember(path.remote, peer);
        match peer {
            PeerRef::Ingest(place) => self.settle_ingest(now, wall, place),
            PeerRef::Egress(place) => self.settle_egress(now, place),
        }
    }

    /// From now on datagrams from this address are the peer's.
    pub(super) fn remember(&mut self, address: SocketAddr, peer: PeerRef) {
        if self.by_address.insert(address, peer) == Some(peer) {
            return;
        }
        let addresses = match peer {
            PeerRef::Ingest(place) => self.ingests.get_mut(place).map(|placed| &mut placed.addresses),
            PeerRef::Egress(place) => self.egresses.get_mut(place).map(|placed| &mut placed.addresses),
        };
        let Some(addresses) = addresses else { return };
        addresses.push_back(address);
        if addresses.len() > MAX_ADDRESSES
            && let Some(oldest) = addresses.pop_front()
        {
            if self.by_address.get(&oldest) == Some(&peer) {
                self.by_address.remove(&oldest);
            }
            if let PeerRef::Ingest(place) = peer
                && let Some(ingest) = self.ingests.get_mut(place)
            {
                ingest.peer.forget_address(oldest);
            }
        }
    }

    /// Takes over a negotiated publisher.
    pub fn add_ingest(&mut self, now: Instant, room: EventId, ingest: Ingest) {
        let source = ingest.publisher.source;
        self.remove_source(now, source);
        if self.peers() >= self.config.max_peers {
            self.sights.push_back((room, Sight::SourceClosed { source }));
            return;
        }
        let name = ingest.credentials.local.clone();
        let place = self.ingests.insert(Seated::new(room, ingest));
        self.by_name.insert(name, PeerRef::Ingest(place));
        self.sources.insert(source, place);
        self.rooms.entry(room).or_default();
        self.start_ticking(now);
        self.schedule(now, PeerRef::Ingest(place));
    }

    /// Takes over a negotiated subscriber.
    pub fn add_egress(&mut self, now: Instant, room: EventId, egress: Egress) {
        let subscriber = egress.subscriber.id;
        self.remove_subscriber(now, subscriber);
        if self.peers() >= self.config.max_peers {
            self.sights.push_back((room, Sight::SubscriberClosed { subscriber }));
            return;
        }
        let name = egress.credentials.local.clone();
        let place = self.egresses.insert(Seated::new(room, egress));
        self.by_name.insert(name, PeerRef::Egress(place));
        self.subscribers.insert(subscriber, place);
        self.rooms
            .entry(room)
            .or_default()
            .subscribers
            .insert(subscriber, place);
        self.start_ticking(now);
        self.schedule(now, PeerRef::Egress(place));
        self.reroute(now, room);
    }

    /// Closes a publisher (WHIP DELETE, or the room took the stage away).
    pub fn remove_source(&mut self, now: Instant, source: SourceId) {
        let Some(place) = self.sources.remove(&source) else {
            return;
        };
        let Some(mut ingest) = self.ingests.remove(place) else {
            return;
        };
        ingest.peer.close(&mut self.pool);
        ingest.peer.outbox.drain_into(&mut self.ready);
        self.forget(
            &ingest.peer.credentials.local,
            &ingest.addresses,
            PeerRef::Ingest(place),
        );
        if let Some(room) = self.rooms.get_mut(&ingest.room) {
            room.sources.remove(&source);
        }
        self.sights.push_back((ingest.room, Sight::SourceClosed { source }));
        self.reroute(now, ingest.room);
    }

    /// Closes a subscriber (WHEP DELETE).
    pub fn remove_subscriber(&mut self, now: Instant, subscriber: SubscriberId) {
        let Some(place) = self.subscribers.remove(&subscriber) else {
            return;
        };
        let Some(mut egress) = self.egresses.remove(place) else {
            return;
        };
        egress.peer.close(now, &mut self.pool);
        egress.peer.outbox.drain_into(&mut self.ready);
        self.forget(
            &egress.peer.credentials.local,
            &egress.addresses,
            PeerRef::Egress(place),
        );
        if let Some(room) = self.rooms.get_mut(&egress.room) {
            room.subscribers.remove(&subscriber);
        }
        self.sights
            .push_back((egress.room, Sight::SubscriberClosed { subscriber }));
        self.reroute(now, egress.room);
    }

    pub(super) fn forget(&mut self, name: &str, addresses: &VecDeque<SocketAddr>, peer: PeerRef) {
        self.by_name.remove(name);
        for address in addresses {
            if self.by_address.get(address) == Some(&peer) {
                self.by_address.remove(address);
            }
        }
    }
}
