//! The words spoken between the plane and the thread that owns its socket.

use rostrum_domain::id::SourceId;
use std::net::{IpAddr, SocketAddr};

/// Limits of one plane.
#[derive(Clone, Debug)]
pub struct PlaneConfig {
    /// Publishers and subscribers together; further ones are refused and reported closed.
    /// Higher costs memory (about 70 KiB a subscriber, 1 MiB a publisher), lower turns people away.
    pub max_peers: usize,
}

impl Default for PlaneConfig {
    fn default() -> Self {
        Self { max_peers: 4096 }
    }
}

/// One or more datagrams of one peer, ready for one system call (UDP GSO).
#[derive(Debug)]
pub struct Transmit {
    pub destination: SocketAddr,
    /// The local address the peer speaks to, for machines with several; `None` leaves it to the routing table.
    pub source: Option<IpAddr>,
    /// When set, `contents` is several datagrams of this size, the last one possibly shorter.
    pub segment_size: Option<usize>,
    /// Give it back with [`crate::Plane::recycle`] when sent.
    pub contents: Vec<u8>,
}

/// What one receive slot is worth to its viewer now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotWish {
    /// The slot's m-line, `RTCRtpTransceiver.mid`.
    pub mid: String,
    /// Largest useful picture height in physical pixels; 0 when the slot is not visible.
    pub height: u16,
    /// Show this source here, whatever the programme's order; ignored when the source is not in the programme.
    pub pin: Option<SourceId>,
}
