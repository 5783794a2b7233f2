//! The selective forwarding unit, sans-IO: datagrams and time in; datagrams, facts and copies for the record out.
//! It never sleeps, spawns, locks, opens a socket or asks what time it is. One [`Plane`] belongs to one I/O thread.
//!
//! Run loop of the caller: [`Plane::handle_datagram`] for everything received, then commands, then
//! [`Plane::handle_timeout`] when [`Plane::next_deadline`] has passed; after each of these batches drain
//! [`Plane::poll_transmit`], [`Plane::poll_sight`] and [`Plane::poll_tap`] until they are empty.

mod arena;
mod certificate;
mod codec;
pub mod container;
mod continuity;
mod egress;
mod flight;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
mod ingest;
mod io;
mod negotiate;
mod outbox;
mod packet;
mod plane;
mod room;
mod stun;
#[cfg(any(test, feature = "fuzz"))]
mod testing;

pub use certificate::{Certificate, CertificateError};
pub use egress::Egress;
pub use ingest::Ingest;
pub use io::{PlaneConfig, SlotWish, Transmit};
pub use negotiate::{NegotiationError, Publisher, Subscriber, Terms, answer_whep, answer_whip};
pub use plane::Plane;
