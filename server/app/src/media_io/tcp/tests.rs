use super::{Ended, Listeners, Patience, Strangers, Tunnels, hear};
use crate::media_io::{
    addresses::Ports,
    tunnel::{Inbound, Way, marked},
};
use mio::{Poll, Token, Waker};
use rostrum_media::Transmit;
use std::{
    iter::repeat_with,
    net::SocketAddr,
    sync::{Arc, mpsc::Receiver},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, duplex},
    net::TcpStream,
};
use tokio_util::sync::{CancellationToken, DropGuard};

struct Door {
    address: SocketAddr,
    tunnels: Arc<Tunnels>,
    inbox: Option<Receiver<Inbound>>,
    _poll: Poll,
    _stop: DropGuard,
}

impl Door {
    fn open() -> Self {
        let listeners = Listeners::bind(Ports { v4: Some(0), v6: None }).unwrap();
        let port = listeners.v4.as_ref().unwrap().local_addr().unwrap().port();
        let poll = Poll::new().unwrap();
        let waker = Arc::new(Waker::new(poll.registry(), Token(0)).unwrap());
        let (tunnels, inbox) = Tunnels::new(waker);
        let stop = CancellationToken::new();
        listeners.serve(&tunnels, &Strangers::default(), &stop);
        Self {
            address: ([127, 0, 0, 1], port).into(),
            tunnels,
            inbox: Some(inbox),
            _poll: poll,
            _stop: stop.drop_guard(),
        }
    }

    /// What the plane would be given next.
    async fn received(&mut self) -> Inbound {
        let inbox = self.inbox.take().unwrap();
        let (inbox, datagram) = tokio::task::spawn_blocking(move || {
            let datagram = inbox.recv().unwrap();
            (inbox, datagram)
        })
        .await
        .unwrap();
        self.inbox = Some(inbox);
        datagram
    }
}

/// A binding request without any attribute.
fn check() -> Vec<u8> {
    let mut check = vec![0, 20, 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    check.extend([7; 12]);
    check
}

#[tokio::test]
async fn frames_become_datagrams_and_answers_become_frames() {
    let mut door = Door::open();
    let mut stream = TcpStream::connect(door.address).await.unwrap();
    stream.write_all(&check()).await.unwrap();
    let datagram = door.received().await;
    assert_eq!(datagram.from, marked(Way::Tcp, stream.local_addr().unwrap()));
    assert_eq!(datagram.data, check()[2..]);
    let answers = Transmit {
        destination: datagram.from,
        source: None,
        segment_size: Some(3),
        contents: b"onetwo!".to_vec(),
    };
    assert_eq!(door.tunnels.send(&answers), Some(true));
    let mut read = [0; 13];
    stream.read_exact(&mut read).await.unwrap();
    assert_eq!(&read, b"\0\x03one\0\x03two\0\x01!");
    // Known now: anything may follow, even in pieces.
    stream.write_all(&[0, 2, 0x16]).await.unwrap();
    stream.write_all(&[0xfe]).await.unwrap();
    assert_eq!(door.received().await.data, [0x16, 0xfe]);
}

#[tokio::test]
async fn whoever_does_not_begin_with_a_check_is_shown_out() {
    let door = Door::open();
    let mut stream = TcpStream::connect(door.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap_or(0), 0);
    let mut stream = TcpStream::connect(door.address).await.unwrap();
    stream.write_all(&[0, 4, 1, 2, 3, 4]).await.unwrap();
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap_or(0), 0);
    let nothing = door.inbox.unwrap().try_recv().is_err();
    assert!(nothing, "the plane was not troubled");
}

#[tokio::test]
async fn the_silent_and_the_unanswered_are_shown_out() {
    let door = Door::open();
    let tunnel = door.tunnels.open(marked(Way::Tcp, door.address));
    let patience = Patience {
        stranger: Duration::from_millis(5),
        idle: Duration::from_millis(5),
    };
    let (_silent, reader) = duplex(64);
    assert_eq!(hear(reader, &tunnel, patience).await, Ended::Stranger);
    let asks_for_ever = repeat_with(check).take(100_000).flatten().collect::<Vec<_>>();
    assert_eq!(hear(&asks_for_ever[..], &tunnel, patience).await, Ended::Stranger);
    tunnel.outlet.push_all(None, [&b"known"[..]].into_iter());
    let (_silent, reader) = duplex(64);
    assert_eq!(hear(reader, &tunnel, patience).await, Ended::Left);
}
