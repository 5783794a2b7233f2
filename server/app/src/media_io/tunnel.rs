//! Peers that do not come by a datagram of their own: over TCP (RFC 6544), or through the built-in relay. To the plane each
//! is an address like any other, marked in the place of the IPv6 scope, so that it can never be mistaken for a UDP peer
//! behind the same router with the same port number. One bounded queue leads in, one bounded queue leads out to each.

mod outlet;

pub use outlet::{Outgoing, Outlet};

use mio::Waker;
use rostrum_media::Transmit;
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr, SocketAddrV6},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

/// Datagrams waiting for the media thread. More: longer bursts survive; fewer: less delay when the thread is busy.
const INBOX: usize = 1024;
/// In the scope of an address: no interface has such a number.
const MARK: u32 = 0xffff_0000;

/// By which way a peer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Tcp = 1,
    Relay = 2,
}

/// The plane's name for a peer: its address as the peer itself sees it, marked.
pub fn marked(way: Way, address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    };
    SocketAddrV6::new(ip, address.port(), 0, MARK | way as u32).into()
}

fn is_marked(address: &SocketAddr) -> bool {
    matches!(address, SocketAddr::V6(address) if address.scope_id() & MARK == MARK)
}

/// A datagram on its way to the plane.
pub struct Inbound {
    pub from: SocketAddr,
    /// Which of our addresses the peer speaks to, when that matters for the answer.
    pub local: Option<IpAddr>,
    pub data: Vec<u8>,
}

/// All tunnels of one media thread, shared by that thread and the tasks that serve the connections.
pub struct Tunnels {
    inbox: SyncSender<Inbound>,
    waker: Arc<Waker>,
    /// The thread was told already and has not looked yet.
    told: AtomicBool,
    outlets: Mutex<HashMap<SocketAddr, Arc<Outlet>>>,
}

impl Tunnels {
    /// The other end is the media thread's.
    pub fn new(waker: Arc<Waker>) -> (Arc<Self>, Receiver<Inbound>) {
        let (inbox, received) = sync_channel(INBOX);
        let tunnels = Self {
            inbox,
            waker,
            told: AtomicBool::new(false),
            outlets: Mutex::default(),
        };
        (Arc::new(tunnels), received)
    }

    /// From now on what the plane sends to `address` goes to the returned queue, until the guard is dropped.
    /// A former tunnel of that address is closed.
    pub fn open(self: &Arc<Self>, address: SocketAddr) -> Tunnel {
        self.lead(address, Arc::default())
    }

    /// The same, into a queue that is there already.
    pub fn lead(self: &Arc<Self>, address: SocketAddr, outlet: Arc<Outlet>) -> Tunnel {
        if let Some(former) = self.lock().insert(address, outlet.clone()) {
            former.close();
        }
        Tunnel {
            tunnels: self.clone(),
            address,
            outlet,
        }
    }

    /// For the media thread: takes what is for a tunnelled peer. `None`: this goes by UDP; `Some(false)`: dropped.
    pub fn send(&self, transmit: &Transmit) -> Option<bool> {
        if !is_marked(&transmit.destination) {
            return None;
        }
        let Some(outlet) = self.lock().get(&transmit.destination).cloned() else {
            return Some(false);
        };
        let size = transmit.segment_size.unwrap_or(transmit.contents.len()).max(1);
        Some(outlet.push_all(transmit.source, transmit.contents.chunks(size)))
    }

    /// For the media thread, before it empties the inbox.
    pub fn heard(&self) {
        self.told.store(false, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SocketAddr, Arc<Outlet>>> {
        // Each change is one insertion or removal: whatever panicked left the table whole.
        self.outlets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One peer's way in and out; closed when dropped.
pub struct Tunnel {
    tunnels: Arc<Tunnels>,
    address: SocketAddr,
    pub outlet: Arc<Outlet>,
}

impl Tunnel {
    /// Gives a datagram to the plane; drops it when the media thread cannot keep up.
    pub fn receive(&self, local: Option<IpAddr>, data: Vec<u8>) {
        let from = self.address;
        if self.tunnels.inbox.try_send(Inbound { from, local, data }).is_err() {
            metrics::counter!("rostrum_tunnel_dropped_total", "way" => "in").increment(1);
        } else if !self.tunnels.told.swap(true, Ordering::AcqRel)
            && let Err(error) = self.tunnels.waker.wake()
        {
            tracing::error!(%error, "a media thread could not be woken");
        }
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        let mut outlets = self.tunnels.lock();
        if outlets
            .get(&self.address)
            .is_some_and(|now| Arc::ptr_eq(now, &self.outlet))
        {
            outlets.remove(&self.address);
        }
    }
}

#[cfg(test)]
mod tests;
