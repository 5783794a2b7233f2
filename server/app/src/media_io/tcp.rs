//! ICE over TCP (RFC 6544), for networks that let no UDP out: passive candidates on the port number of the UDP socket,
//! datagrams framed by RFC 4571. A connection must begin with a connectivity check and is soon closed when the plane does
//! not answer it; whoever was answered has proven itself.

use super::{
    addresses::Ports,
    strangers::Strangers,
    tunnel::{Outgoing, Outlet, Tunnel, Tunnels, Way, marked},
};
use futures::StreamExt;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, timeout, timeout_at},
};
use tokio_util::{codec::LengthDelimitedCodec, sync::CancellationToken};

/// How long a connection may be of no use.
#[derive(Clone, Copy)]
struct Patience {
    /// From the connection to the plane's first answer. Longer: more strangers wait; shorter: slow lines fail.
    stranger: Duration,
    /// Without a frame from the peer; checks come every few seconds.
    idle: Duration,
}

const PATIENCE: Patience = Patience {
    stranger: Duration::from_secs(6),
    idle: Duration::from_secs(30),
};
/// A write that does not move for so long is to nobody.
const STUCK: Duration = Duration::from_secs(8);
/// Frames a second from one peer; a publisher sends about 500. More of them wait.
const PACE: u32 = 3000;
/// Frames are datagrams of clients, which keep to the MTU of a network.
const MAX_FRAME: usize = 2048;
/// Kernel send buffer, in bytes: what is in it can no longer be dropped, so it adds delay.
const KERNEL_BUFFER: usize = 96 * 1024;

/// The sockets that wait for connections.
#[derive(Default)]
pub struct Listeners {
    v4: Option<std::net::TcpListener>,
    v6: Option<std::net::TcpListener>,
}

impl Listeners {
    /// The same port numbers as those of the UDP sockets.
    pub fn bind(ports: Ports) -> io::Result<Self> {
        let v4 = ports.v4.map(|port| listen((Ipv4Addr::UNSPECIFIED, port).into()));
        let v6 = ports.v6.map(|port| listen((Ipv6Addr::UNSPECIFIED, port).into()));
        Ok(Self {
            v4: v4.transpose()?,
            v6: v6.transpose()?,
        })
    }

    pub fn takes(&self, address: &SocketAddr) -> bool {
        if address.is_ipv4() {
            self.v4.is_some()
        } else {
            self.v6.is_some()
        }
    }

    /// Accepts until `stop`. Needs the runtime.
    pub fn serve(self, tunnels: &Arc<Tunnels>, strangers: &Strangers, stop: &CancellationToken) {
        for listener in [self.v4, self.v6].into_iter().flatten() {
            let (tunnels, strangers, stop) = (tunnels.clone(), strangers.clone(), stop.clone());
            tokio::spawn(
                stop.clone()
                    .run_until_cancelled_owned(accept(listener, tunnels, strangers, stop)),
            );
        }
    }
}

/// A listening socket, of one family only.
pub fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // A restart must not wait for the connections of the former process.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(256)?;
    Ok(socket.into())
}

async fn accept(listener: std::net::TcpListener, tunnels: Arc<Tunnels>, strangers: Strangers, stop: CancellationToken) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "media cannot be taken over TCP"),
    };
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                let serve = serve(stream, remote, tunnels.clone(), strangers.clone());
                tokio::spawn(stop.clone().run_until_cancelled_owned(serve));
            }
            Err(error) => pause(&error).await,
        }
    }
}

/// Out of file descriptors, most likely: others must leave first.
pub async fn pause(error: &io::Error) {
    tracing::warn!(%error, "a media connection could not be accepted");
    tokio::time::sleep(Duration::from_millis(100)).await;
}

