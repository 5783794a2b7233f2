//! One thread of the crowd: many sockets, one poll. Takes packets as they come, looks at everybody's clock at each tick.

use super::{
    Tally,
    link::{Heard, Link},
    source::Source,
    viewer::{Counts, Viewer},
};
use mio::{Events, Interest, Poll, Token, net::UdpSocket};
use nix::{
    cmsg_space,
    errno::Errno,
    sys::{
        socket::{ControlMessageOwned, MsgFlags, MultiHeaders, recvmmsg, setsockopt, sockopt},
        time::TimeSpec,
    },
};
use std::{
    io::{self, IoSliceMut},
    net::SocketAddr,
    os::fd::AsRawFd,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::Receiver,
    },
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// Datagrams taken with one call.
const BATCH: usize = 16;
const DATAGRAM: usize = 2048;
/// A crowd that is late must not look like a server that loses: room for half a second of a picture.
const KERNEL_BUFFER: usize = 512 * 1024;

pub(super) enum Part {
    Viewer(Box<Viewer>),
    Source(Box<Source>),
}

/// A connection that begins; its socket is connected to the server.
pub(super) struct Newcomer {
    pub socket: std::net::UdpSocket,
    pub link: Link,
    pub part: Part,
    pub up: oneshot::Sender<()>,
}

struct Member {
    socket: UdpSocket,
    local: SocketAddr,
    link: Link,
    part: Part,
    up: Option<oneshot::Sender<()>>,
}

pub(super) struct Driver {
    poll: Poll,
    tick: Duration,
    inbox: Receiver<Newcomer>,
    tally: Arc<Tally>,
    ended: Arc<AtomicBool>,
    members: Vec<Member>,
    counts: Counts,
    sent: u64,
}

impl Driver {
    pub fn new(
        tick: Duration,
        inbox: Receiver<Newcomer>,
        tally: Arc<Tally>,
        ended: Arc<AtomicBool>,
    ) -> io::Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            tick,
            inbox,
            tally,
            ended,
            members: Vec::new(),
            counts: Counts::default(),
            sent: 0,
        })
    }

    pub fn run(mut self) {
        let mut events = Events::with_capacity(1024);
        let mut receiver = Batch::new();
        let mut next = Instant::now();
        while !self.ended.load(Ordering::Relaxed) {
            let patience = next.saturating_duration_since(Instant::now());
            if let Err(error) = self.poll.poll(&mut events, Some(patience))
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "a thread of the crowd cannot wait");
                return;
            }
            for event in &events {
                if let Some(member) = self.members.get_mut(event.token().0) {
                    member.receive(&mut receiver, &mut self.counts, &self.tally);
                }
            }
            let now = Instant::now();
            if now >= next {
                next = (next + self.tick).max(now);
                self.admit();
                for member in &mut self.members {
                    self.sent += member.tick(now, &mut self.counts);
                }
            }
            self.tell();
        }
    }

    fn admit(&mut self) {
        while let Ok(newcomer) = self.inbox.try_recv() {
            match self.seat(newcomer) {
                Ok(member) => self.members.push(member),
                Err(error) => tracing::warn!(%error, "somebody of the crowd stays outside"),
            }
        }
    }

    fn seat(&mut self, newcomer: Newcomer) -> io::Result<Member> {
        let Newcomer { socket, link, part, up } = newcomer;
        // The kernel may give less; it doubles what it gives.
        let _ = setsockopt(&socket, sockopt::RcvBuf, &KERNEL_BUFFER);
        // When a packet arrived, not when this thread got round to it: the server judges the network by it.
        setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
        let mut socket = UdpSocket::from_std(socket);
        let token = Token(self.members.len());
        self.poll.registry().register(&mut socket, token, Interest::READABLE)?;
        Ok(Member {
            local: socket.local_addr()?,
            socket,
            link,
            part,
            up: Some(up),
        })
    }

    fn tell(&mut self) {
        let counts = &mut self.counts;
        self.tally
            .packets
            .fetch_add(std::mem::take(&mut counts.packets), Ordering::Relaxed);
        // Adding a negative number wraps around to the right sum.
        self.tally
            .lost
            .fetch_add(std::mem::take(&mut counts.lost) as u64, Ordering::Relaxed);
        self.tally
            .forged
            .fetch_add(std::mem::take(&mut counts.forged), Ordering::Relaxed);
        self.tally
            .sent
            .fetch_add(std::mem::take(&mut self.sent), Ordering::Relaxed);
        self.tally.delayed(&mut counts.delays);
    }
}

