//! One open relay: the name under which the plane knows this client, the channels it bound, and the queue back to it.

use super::{
    Door,
    ports::Port,
    reply::{channel_data, indication},
};
use crate::media_io::tunnel::{Outgoing, Outlet, Tunnel, Way, marked};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// Channels of one relay: one for each of our addresses is all that can be of use.
const MAX_CHANNELS: usize = 32;

pub struct Allocation {
    pub username: String,
    /// Of the request that made it: the same again is a retransmission.
    pub transaction: [u8; 12],
    pub relayed: SocketAddr,
    pub expires: Instant,
    pub back: Arc<Back>,
    /// The way into the one media thread that serves this client's room, once it said which.
    tunnel: Option<(usize, Tunnel)>,
    _port: Port,
}

/// The way back, shared with the task that writes to the client.
#[derive(Default)]
pub struct Back {
    pub outlet: Arc<Outlet>,
    peers: Mutex<Vec<Peer>>,
}

/// One of our media addresses that the client speaks to.
struct Peer {
    address: SocketAddr,
    channel: Option<u16>,
}

impl Allocation {
    pub fn new(username: String, transaction: [u8; 12], port: Port, relayed: SocketAddr) -> Self {
        Self {
            username,
            transaction,
            relayed,
            expires: Instant::now(),
            back: Arc::default(),
            tunnel: None,
            _port: port,
        }
    }

    /// Data of the client for one of our addresses.
    pub fn forward(&mut self, (number, door): (usize, &Door), peer: SocketAddr, data: &[u8]) -> bool {
        if !self.back.knows(peer) {
            return false;
        }
        let (own, tunnel) = self.tunnel.get_or_insert_with(|| {
            let address = marked(Way::Relay, self.relayed);
            (number, door.tunnels.lead(address, self.back.outlet.clone()))
        });
        // A connection belongs to one room, and a room to one thread.
        let same = *own == number;
        if same {
            tunnel.receive(Some(peer.ip()), data.to_vec());
        }
        same
    }
}

impl Drop for Allocation {
    fn drop(&mut self) {
        self.back.outlet.close();
    }
}

impl Back {
    /// Notes that the client speaks to this address; `false` when it speaks to too many.
    fn knows(&self, peer: SocketAddr) -> bool {
        let mut peers = self.lock();
        if peers.iter().any(|known| known.address == peer) {
            return true;
        }
        let room = peers.len() < MAX_CHANNELS;
        if room {
            peers.push(Peer {
                address: peer,
                channel: None,
            });
        }
        room
    }

    /// `false`: the channel or the address is bound otherwise (RFC 8656 section 12.2).
    pub fn bind(&self, channel: u16, peer: SocketAddr) -> bool {
        if !self.knows(peer) {
            return false;
        }
        let mut peers = self.lock();
        let contradicts = |known: &Peer| (known.channel == Some(channel)) != (known.address == peer);
        if peers.iter().any(|known| known.channel.is_some() && contradicts(known)) {
            return false;
        }
        for known in peers.iter_mut().filter(|known| known.address == peer) {
            known.channel = Some(channel);
        }
        true
    }

    pub fn peer_of(&self, channel: u16) -> Option<SocketAddr> {
        let peers = self.lock();
        let bound = peers.iter().find(|known| known.channel == Some(channel));
        bound.map(|known| known.address)
    }

    /// As the client is to be sent it; `None` for what came from an address it never spoke to.
    pub fn wrap(&self, outgoing: &Outgoing) -> Option<Vec<u8>> {
        let Some(source) = outgoing.source else {
            return Some(outgoing.data.clone());
        };
        let peers = self.lock();
        let peer = peers.iter().find(|known| known.address.ip() == source)?;
        match peer.channel {
            Some(channel) => channel_data(channel, &outgoing.data),
            None => Some(indication(peer.address, &outgoing.data)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Peer>> {
        // A list of a few entries, changed one at a time.
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
