//! What waits to be written to one tunnelled peer. Bounded in bytes: when a slow connection fills it, the oldest video goes
//! first, because sound, checks and handshakes are small and late video is worthless.

use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::Notify;

/// Bytes that may wait. More: key frames pass slow lines whole; fewer: less delay. Half a second of 3 Mbit/s.
const LIMIT: usize = 192 * 1024;
/// Sound and control are smaller than this, almost all video is larger.
const SMALL: usize = 400;

/// A datagram on its way to the peer.
#[derive(Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Which of our addresses it comes from, when the peer told which it speaks to.
    pub source: Option<IpAddr>,
    pub data: Vec<u8>,
}

/// A bounded queue with one reader.
#[derive(Default)]
pub struct Outlet {
    queue: Mutex<Queue>,
    ready: Notify,
    spoken_to: AtomicBool,
}

#[derive(Default)]
struct Queue {
    datagrams: VecDeque<Outgoing>,
    bytes: usize,
    closed: bool,
}

impl Outlet {
    /// `false`: something had to be dropped.
    pub fn push_all<'a>(&self, source: Option<IpAddr>, datagrams: impl Iterator<Item = &'a [u8]>) -> bool {
        let mut dropped = 0;
        {
            let mut queue = self.lock();
            if queue.closed {
                return false;
            }
            for datagram in datagrams {
                while queue.bytes + datagram.len() > LIMIT && queue.drop_one() {
                    dropped += 1;
                }
                queue.bytes += datagram.len();
                queue.datagrams.push_back(Outgoing {
                    source,
                    data: datagram.to_vec(),
                });
            }
        }
        self.spoken_to.store(true, Ordering::Release);
        self.ready.notify_one();
        if dropped > 0 {
            metrics::counter!("rostrum_tunnel_dropped_total", "way" => "out").increment(dropped);
        }
        dropped == 0
    }

    /// The plane has answered this peer: it is none of the strangers, whom the plane never answers.
    pub fn is_proven(&self) -> bool {
        self.spoken_to.load(Ordering::Acquire)
    }

    /// Everything that waits, as soon as anything does; `None` when closed.
    pub async fn take(&self) -> Option<VecDeque<Outgoing>> {
        loop {
            {
                let mut queue = self.lock();
                if !queue.datagrams.is_empty() {
                    queue.bytes = 0;
                    return Some(std::mem::take(&mut queue.datagrams));
                }
                if queue.closed {
                    return None;
                }
            }
            self.ready.notified().await;
        }
    }

    pub fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing between the lines of a change can panic.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn drop_one(&mut self) -> bool {
        let oldest_video = self.datagrams.iter().position(|datagram| is_video(&datagram.data));
        let dropped = self.datagrams.remove(oldest_video.unwrap_or(0));
        self.bytes -= dropped.as_ref().map_or(0, |datagram| datagram.data.len());
        dropped.is_some()
    }
}

/// By its looks: RTP (RFC 7983), not RTCP, and large.
fn is_video(datagram: &[u8]) -> bool {
    matches!(datagram, [128..=191, kind, ..] if !(192..=223).contains(kind)) && datagram.len() >= SMALL
}