impl Member {
    fn receive(&mut self, receiver: &mut Batch, counts: &mut Counts, tally: &Tally) {
        let Self {
            socket,
            local,
            link,
            part,
            up,
        } = self;
        let now = Instant::now();
        receiver.receive(socket, |data, stamp| match data {
            // RFC 7983: 128 to 191 is RTP or RTCP; RFC 5761: RTCP has payload types 64 to 95 there.
            [128..=191, kind, ..] if (64..=95).contains(&(kind & 0x7f)) => {
                if let Part::Source(source) = part {
                    source.hear(data, link);
                }
            }
            [128..=191, ..] => {
                if let Part::Viewer(viewer) = part {
                    viewer.take(now, stamp, data, link, counts);
                }
            }
            _ => match link.hear(now, *local, data) {
                Heard::Nothing => {}
                Heard::Connected => {
                    if let Some(up) = up.take() {
                        tally.connected.fetch_add(1, Ordering::Relaxed);
                        // Whoever waited may have lost patience.
                        let _ = up.send(());
                    }
                }
                Heard::Lost => drop(up.take()),
            },
        });
        self.send();
    }

    fn tick(&mut self, now: Instant, counts: &mut Counts) -> u64 {
        self.link.tick(now);
        let sent = match &mut self.part {
            Part::Viewer(viewer) => {
                viewer.tick(now, &mut self.link, counts);
                0
            }
            Part::Source(source) => source.tick(now, &mut self.link),
        };
        self.send();
        sent
    }

    fn send(&mut self) {
        for datagram in self.link.out.drain(..) {
            // A full socket is a lost datagram like any other.
            let _ = self.socket.send(&datagram);
        }
    }
}

/// Buffers for one call.
struct Batch {
    buffers: Vec<Vec<u8>>,
}

impl Batch {
    fn new() -> Self {
        Self {
            buffers: vec![vec![0; DATAGRAM]; BATCH],
        }
    }

    /// Everything that has arrived.
    fn receive(&mut self, socket: &UdpSocket, mut take: impl FnMut(&[u8], Option<i64>)) {
        loop {
            let mut slices: Vec<[IoSliceMut<'_>; 1]> = self
                .buffers
                .iter_mut()
                .map(|buffer| [IoSliceMut::new(buffer)])
                .collect();
            // The kernel shrinks the room for control messages to what it used, and nothing makes it grow again.
            let mut headers: MultiHeaders<()> = MultiHeaders::preallocate(BATCH, Some(cmsg_space!(TimeSpec)));
            let received = recvmmsg(
                socket.as_raw_fd(),
                &mut headers,
                slices.iter_mut(),
                MsgFlags::MSG_DONTWAIT,
                None,
            );
            let mut count = 0;
            match received {
                Ok(messages) => {
                    for message in messages {
                        count += 1;
                        let stamp = message
                            .cmsgs()
                            .ok()
                            .into_iter()
                            .flatten()
                            .find_map(|control| match control {
                                ControlMessageOwned::ScmTimestampns(at) => {
                                    Some(at.tv_sec() * 1_000_000_000 + at.tv_nsec())
                                }
                                _ => None,
                            });
                        for data in message.iovs() {
                            take(data, stamp);
                        }
                    }
                }
                // Nobody listens at the server any more: the run is over.
                Err(Errno::EAGAIN | Errno::ECONNREFUSED | Errno::EINTR) => return,
                Err(error) => {
                    tracing::debug!(%error, "a socket of the crowd");
                    return;
                }
            }
            if count < BATCH {
                return;
            }
        }
    }
}
