//! The UDP sockets of one shard, IPv4 and IPv6 on the same port where possible: batches in (GRO), batches out (`sendmmsg`
//! with GSO). A datagram that the kernel does not take at once is dropped: in media, late is worse than lost.

mod burst;

pub use burst::Burst;

use super::addresses::Ports;
use mio::{Interest, Registry, Token, net::UdpSocket};
use nix::errno::Errno;
use quinn_udp::{BATCH_SIZE, RecvMeta, UdpSockRef, UdpSocketState};
use rostrum_media::Transmit;
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io::{self, IoSliceMut},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::fd::AsRawFd,
};

/// Kernel buffers, in bytes. Larger: bursts to hundreds of viewers fit; smaller: less delay under overload. The kernel may
/// give less (`net.core.rmem_max`).
const KERNEL_BUFFER: usize = 4 * 1024 * 1024;
/// One receive buffer: as many datagrams as GRO merges.
const RECEIVE_BUFFER: usize = 64 * 1024;
/// What the kernel sends in one call (the length field of a UDP datagram is 16 bits).
const MAX_SEND: usize = 60 * 1024;

pub struct Sockets {
    v4: Option<Family>,
    v6: Option<Family>,
    buffers: Vec<Vec<u8>>,
    metas: Vec<RecvMeta>,
}

struct Family {
    socket: UdpSocket,
    state: UdpSocketState,
    port: u16,
    /// There may be something to receive.
    readable: bool,
    /// The kernel or a network card refused a burst once.
    one_by_one: bool,
}

/// One received datagram.
pub struct Datagram<'a> {
    pub from: SocketAddr,
    pub local: Option<IpAddr>,
    pub data: &'a [u8],
}

