//! The built-in TURN server (RFC 8656) for people whose network lets nothing out but a connection to a well-known port: on
//! UDP, TCP and TLS. It relays to this server's own media and to nothing else: a relayed address is only a name inside the
//! process, no socket is ever opened for one, so it cannot be an open relay. Credentials are made per grant and expire.

mod allocation;
mod credentials;
mod datagrams;
mod door;
mod ports;
mod reply;
mod session;
mod streams;

pub use credentials::credential;
pub use door::WithRelay;

use crate::{
    clock::Clock,
    media_io::{strangers::Strangers, tcp::listen, tunnel::Tunnels},
};
use credentials::Secret;
use ports::Ports;
use rostrum_domain::time::Timestamp;
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// How long the credentials of a grant open a relay; what was opened in time stays. Longer: stolen ones live on; shorter:
/// somebody whose first ways fail is too late.
const LASTS: Duration = Duration::from_secs(600);

/// One media thread, as the relay reaches it.
pub struct Door {
    pub addresses: Vec<SocketAddr>,
    pub tunnels: Arc<Tunnels>,
}

/// The relay: what all its connections share.
pub struct Relay {
    secret: Secret,
    doors: Vec<Door>,
    ports: Arc<Ports>,
    strangers: Strangers,
    clock: Arc<dyn Clock>,
    port: u16,
    stop: CancellationToken,
}

/// User name and password of one person for a while.
pub struct Login {
    pub username: String,
    pub password: String,
}

impl Relay {
    /// Listens on `port` by UDP and TCP, both families. Needs the runtime.
    pub fn start(
        port: u16,
        doors: Vec<Door>,
        clock: Arc<dyn Clock>,
        stop: &CancellationToken,
    ) -> io::Result<Arc<Self>> {
        let sockets = Sockets::bind(port)?;
        let relay = Arc::new(Self {
            secret: Secret::random(),
            doors,
            ports: Arc::default(),
            strangers: Strangers::default(),
            clock,
            port: sockets.port,
            stop: stop.clone(),
        });
        for socket in sockets.udp {
            tokio::spawn(
                stop.clone()
                    .run_until_cancelled_owned(datagrams::serve(socket, relay.clone())),
            );
        }
        for listener in sockets.tcp {
            tokio::spawn(
                stop.clone()
                    .run_until_cancelled_owned(streams::accept(listener, relay.clone())),
            );
        }
        Ok(relay)
    }

    /// UDP and TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Addresses at which browsers find it: those of the media, real networks first, one of each family.
    pub fn addresses(&self) -> Vec<IpAddr> {
        let all = || self.doors.iter().flat_map(|door| &door.addresses).map(SocketAddr::ip);
        let first = |family: fn(&IpAddr) -> bool| {
            let mut addresses: Vec<_> = all().filter(family).collect();
            addresses.sort_by_key(IpAddr::is_loopback);
            addresses.into_iter().next()
        };
        let (v4, v6) = (first(IpAddr::is_ipv4), first(IpAddr::is_ipv6));
        // A loopback address is for nobody who also has a real one.
        let real = [v4, v6].into_iter().flatten().any(|address| !address.is_loopback());
        [v4, v6]
            .into_iter()
            .flatten()
            .filter(|address| !real || !address.is_loopback())
            .collect()
    }

    pub fn login(&self, now: Timestamp) -> Login {
        self.secret.login(now.saturating_add(LASTS))
    }

    /// The media thread that has this address.
    fn door(&self, peer: SocketAddr) -> Option<(usize, &Door)> {
        let mut doors = self.doors.iter().enumerate();
        doors.find(|(_, door)| door.addresses.contains(&peer))
    }

    fn has(&self, ip: IpAddr) -> bool {
        let mut addresses = self.doors.iter().flat_map(|door| &door.addresses);
        addresses.any(|address| address.ip() == ip)
    }

    /// What relayed addresses look like: one of ours, so that browsers pair them with our candidates of that family.
    fn ip(&self, v6: bool) -> Option<IpAddr> {
        let mut addresses = self.doors.iter().flat_map(|door| &door.addresses);
        addresses.find(|address| address.is_ipv6() == v6).map(SocketAddr::ip)
    }
}

struct Sockets {
    udp: Vec<std::net::UdpSocket>,
    tcp: Vec<std::net::TcpListener>,
    port: u16,
}

impl Sockets {
    /// A machine may have no IPv6, and a port that is free for UDP may be taken for TCP: whatever can be had is used.
    fn bind(port: u16) -> io::Result<Self> {
        let socket = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port))?;
        let port = socket.local_addr()?.port();
        let mut udp = vec![socket];
        udp.extend(udp_v6(port));
        for socket in &udp {
            socket.set_nonblocking(true)?;
        }
        let tcp: Vec<_> = [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()]
            .into_iter()
            .filter_map(|ip: IpAddr| listen(SocketAddr::new(ip, port)).ok())
            .collect();
        if tcp.is_empty() {
            tracing::warn!(port, "the relay is not reached over TCP: the port is taken");
        }
        Ok(Self { udp, tcp, port })
    }
}

fn udp_v6(port: u16) -> Option<std::net::UdpSocket> {
    use socket2::{Domain, Protocol, Socket, Type};
    let socket = Socket::new(Domain::IPV6, Type::DGRAM, Some(Protocol::UDP)).ok()?;
    socket.set_only_v6(true).ok()?;
    socket
        .bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)).into())
        .ok()?;
    Some(socket.into())
}

/// Counts what was refused, by its reason.
fn refused(reason: &'static str) {
    metrics::counter!("rostrum_turn_refused_total", "reason" => reason).increment(1);
}

#[cfg(test)]
mod tests;
