//! WHIP and WHEP: one client offer, one answer. Runs wherever the caller likes (it may cost a millisecond, so not on
//! the media thread); the negotiated peer is `Send` and handed to a [`crate::Plane`]. Refuses with a sentence a person can read.

pub(crate) mod offer;
mod secret;
mod whep;
mod whip;

pub use whep::answer_whep;
pub use whip::answer_whip;

use crate::Certificate;
use rostrum_domain::{
    id::{SeatId, SourceId, SubscriberId},
    media::SourceKind,
};
use std::{net::SocketAddr, time::Instant};

/// Who publishes what.
#[derive(Clone, Copy, Debug)]
pub struct Publisher {
    pub source: SourceId,
    pub seat: SeatId,
    pub kind: SourceKind,
}

/// Who watches.
#[derive(Clone, Copy, Debug)]
pub struct Subscriber {
    pub id: SubscriberId,
    pub seat: SeatId,
}

/// What the server brings to a negotiation.
pub struct Terms<'a> {
    pub certificate: &'a Certificate,
    /// Announced as UDP host candidates, in this order of preference. At least one.
    pub addresses: &'a [SocketAddr],
    pub now: Instant,
    /// Fresh secret randomness: becomes ICE credentials and SSRCs.
    pub random: [u8; 32],
}

/// Why an offer is refused; each is the client's fault and safe to show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NegotiationError {
    #[error("the offer is {0} bytes long; at most {1} are read")]
    TooLarge(usize, usize),
    #[error("the offer has {0} media sections; at most {1} are accepted")]
    TooManySections(usize, usize),
    #[error("the offer cannot be read: {0}")]
    Malformed(&'static str),
    #[error("the offer lacks {0}")]
    Missing(&'static str),
    #[error(
        "the offer has no codec that is spoken here (Opus, VP8, H.264 constrained baseline in packetization mode 1)"
    )]
    NoUsableCodec,
    #[error("the offer is not a usable one: {0}")]
    Rejected(String),
}