impl Sockets {
    /// Binds both families; IPv6 may be missing on this machine.
    pub fn bind(port: u16) -> io::Result<Self> {
        let v4 = Family::bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))?;
        let v6 = match Family::bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, v4.port))) {
            Ok(v6) => Some(v6),
            // With any port allowed, another one will do.
            Err(_) if port == 0 => Family::bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0))).ok(),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(error) => {
                tracing::info!(%error, "media does without IPv6");
                None
            }
        };
        Ok(Self {
            v4: Some(v4),
            v6,
            buffers: vec![vec![0; RECEIVE_BUFFER]; BATCH_SIZE],
            metas: vec![RecvMeta::default(); BATCH_SIZE],
        })
    }

    pub fn ports(&self) -> Ports {
        let port = |family: &Option<Family>| family.as_ref().map(|family| family.port);
        Ports {
            v4: port(&self.v4),
            v6: port(&self.v6),
        }
    }

    /// Registers the sockets under `tokens`, IPv4 first.
    pub fn register(&mut self, registry: &Registry, tokens: [Token; 2]) -> io::Result<()> {
        for (family, token) in [&mut self.v4, &mut self.v6].into_iter().zip(tokens) {
            if let Some(family) = family {
                registry.register(&mut family.socket, token, Interest::READABLE)?;
            }
        }
        Ok(())
    }

    /// The poll says that a socket can be read: the first or the second of the registered ones.
    pub fn readable(&mut self, second: bool) {
        let family = if second { &mut self.v6 } else { &mut self.v4 };
        if let Some(family) = family {
            family.readable = true;
        }
    }

    /// One batch from each family that may have one. `true`: there may be more.
    pub fn receive(&mut self, mut take: impl FnMut(Datagram<'_>)) -> bool {
        let Self { v4, v6, buffers, metas } = self;
        let mut more = false;
        for family in [v4, v6].into_iter().flatten().filter(|family| family.readable) {
            let mut slices: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
            match family.state.recv(UdpSockRef::from(&family.socket), &mut slices, metas) {
                Ok(count) => {
                    // A batch that is not full ended because the socket was empty: the poll tells of the next datagram.
                    family.readable = count == BATCH_SIZE;
                    more |= family.readable;
                    for (meta, buffer) in metas.iter().zip(buffers.iter()).take(count) {
                        let stride = meta.stride.max(1);
                        for data in buffer[..meta.len].chunks(stride) {
                            take(Datagram {
                                from: meta.addr,
                                local: meta.dst_ip,
                                data,
                            });
                        }
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => family.readable = false,
                // An ICMP error of some peer; the others go on.
                Err(error) => {
                    more = true;
                    tracing::debug!(%error, "a media socket reported an error");
                }
            }
        }
        more
    }

    /// Sends all of them; what goes to many alike goes in one call. Tells how many were dropped, wholly or in part.
    pub fn send(&mut self, burst: &mut Burst, transmits: &[Transmit]) -> u64 {
        let mut dropped = 0;
        for alike in transmits.chunk_by(burst::alike) {
            let family = match alike.first() {
                Some(first) if first.destination.is_ipv4() => &mut self.v4,
                _ => &mut self.v6,
            };
            dropped += match family {
                Some(family) => family.send(burst, alike),
                None => alike.len() as u64,
            };
        }
        dropped
    }
}

impl Family {
    fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        let socket = std::net::UdpSocket::from(socket);
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        for buffer in [
            state.set_send_buffer_size(UdpSockRef::from(&socket), KERNEL_BUFFER),
            state.set_recv_buffer_size(UdpSockRef::from(&socket), KERNEL_BUFFER),
        ] {
            if let Err(error) = buffer {
                tracing::debug!(%error, "the kernel keeps its own buffer size");
            }
        }
        let port = socket.local_addr()?.port();
        Ok(Self {
            socket: UdpSocket::from_std(socket),
            state,
            port,
            readable: true,
            one_by_one: false,
        })
    }

    fn send(&mut self, burst: &mut Burst, alike: &[Transmit]) -> u64 {
        let segments = alike.first().and_then(|first| first.segment_size).map_or(1, |size| {
            let longest = alike.iter().map(|transmit| transmit.contents.len()).max();
            longest.unwrap_or(0).div_ceil(size.max(1))
        });
        let together = alike.len() > 1 && !self.one_by_one && segments <= self.state.max_gso_segments();
        let (mut rest, mut dropped) = (alike, 0);
        while together && !rest.is_empty() {
            match burst.send(self.socket.as_raw_fd(), rest) {
                Ok(sent) => rest = &rest[sent..],
                Err(Errno::EAGAIN | Errno::ENOBUFS) => return dropped + rest.len() as u64,
                Err(Errno::EINTR) => {}
                Err(error @ (Errno::EINVAL | Errno::EIO | Errno::ENOSYS)) => {
                    tracing::info!(%error, "media is sent one peer at a time here");
                    self.one_by_one = true;
                    break;
                }
                // The first one's peer cannot be reached; the others go on.
                Err(_) => (rest, dropped) = (&rest[1..], dropped + 1),
            }
        }
        dropped + rest.iter().filter(|transmit| !self.send_one(transmit)).count() as u64
    }

    /// `false`: some of it was dropped.
    fn send_one(&self, transmit: &Transmit) -> bool {
        let Some(size) = transmit.segment_size else {
            return self.send_part(transmit, &transmit.contents, None);
        };
        // Without GSO each segment goes by itself.
        let segments = self.state.max_gso_segments().min(MAX_SEND / size.max(1)).max(1);
        let mut sent = true;
        for part in transmit.contents.chunks(size.max(1) * segments) {
            sent &= self.send_part(transmit, part, Some(size));
        }
        sent
    }

    fn send_part(&self, transmit: &Transmit, contents: &[u8], segment_size: Option<usize>) -> bool {
        let datagrams = quinn_udp::Transmit {
            destination: transmit.destination,
            ecn: None,
            contents,
            segment_size,
            src_ip: transmit.source,
        };
        self.state.try_send(UdpSockRef::from(&self.socket), &datagrams).is_ok()
    }
}

#[cfg(test)]
mod tests;
