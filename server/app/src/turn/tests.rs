use super::{Door, Relay, session::Session};
use crate::{
    clock::{Clock, SystemClock},
    media_io::tunnel::{Inbound, Tunnels, Way, marked},
};
use mio::{Poll, Token, Waker};
use rostrum_domain::time::Timestamp;
use rostrum_media::Transmit;
use rtc::{
    crypto::{RTCCryptoProvider, providers::RingProvider},
    stun::{
        attributes::*,
        error_code::ErrorCodeAttribute,
        integrity::MessageIntegrity,
        message::{
            CLASS_ERROR_RESPONSE, CLASS_INDICATION, CLASS_REQUEST, CLASS_SUCCESS_RESPONSE, Getter, METHOD_ALLOCATE,
            METHOD_CHANNEL_BIND, METHOD_CREATE_PERMISSION, METHOD_DATA, METHOD_REFRESH, METHOD_SEND, Message,
            MessageType, Method, Setter,
        },
        xoraddr::XorMappedAddress,
    },
};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, mpsc::Receiver},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
};
use tokio_util::sync::{CancellationToken, DropGuard};

const MEDIA: &str = "203.0.113.7:5000";
const CLIENT: &str = "198.51.100.9:40000";

struct World {
    relay: Arc<Relay>,
    tunnels: Arc<Tunnels>,
    inbox: Receiver<Inbound>,
    clock: Arc<Hand>,
    _poll: Poll,
    _stop: DropGuard,
}

/// A clock that is turned by hand.
struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl World {
    fn new() -> Self {
        let poll = Poll::new().unwrap();
        let waker = Arc::new(Waker::new(poll.registry(), Token(0)).unwrap());
        let (tunnels, inbox) = Tunnels::new(waker);
        let stop = CancellationToken::new();
        let clock = Arc::new(Hand(Mutex::new(SystemClock.now())));
        let door = Door {
            addresses: vec![media()],
            tunnels: tunnels.clone(),
        };
        Self {
            relay: Relay::start(0, vec![door], clock.clone(), &stop).unwrap(),
            tunnels,
            inbox,
            clock,
            _poll: poll,
            _stop: stop.drop_guard(),
        }
    }

    fn client(&self) -> Client {
        let login = self.relay.login(self.relay.clock.now());
        Client {
            session: Session::new(self.relay.clone(), CLIENT.parse().unwrap()),
            username: login.username,
            password: login.password,
            nonce: String::new(),
        }
    }

    fn later(&self, by: Duration) {
        let mut now = self.clock.0.lock().unwrap();
        *now = now.saturating_add(by);
    }

    /// As the plane would answer a client.
    fn answer(&self, destination: SocketAddr, contents: &[u8]) -> Option<bool> {
        self.tunnels.send(&Transmit {
            destination,
            source: Some(media().ip()),
            segment_size: None,
            contents: contents.to_vec(),
        })
    }
}

fn media() -> SocketAddr {
    MEDIA.parse().unwrap()
}

struct Client {
    session: Session,
    username: String,
    password: String,
    nonce: String,
}

impl Client {
    fn request(&self, method: Method, attributes: &[(AttrType, &[u8])], peer: Option<&str>) -> Vec<u8> {
        let mut message = Message::new();
        message.new_transaction_id().unwrap();
        message.typ = MessageType::new(method, CLASS_REQUEST);
        message.write_header();
        for (name, value) in attributes {
            message.add(*name, value);
        }
        if let Some(peer) = peer {
            add_peer(&mut message, peer);
        }
        if !self.nonce.is_empty() {
            message.add(ATTR_USERNAME, self.username.as_bytes());
            message.add(ATTR_REALM, b"rostrum");
            message.add(ATTR_NONCE, self.nonce.as_bytes());
            MessageIntegrity::new_long_term_integrity_with_provider(
                self.username.clone(),
                "rostrum".into(),
                self.password.clone(),
                RingProvider::new().crypto(),
            )
            .unwrap()
            .add_to(&mut message)
            .unwrap();
        }
        message.raw
    }

    fn ask(&mut self, method: Method, attributes: &[(AttrType, &[u8])], peer: Option<&str>) -> Message {
        let request = self.request(method, attributes, peer);
        let answer = self.session.handle(Instant::now(), &request).unwrap();
        parsed(&answer)
    }

    /// The refusal's code, or `None` for a success.
    fn tries(&mut self, method: Method, attributes: &[(AttrType, &[u8])], peer: Option<&str>) -> Option<u16> {
        refusal(&self.ask(method, attributes, peer))
    }

