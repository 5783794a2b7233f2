//! All rooms of one I/O thread: takes datagrams, plans and time, gives datagrams, sights and copies.

use crate::{Egress, Ingest, PlaneConfig, SlotWish, Transmit};
use rostrum_domain::{
    id::{EventId, SourceId, SubscriberId},
    media::{Plan, Sight, TapPacket},
    time::Timestamp,
};
use std::{
    net::{IpAddr, SocketAddr},
    time::Instant,
};

/// One I/O thread's share of the media plane.
pub struct Plane {
    config: PlaneConfig,
}

impl Plane {
    pub fn new(config: PlaneConfig) -> Self {
        Self { config }
    }

    /// One received datagram. `local` is the address it was sent to, when the socket tells. Never fails: what is not
    /// authentic is dropped.
    pub fn handle_datagram(&mut self, now: Instant, wall: Timestamp, from: SocketAddr, local: Option<IpAddr>, data: &[u8]) {
        let _ = (now, wall, from, local, data, self.config.max_peers);
    }

    /// Takes over a negotiated publisher.
    pub fn add_ingest(&mut self, now: Instant, room: EventId, ingest: Ingest) {
        let _ = (now, room, ingest.publisher);
    }

    /// Takes over a negotiated subscriber.
    pub fn add_egress(&mut self, now: Instant, room: EventId, egress: Egress) {
        let _ = (now, room, egress.subscriber);
    }

    /// Closes a publisher (WHIP DELETE, or the room took the stage away).
    pub fn remove_source(&mut self, now: Instant, source: SourceId) {
        let _ = (now, source);
    }

    /// Closes a subscriber (WHEP DELETE).
    pub fn remove_subscriber(&mut self, now: Instant, subscriber: SubscriberId) {
        let _ = (now, subscriber);
    }

    /// From now on the room is served like this.
    pub fn set_plan(&mut self, now: Instant, room: EventId, plan: Plan) {
        let _ = (now, room, plan);
    }

    /// What a viewer's slots are worth to it; slots not named keep their former wish.
    pub fn set_view(&mut self, now: Instant, subscriber: SubscriberId, view: &[SlotWish]) {
        let _ = (now, subscriber, view);
    }

    /// Closes every peer of the room and forgets it.
    pub fn close_room(&mut self, now: Instant, room: EventId) {
        let _ = (now, room);
    }

    /// Call when [`Self::next_deadline`] has passed; harmless at any other time.
    pub fn handle_timeout(&mut self, now: Instant, wall: Timestamp) {
        let _ = (now, wall);
    }

    pub fn next_deadline(&self) -> Option<Instant> {
        None
    }

    /// Datagrams of one peer come together, so that equal-sized ones leave in one system call.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        None
    }

    /// Gives the buffer of a sent [`Transmit`] back to the pool.
    pub fn recycle(&mut self, contents: Vec<u8>) {
        let _ = contents;
    }

    pub fn poll_sight(&mut self) -> Option<(EventId, Sight)> {
        None
    }

    /// Copies of what is tapped. Drain it after each batch; nothing is queued for sources that are not in `Plan::tapped`.
    pub fn poll_tap(&mut self) -> Option<(EventId, TapPacket)> {
        None
    }

    /// Publishers and subscribers now connected or connecting.
    pub fn peers(&self) -> usize {
        0
    }
}
