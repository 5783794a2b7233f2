//! The relay by UDP: one socket, one table of those who have a relay. Whoever has none costs one answer and no memory, and
//! not many answers a second.

use super::{Relay, allocation::Back, refused, session::Session};
use quinn_udp::{RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use std::{
    collections::HashMap,
    io::{self, IoSliceMut},
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{io::Interest, net::UdpSocket};

/// Answers a second to one address that has no relay; a browser needs two for each relay it opens. Higher: a newsroom
/// behind one router joins faster; lower: less can be reflected at a forged sender.
const STRANGERS_EACH: u32 = 60;
/// The same for all addresses together.
const STRANGERS_ALL: u32 = 2000;
/// As many bytes as the kernel merges into one read.
const BUFFER: usize = 64 * 1024;
/// How often ended relays are looked for.
const SWEEP: Duration = Duration::from_secs(10);

pub async fn serve(socket: std::net::UdpSocket, relay: Arc<Relay>) {
    let socket = match Socket::new(socket) {
        Ok(socket) => Arc::new(socket),
        Err(error) => return tracing::error!(%error, "the relay does without UDP"),
    };
    let mut clients = Clients {
        relay,
        socket: socket.clone(),
        sessions: HashMap::new(),
        strangers: Strangers::default(),
        swept: Instant::now(),
    };
    let mut buffer = vec![0; BUFFER];
    loop {
        match socket.receive(&mut buffer).await {
            Ok(meta) => {
                let path = Path {
                    client: meta.addr,
                    local: meta.dst_ip,
                };
                for data in buffer[..meta.len].chunks(meta.stride.max(1)) {
                    clients.hear(path, data).await;
                }
            }
            // An ICMP error of some client; the others go on.
            Err(error) => tracing::debug!(%error, "the relay's socket reported an error"),
        }
    }
}

/// Where a client is, and at which of our addresses it looks for the answer.
#[derive(Clone, Copy)]
struct Path {
    client: SocketAddr,
    local: Option<IpAddr>,
}

/// A socket that answers from the address it was spoken to at.
struct Socket {
    socket: UdpSocket,
    state: UdpSocketState,
}

impl Socket {
    fn new(socket: std::net::UdpSocket) -> io::Result<Self> {
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        let socket = UdpSocket::from_std(socket)?;
        Ok(Self { socket, state })
    }

    async fn receive(&self, buffer: &mut [u8]) -> io::Result<RecvMeta> {
        let mut metas = [RecvMeta::default()];
        let mut slices = [IoSliceMut::new(buffer)];
        let receive = || self.state.recv(UdpSockRef::from(&self.socket), &mut slices, &mut metas);
        self.socket.async_io(Interest::READABLE, receive).await?;
        Ok(metas[0])
    }

    /// What the kernel does not take is lost, as any datagram may be.
    async fn send(&self, path: Path, contents: &[u8]) {
        let transmit = Transmit {
            destination: path.client,
            ecn: None,
            contents,
            segment_size: None,
            src_ip: path.local,
        };
        let send = || self.state.try_send(UdpSockRef::from(&self.socket), &transmit);
        if let Err(error) = self.socket.async_io(Interest::WRITABLE, send).await {
            tracing::debug!(%error, "a datagram of the relay was not sent");
        }
    }
}

struct Clients {
    relay: Arc<Relay>,
    socket: Arc<Socket>,
    sessions: HashMap<SocketAddr, Session>,
    strangers: Strangers,
    swept: Instant,
}

impl Clients {
    async fn hear(&mut self, path: Path, data: &[u8]) {
        let now = Instant::now();
        if now - self.swept >= SWEEP {
            self.swept = now;
            self.sessions
                .retain(|_, session| session.expires().is_some_and(|at| at > now));
        }
        if let Some(session) = self.sessions.get_mut(&path.client) {
            let answer = session.handle(now, data);
            if session.back().is_none() {
                self.sessions.remove(&path.client);
            }
            if let Some(answer) = answer {
                self.socket.send(path, &answer).await;
            }
        } else {
            self.hear_stranger(now, path, data).await;
        }
    }

    async fn hear_stranger(&mut self, now: Instant, path: Path, data: &[u8]) {
        // STUN only: nothing else can begin anything.
        let is_stun = data.first().is_some_and(|first| *first <= 3);
        if !is_stun || !self.strangers.may_be_answered(now, path.client.ip()) {
            return refused("stranger");
        }
        let mut session = Session::new(self.relay.clone(), path.client);
        if let Some(answer) = session.handle(now, data) {
            self.socket.send(path, &answer).await;
        }
        if let Some(back) = session.back() {
            let writing = write(self.socket.clone(), path, back.clone());
            tokio::spawn(self.relay.stop.clone().run_until_cancelled_owned(writing));
            self.sessions.insert(path.client, session);
        }
    }
}

/// Until the relay ends.
async fn write(socket: Arc<Socket>, path: Path, back: Arc<Back>) {
    while let Some(datagrams) = back.outlet.take().await {
        for datagram in datagrams.iter().filter_map(|outgoing| back.wrap(outgoing)) {
            socket.send(path, &datagram).await;
        }
    }
}

/// Answers given to those without a relay in this second.
struct Strangers {
    second: Instant,
    each: HashMap<IpAddr, u32>,
    all: u32,
}

impl Default for Strangers {
    fn default() -> Self {
        Self {
            second: Instant::now(),
            each: HashMap::new(),
            all: 0,
        }
    }
}

impl Strangers {
    fn may_be_answered(&mut self, now: Instant, address: IpAddr) -> bool {
        if now - self.second >= Duration::from_secs(1) {
            self.second = now;
            self.each.clear();
            self.all = 0;
        }
        if self.all >= STRANGERS_ALL {
            return false;
        }
        self.all += 1;
        let each = self.each.entry(address).or_default();
        *each += 1;
        *each <= STRANGERS_EACH
    }
}

#[cfg(test)]
mod tests {
    use super::{STRANGERS_EACH, Strangers};
    use std::time::{Duration, Instant};

    #[test]
    fn a_flood_is_answered_so_many_times_a_second() {
        let (mut strangers, now) = (Strangers::default(), Instant::now());
        let (flooder, other) = ([203, 0, 113, 7].into(), [203, 0, 113, 8].into());
        let answered = (0..1000).filter(|_| strangers.may_be_answered(now, flooder)).count();
        assert_eq!(answered, STRANGERS_EACH as usize);
        assert!(strangers.may_be_answered(now, other));
        assert!(strangers.may_be_answered(now + Duration::from_secs(1), flooder));
    }
}
