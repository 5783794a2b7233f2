//! The sockets of one room: one device per seat, a bounded queue each. Who cannot keep up is let go, so that a slow reader
//! costs the others nothing; it comes back by itself and is given a snapshot.

use axum::extract::ws::Utf8Bytes;
use rostrum_domain::{
    id::SeatId,
    room::view::{MeSection, ViewClass},
    signal::{Bye, ServerMessage},
};
use std::collections::HashMap;
use tokio::sync::{mpsc, oneshot};

/// Messages a socket may be behind. Higher: a bad network rides out longer stalls, at the price of memory and of stale
/// pictures of the room; lower: a short stall costs a reconnect.
pub const QUEUE: usize = 256;

/// One socket, as the room holds it.
pub struct Link {
    /// Tells this socket from others of the same seat.
    pub id: u64,
    pub out: mpsc::Sender<Utf8Bytes>,
    pub bye: oneshot::Sender<Bye>,
}

struct Connected {
    link: Link,
    class: ViewClass,
    me: Option<MeSection>,
}

/// All sockets, by seat.
#[derive(Default)]
pub struct Links {
    by_seat: HashMap<SeatId, Connected>,
    /// Seats whose socket could not keep up, until the room has noted that they are gone.
    lost: Vec<(SeatId, u64)>,
}

impl Links {
    pub fn is_empty(&self) -> bool {
        self.by_seat.is_empty()
    }

    /// A new socket takes the seat; the old one is told.
    pub fn connect(&mut self, seat: SeatId, class: ViewClass, link: Link) {
        let connected = Connected { link, class, me: None };
        if let Some(old) = self.by_seat.insert(seat, connected) {
            // The old socket may be gone already.
            let _ = old.link.bye.send(Bye::Replaced);
        }
    }

    /// Forgets this very socket. `false`: the seat is on another one by now.
    pub fn disconnect(&mut self, seat: SeatId, link: u64) -> bool {
        if self
            .by_seat
            .get(&seat)
            .is_some_and(|connected| connected.link.id == link)
        {
            self.by_seat.remove(&seat);
            return true;
        }
        false
    }

    /// Closes the seat's socket.
    pub fn dismiss(&mut self, seat: SeatId, reason: Bye) {
        if let Some(connected) = self.by_seat.remove(&seat) {
            let _ = connected.link.bye.send(reason);
        }
    }

    pub fn dismiss_all(&mut self, reason: Bye) {
        for (_, connected) in self.by_seat.drain() {
            let _ = connected.link.bye.send(reason);
        }
    }

    pub fn to(&mut self, seat: SeatId, text: Utf8Bytes) {
        if let Some(connected) = self.by_seat.get(&seat)
            && connected.link.out.try_send(text).is_err()
        {
            self.lost.push((seat, connected.link.id));
        }
    }

    /// To everybody of a class, or to all: one text, shared.
    pub fn broadcast(&mut self, class: Option<ViewClass>, text: &Utf8Bytes) {
        for (seat, connected) in &self.by_seat {
            if class.is_none_or(|class| class == connected.class) && connected.link.out.try_send(text.clone()).is_err()
            {
                self.lost.push((*seat, connected.link.id));
            }
        }
    }

    /// One's own section, when it is another than the last one sent.
    pub fn me(&mut self, seat: SeatId, me: MeSection) {
        let Some(connected) = self.by_seat.get_mut(&seat) else {
            return;
        };
        if connected.me.as_ref() != Some(&me) {
            connected.me = Some(me.clone());
            self.to(seat, text(&ServerMessage::Me { me }));
        }
    }

    /// Notes what a snapshot told, so that it is not told again.
    pub fn knows(&mut self, seat: SeatId, me: MeSection) {
        if let Some(connected) = self.by_seat.get_mut(&seat) {
            connected.me = Some(me);
        }
    }

    /// Seats on a socket, with their class.
    pub fn seats(&self) -> impl Iterator<Item = (SeatId, ViewClass)> + '_ {
        self.by_seat.iter().map(|(seat, connected)| (*seat, connected.class))
    }

    /// Lets go of those who could not keep up; returns their seats.
    pub fn drop_slow(&mut self) -> Vec<SeatId> {
        let lost = std::mem::take(&mut self.lost);
        let mut gone = Vec::new();
        for (seat, link) in lost {
            if self
                .by_seat
                .get(&seat)
                .is_some_and(|connected| connected.link.id == link)
            {
                self.dismiss(seat, Bye::TooSlow);
                gone.push(seat);
            }
        }
        gone
    }
}

/// A message as it goes over the wire, to be shared.
pub fn text(message: &ServerMessage) -> Utf8Bytes {
    serde_json::to_string(message)
        .expect("signalling messages have only string keys")
        .into()
}