    /// The name under which the plane will know it.
    fn opens(&mut self) -> SocketAddr {
        let challenge = self.ask(METHOD_ALLOCATE, UDP, None);
        assert_eq!(refusal(&challenge), Some(401));
        self.nonce = String::from_utf8(challenge.get(ATTR_NONCE).unwrap()).unwrap();
        let granted = self.ask(METHOD_ALLOCATE, UDP, None);
        assert_eq!(refusal(&granted), None);
        let mut relayed = XorMappedAddress::default();
        relayed.get_from_as(&granted, ATTR_XOR_RELAYED_ADDRESS).unwrap();
        assert_eq!(relayed.ip, media().ip());
        marked(Way::Relay, SocketAddr::new(relayed.ip, relayed.port))
    }

    fn sends(&mut self, peer: &str, data: &[u8]) {
        let mut message = Message::new();
        message.typ = MessageType::new(METHOD_SEND, CLASS_INDICATION);
        message.write_header();
        add_peer(&mut message, peer);
        message.add(ATTR_DATA, data);
        assert!(self.session.handle(Instant::now(), &message.raw).is_none());
    }

    async fn receives(&self) -> Vec<u8> {
        let back = self.session.back().unwrap();
        let datagrams = back.outlet.take().await.unwrap();
        back.wrap(&datagrams[0]).unwrap()
    }
}

const UDP: &[(AttrType, &[u8])] = &[(ATTR_REQUESTED_TRANSPORT, &[17, 0, 0, 0])];

fn add_peer(message: &mut Message, peer: &str) {
    let peer: SocketAddr = peer.parse().unwrap();
    let (ip, port) = (peer.ip(), peer.port());
    XorMappedAddress { ip, port }
        .add_to_as(message, ATTR_XOR_PEER_ADDRESS)
        .unwrap();
}

fn parsed(data: &[u8]) -> Message {
    let mut message = Message::new();
    message.unmarshal_binary(data).unwrap();
    message
}

fn refusal(message: &Message) -> Option<u16> {
    if message.typ.class == CLASS_SUCCESS_RESPONSE {
        return None;
    }
    assert_eq!(message.typ.class, CLASS_ERROR_RESPONSE);
    let mut error = ErrorCodeAttribute::default();
    error.get_from(message).unwrap();
    Some(error.code.0)
}

#[tokio::test]
async fn data_goes_to_our_media_and_back_with_and_without_a_channel() {
    let world = World::new();
    let mut client = world.client();
    let name = client.opens();
    assert_eq!(client.tries(METHOD_CREATE_PERMISSION, &[], Some(MEDIA)), None);
    client.sends(MEDIA, b"hello");
    let datagram = world.inbox.try_recv().unwrap();
    assert_eq!((datagram.from, datagram.local), (name, Some(media().ip())));
    assert_eq!(datagram.data, b"hello");
    assert_eq!(world.answer(name, b"welcome"), Some(true));
    let indication = parsed(&client.receives().await);
    assert_eq!(indication.typ, MessageType::new(METHOD_DATA, CLASS_INDICATION));
    assert_eq!(indication.get(ATTR_DATA).unwrap(), b"welcome");

    let channel: &[(AttrType, &[u8])] = &[(ATTR_CHANNEL_NUMBER, &[0x40, 7, 0, 0])];
    assert_eq!(client.tries(METHOD_CHANNEL_BIND, channel, Some(MEDIA)), None);
    client.session.handle(Instant::now(), b"\x40\x07\0\x03abc\0");
    assert_eq!(world.inbox.try_recv().unwrap().data, b"abc");
    assert_eq!(world.answer(name, b"xyz"), Some(true));
    assert_eq!(client.receives().await, b"\x40\x07\0\x03xyz\0");
}

#[tokio::test]
async fn nobody_else_is_reached_through_it() {
    let world = World::new();
    let mut client = world.client();
    client.opens();
    for peer in ["127.0.0.1:22", "203.0.113.8:5000", "10.0.0.1:80", "[::1]:5000"] {
        let refused = client.tries(METHOD_CREATE_PERMISSION, &[], Some(peer));
        assert_eq!(refused, Some(403), "{peer}");
    }
    // The right address, another port.
    let channel: &[(AttrType, &[u8])] = &[(ATTR_CHANNEL_NUMBER, &[0x40, 7, 0, 0])];
    assert_eq!(
        client.tries(METHOD_CHANNEL_BIND, channel, Some("203.0.113.7:22")),
        Some(403)
    );
    client.sends("203.0.113.7:22", b"x");
    client.sends("10.0.0.1:80", b"x");
    assert!(world.inbox.try_recv().is_err());
}

