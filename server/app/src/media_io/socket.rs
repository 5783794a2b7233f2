//! The UDP sockets of one shard, IPv4 and IPv6 on the same port where possible: batches in (GRO), batches out (GSO).
//! A datagram that the kernel does not take at once is dropped: in media, late is worse than lost.

use super::addresses::Ports;
use mio::{Interest, Registry, Token, net::UdpSocket};
use quinn_udp::{BATCH_SIZE, RecvMeta, UdpSockRef, UdpSocketState};
use rostrum_media::Transmit;
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io::{self, IoSliceMut},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
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

    pub fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        for family in [&mut self.v4, &mut self.v6].into_iter().flatten() {
            registry.register(&mut family.socket, token, Interest::READABLE)?;
        }
        Ok(())
    }

    /// One batch from each family. `true`: there may be more.
    pub fn receive(&mut self, mut take: impl FnMut(Datagram<'_>)) -> bool {
        let Self { v4, v6, buffers, metas } = self;
        let mut more = false;
        for family in [v4, v6].into_iter().flatten() {
            let mut slices: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
            match family.state.recv(UdpSockRef::from(&family.socket), &mut slices, metas) {
                Ok(count) => {
                    more = true;
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
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // An ICMP error of some peer; the others go on.
                Err(error) => tracing::debug!(%error, "a media socket reported an error"),
            }
        }
        more
    }

    /// Sends what belongs to one peer. `false`: some of it was dropped.
    pub fn send(&self, transmit: &Transmit) -> bool {
        let family = if transmit.destination.is_ipv4() {
            &self.v4
        } else {
            &self.v6
        };
        let Some(family) = family else { return false };
        let Some(size) = transmit.segment_size else {
            return family.send(transmit, &transmit.contents, None);
        };
        // Without GSO each segment goes by itself.
        let segments = family.state.max_gso_segments().min(MAX_SEND / size.max(1)).max(1);
        let mut sent = true;
        for part in transmit.contents.chunks(size.max(1) * segments) {
            sent &= family.send(transmit, part, Some(size));
        }
        sent
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
        })
    }

    fn send(&self, transmit: &Transmit, contents: &[u8], segment_size: Option<usize>) -> bool {
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
