//! Datagrams waiting to leave: written once, straight into the buffer that goes to the system call, consecutive ones of
//! one size in one buffer (UDP GSO).

use crate::Transmit;
use std::{
    collections::VecDeque,
    net::{IpAddr, SocketAddr},
};

/// Linux takes at most 64 segments in one call.
const MAX_SEGMENTS: usize = 60;
/// And at most 65 507 bytes.
const MAX_BYTES: usize = 60_000;
/// Bytes of buffers kept for reuse. One packet to a thousand viewers takes a thousand buffers at once: more saves
/// allocations, fewer saves memory.
const POOL: usize = 16 * 1024 * 1024;

/// Where a peer is reached, and from which of our own addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    pub remote: SocketAddr,
    pub local: Option<IpAddr>,
}

impl Path {
    /// The remote as it knows itself: without the mark that the shell may have put in the place of a scope.
    pub fn seen(&self) -> SocketAddr {
        SocketAddr::new(self.remote.ip().to_canonical(), self.remote.port())
    }
}

/// Empty buffers for the next datagrams.
#[derive(Default)]
pub(crate) struct Pool {
    /// The one used last, and therefore still in the processor's cache, is used first.
    buffers: Vec<Vec<u8>>,
    bytes: usize,
}

impl Pool {
    fn take(&mut self) -> Vec<u8> {
        let buffer = self.buffers.pop().unwrap_or_default();
        self.bytes -= buffer.capacity();
        buffer
    }

    pub fn give(&mut self, mut buffer: Vec<u8>) {
        if self.bytes + buffer.capacity() <= POOL {
            buffer.clear();
            self.bytes += buffer.capacity();
            self.buffers.push(buffer);
        }
    }
}

/// What one peer is about to be sent.
#[derive(Default)]
pub(crate) struct Outbox {
    batches: VecDeque<Batch>,
}

struct Batch {
    path: Path,
    contents: Vec<u8>,
    segment: usize,
    count: usize,
    full: bool,
}

impl Outbox {
    pub fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// Appends one datagram of exactly `length` bytes written by `write`; forgets it when `write` fails.
    pub fn push(
        &mut self,
        pool: &mut Pool,
        path: Path,
        length: usize,
        write: impl FnOnce(&mut Vec<u8>) -> bool,
    ) -> bool {
        let fits = self.batches.back().is_some_and(|last| {
            !last.full
                && last.path == path
                && length <= last.segment
                && last.count < MAX_SEGMENTS
                && last.contents.len() + length <= MAX_BYTES
        });
        if !fits {
            self.batches.push_back(Batch {
                path,
                contents: pool.take(),
                segment: length,
                count: 0,
                full: false,
            });
        }
        let Some(batch) = self.batches.back_mut() else {
            return false;
        };
        let before = batch.contents.len();
        if write(&mut batch.contents) && batch.contents.len() == before + length {
            batch.count += 1;
            batch.full = length < batch.segment;
            return true;
        }
        batch.contents.truncate(before);
        if batch.count == 0
            && let Some(batch) = self.batches.pop_back()
        {
            pool.give(batch.contents);
        }
        false
    }

    pub fn push_bytes(&mut self, pool: &mut Pool, path: Path, datagram: &[u8]) {
        self.push(pool, path, datagram.len(), |buffer| {
            buffer.extend_from_slice(datagram);
            true
        });
    }

    /// Moves everything to the queue of the plane.
    pub fn drain_into(&mut self, ready: &mut VecDeque<Transmit>) {
        ready.extend(self.batches.drain(..).map(|batch| Transmit {
            destination: batch.path.remote,
            source: batch.path.local,
            segment_size: (batch.count > 1).then_some(batch.segment),
            contents: batch.contents,
        }));
    }
}

#[cfg(test)]
mod tests;