#[tokio::test]
async fn credentials_open_while_they_last_and_keep_what_they_opened() {
    let world = World::new();
    let mut forger = world.client();
    forger.password = "guessed".into();
    let challenge = forger.ask(METHOD_ALLOCATE, UDP, None);
    forger.nonce = String::from_utf8(challenge.get(ATTR_NONCE).unwrap()).unwrap();
    assert_eq!(forger.tries(METHOD_ALLOCATE, UDP, None), Some(401));

    let (mut early, mut late) = (world.client(), world.client());
    early.opens();
    world.later(Duration::from_secs(1200));
    let challenge = late.ask(METHOD_ALLOCATE, UDP, None);
    late.nonce = String::from_utf8(challenge.get(ATTR_NONCE).unwrap()).unwrap();
    assert_eq!(late.tries(METHOD_ALLOCATE, UDP, None), Some(401));
    assert_eq!(early.tries(METHOD_REFRESH, &[], None), None);
    world.later(Duration::from_secs(3600));
    assert_eq!(early.tries(METHOD_REFRESH, &[], None), Some(438), "the nonce is stale");
}

#[tokio::test]
async fn a_person_opens_only_so_many_and_gives_them_back() {
    let world = World::new();
    let mut clients: Vec<Client> = (0..17).map(|_| world.client()).collect();
    let (username, password) = (clients[0].username.clone(), clients[0].password.clone());
    for client in &mut clients {
        (client.username, client.password) = (username.clone(), password.clone());
    }
    for client in &mut clients[..16] {
        client.opens();
    }
    let last = &mut clients[16];
    let challenge = last.ask(METHOD_ALLOCATE, UDP, None);
    last.nonce = String::from_utf8(challenge.get(ATTR_NONCE).unwrap()).unwrap();
    assert_eq!(last.tries(METHOD_ALLOCATE, UDP, None), Some(486));
    let ends: &[(AttrType, &[u8])] = &[(ATTR_LIFETIME, &[0; 4])];
    assert_eq!(clients[0].tries(METHOD_REFRESH, ends, None), None);
    assert_eq!(clients[16].tries(METHOD_ALLOCATE, UDP, None), None);
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_relay_and_another_is_refused() {
    let world = World::new();
    let mut client = world.client();
    client.opens();
    assert_eq!(client.tries(METHOD_ALLOCATE, UDP, None), Some(437));
    let tcp: &[(AttrType, &[u8])] = &[(ATTR_REQUESTED_TRANSPORT, &[6, 0, 0, 0])];
    let mut other = world.client();
    let challenge = other.ask(METHOD_ALLOCATE, tcp, None);
    other.nonce = String::from_utf8(challenge.get(ATTR_NONCE).unwrap()).unwrap();
    assert_eq!(other.tries(METHOD_ALLOCATE, tcp, None), Some(442));
    let request = other.request(METHOD_ALLOCATE, UDP, None);
    let first = other.session.handle(Instant::now(), &request).unwrap();
    let again = other.session.handle(Instant::now(), &request).unwrap();
    assert_eq!(first, again);
}

#[tokio::test]
async fn any_bytes_are_survived() {
    let world = World::new();
    let mut client = world.client();
    client.opens();
    let good = client.request(
        METHOD_CHANNEL_BIND,
        &[(ATTR_CHANNEL_NUMBER, &[0x40, 7, 0, 0])],
        Some(MEDIA),
    );
    for position in 0..good.len() {
        for value in [0, 1, 0x40, 0x7f, 0xff] {
            let mut bad = good.clone();
            bad[position] = value;
            client.session.handle(Instant::now(), &bad);
            client.session.handle(Instant::now(), &bad[..position]);
        }
    }
}

#[tokio::test]
async fn it_is_reached_by_udp_and_by_tcp() {
    let world = World::new();
    let address = SocketAddr::from(([127, 0, 0, 1], world.relay.port()));
    let mut asks = world.client();
    let knock = asks.request(METHOD_ALLOCATE, UDP, None);

    let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    udp.send_to(&knock, address).await.unwrap();
    let mut buffer = [0; 1500];
    let length = udp.recv(&mut buffer).await.unwrap();
    let challenge = parsed(&buffer[..length]);
    assert_eq!(refusal(&challenge), Some(401));
    asks.nonce = String::from_utf8(challenge.get(ATTR_NONCE).unwrap()).unwrap();
    udp.send_to(&asks.request(METHOD_ALLOCATE, UDP, None), address)
        .await
        .unwrap();
    let length = udp.recv(&mut buffer).await.unwrap();
    assert_eq!(refusal(&parsed(&buffer[..length])), None);

    let mut tcp = TcpStream::connect(address).await.unwrap();
    tcp.write_all(&knock).await.unwrap();
    let mut header = [0; 20];
    tcp.read_exact(&mut header).await.unwrap();
    assert_eq!(header[..2], [0x01, 0x13], "an error answers an allocation");
    let mut stranger = TcpStream::connect(address).await.unwrap();
    stranger.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(stranger.read(&mut [0; 1]).await.unwrap_or(0), 0);
}
