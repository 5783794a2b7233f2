use super::{Outlet, Tunnels, Way, is_marked, marked};
use mio::{Poll, Token, Waker};
use rostrum_media::Transmit;
use std::{net::SocketAddr, sync::Arc};

fn tunnels() -> (Poll, Arc<Tunnels>, std::sync::mpsc::Receiver<super::Inbound>) {
    let poll = Poll::new().unwrap();
    let waker = Arc::new(Waker::new(poll.registry(), Token(0)).unwrap());
    let (tunnels, inbox) = Tunnels::new(waker);
    (poll, tunnels, inbox)
}

fn transmit(destination: SocketAddr, segment_size: Option<usize>, contents: &[u8]) -> Transmit {
    Transmit {
        destination,
        source: None,
        segment_size,
        contents: contents.to_vec(),
    }
}

async fn taken(outlet: &Outlet) -> Vec<Vec<u8>> {
    let waiting = outlet.take().await.unwrap();
    waiting.into_iter().map(|datagram| datagram.data).collect()
}

#[test]
fn the_same_address_by_udp_tcp_and_relay_is_three_peers() {
    let udp: SocketAddr = "203.0.113.7:5000".parse().unwrap();
    let (tcp, relay) = (marked(Way::Tcp, udp), marked(Way::Relay, udp));
    assert!(udp != tcp && tcp != relay && is_marked(&tcp) && is_marked(&relay));
    let link_local: SocketAddr = "[fe80::1%3]:5000".parse().unwrap();
    assert!(!is_marked(&udp) && !is_marked(&link_local));
}

#[tokio::test]
async fn segments_arrive_one_by_one_and_udp_is_left_alone() {
    let (_poll, tunnels, inbox) = tunnels();
    let udp = "203.0.113.7:5000".parse().unwrap();
    let tunnel = tunnels.open(marked(Way::Tcp, udp));
    assert!(!tunnel.outlet.is_proven());
    assert_eq!(tunnels.send(&transmit(udp, None, b"x")), None);
    assert_eq!(
        tunnels.send(&transmit(marked(Way::Tcp, udp), Some(2), b"aabbc")),
        Some(true)
    );
    assert!(tunnel.outlet.is_proven());
    assert_eq!(taken(&tunnel.outlet).await, [&b"aa"[..], b"bb", b"c"]);
    tunnel.receive(None, b"in".to_vec());
    assert_eq!(inbox.recv().unwrap().data, b"in");
    drop(tunnel);
    assert_eq!(tunnels.send(&transmit(marked(Way::Tcp, udp), None, b"x")), Some(false));
}

#[tokio::test]
async fn a_slow_line_loses_old_video_and_keeps_sound() {
    let outlet = Outlet::default();
    let packet = |number: u8, length: usize| {
        let mut packet = vec![number; length];
        packet[..2].copy_from_slice(&[0x80, 96]);
        packet
    };
    let sound = packet(0, 120);
    outlet.push_all(None, [&sound[..]].into_iter());
    for number in 0..=255 {
        outlet.push_all(None, [&packet(number, 1200)[..]].into_iter());
    }
    let left = taken(&outlet).await;
    assert_eq!(left[0], sound);
    assert_eq!(left.last().unwrap()[2], 255, "the newest is kept");
    assert!(left[1][2] > 80, "the oldest video went");
    assert!(left.iter().map(Vec::len).sum::<usize>() <= 192 * 1024);
}

#[tokio::test]
async fn a_second_tunnel_of_one_address_ends_the_first() {
    let (_poll, tunnels, _inbox) = tunnels();
    let address = marked(Way::Tcp, "203.0.113.7:5000".parse().unwrap());
    let first = tunnels.open(address);
    let second = tunnels.open(address);
    assert!(first.outlet.take().await.is_none());
    drop(first);
    assert_eq!(tunnels.send(&transmit(address, None, b"x")), Some(true));
    assert_eq!(taken(&second.outlet).await, [b"x"]);
}