async fn serve(stream: TcpStream, remote: SocketAddr, tunnels: Arc<Tunnels>, strangers: Strangers) {
    let Some(place) = strangers.wait(remote.ip()) else {
        return refused("crowd");
    };
    tune(&stream);
    let tunnel = tunnels.open(marked(Way::Tcp, remote));
    let (reader, writer) = stream.into_split();
    let known = metrics::gauge!("rostrum_media_streams", "way" => "tcp");
    known.increment(1);
    let outlet = tunnel.outlet.clone();
    let reading = async {
        match hear(reader, &tunnel, PATIENCE).await {
            Ended::Stranger => refused("stranger"),
            Ended::Left => {}
        }
    };
    let writing = async {
        let first = outlet.take().await;
        drop(place);
        let _ = say(writer, &outlet, first).await;
    };
    tokio::select! { () = reading => {}, () = writing => {} }
    known.decrement(1);
}

pub fn refused(reason: &'static str) {
    metrics::counter!("rostrum_media_streams_refused_total", "reason" => reason).increment(1);
}

/// Small frames leave at once, and little waits in the kernel.
pub fn tune(stream: &TcpStream) {
    let socket = SockRef::from(stream);
    for setting in [stream.set_nodelay(true), socket.set_send_buffer_size(KERNEL_BUFFER)] {
        if let Err(error) = setting {
            tracing::debug!(%error, "the kernel keeps its own settings for a media connection");
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Ended {
    /// It never proved itself.
    Stranger,
    Left,
}

async fn hear(reader: impl AsyncRead + Unpin, tunnel: &Tunnel, patience: Patience) -> Ended {
    let mut frames = LengthDelimitedCodec::builder()
        .length_field_length(2)
        .max_frame_length(MAX_FRAME)
        .new_read(reader);
    let accepted = Instant::now();
    let shown_out = accepted + patience.stranger;
    let mut pace = Pace::new(accepted);
    loop {
        let proven = tunnel.outlet.is_proven();
        let until = if proven {
            Instant::now() + patience.idle
        } else {
            shown_out
        };
        let frame = match timeout_at(until, frames.next()).await {
            Ok(Some(Ok(frame))) => frame,
            // It may have been answered while we waited.
            Err(_) if !proven && tunnel.outlet.is_proven() => continue,
            _ if proven => return Ended::Left,
            _ => return Ended::Stranger,
        };
        if !proven && !tunnel.outlet.is_proven() && (!is_check(&frame) || Instant::now() >= shown_out) {
            return Ended::Stranger;
        }
        pace.keep().await;
        if !frame.is_empty() {
            tunnel.receive(None, frame.to_vec());
        }
    }
}

async fn say(
    mut writer: impl AsyncWrite + Unpin,
    outlet: &Outlet,
    first: Option<impl IntoIterator<Item = Outgoing>>,
) -> io::Result<()> {
    let mut frames = Vec::new();
    for datagram in first.into_iter().flatten() {
        frame(&mut frames, &datagram.data);
    }
    loop {
        timeout(STUCK, writer.write_all(&frames)).await??;
        frames.clear();
        let Some(datagrams) = outlet.take().await else {
            return Ok(());
        };
        for datagram in datagrams {
            frame(&mut frames, &datagram.data);
        }
    }
}

/// RFC 4571: a length of 16 bits, then the datagram.
fn frame(frames: &mut Vec<u8>, datagram: &[u8]) {
    if let Ok(length) = u16::try_from(datagram.len()) {
        frames.extend_from_slice(&length.to_be_bytes());
        frames.extend_from_slice(datagram);
    }
}

/// A STUN binding request, by its looks (RFC 8489).
fn is_check(frame: &[u8]) -> bool {
    frame.len() >= 20 && frame[..2] == [0, 1] && frame[4..8] == [0x21, 0x12, 0xa4, 0x42]
}

/// Lets so many frames a second pass and makes the rest wait, in the sender's own buffers.
pub struct Pace {
    second: Instant,
    passed: u32,
}

impl Pace {
    pub fn new(now: Instant) -> Self {
        Self { second: now, passed: 0 }
    }

    pub async fn keep(&mut self) {
        self.passed += 1;
        if self.passed > PACE {
            tokio::time::sleep_until(self.second + Duration::from_secs(1)).await;
        }
        if self.second.elapsed() >= Duration::from_secs(1) {
            *self = Self::new(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests;
