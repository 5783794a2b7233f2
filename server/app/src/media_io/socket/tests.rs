use super::*;
use std::time::Duration;

fn listen(count: usize, ip: IpAddr) -> Vec<std::net::UdpSocket> {
    let bind = |_| {
        let socket = std::net::UdpSocket::bind((ip, 0)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        socket
    };
    (0..count).map(bind).collect()
}

fn receive(socket: &std::net::UdpSocket) -> Vec<u8> {
    let mut buffer = [0; 2048];
    let length = socket.recv(&mut buffer).unwrap();
    buffer[..length].to_vec()
}

/// Viewer `number`: two datagrams of one size and a shorter one, then one alone.
fn transmits(viewers: &[std::net::UdpSocket], source: Option<IpAddr>) -> Vec<Transmit> {
    let to = |socket: &std::net::UdpSocket, contents: Vec<u8>, segment_size| Transmit {
        destination: socket.local_addr().unwrap(),
        source,
        segment_size,
        contents,
    };
    let frames = viewers.iter().enumerate().map(|(number, socket)| {
        to(
            socket,
            [vec![number as u8; 2_000], vec![0xee; 300]].concat(),
            Some(1_000),
        )
    });
    let sounds = viewers
        .iter()
        .enumerate()
        .map(|(number, socket)| to(socket, vec![number as u8; 80 + number % 3], None));
    frames.chain(sounds).collect()
}

fn everybody_gets_their_own(ip: IpAddr, source: Option<IpAddr>) {
    let mut sockets = Sockets::bind(0).unwrap();
    let viewers = listen(burst::MOST + 7, ip);
    assert_eq!(
        sockets.send(&mut Burst::default(), &transmits(&viewers, source)),
        0,
        "nothing is dropped"
    );
    for (number, viewer) in viewers.iter().enumerate() {
        let number = number as u8;
        assert_eq!(receive(viewer), vec![number; 1_000]);
        assert_eq!(receive(viewer), vec![number; 1_000]);
        assert_eq!(receive(viewer), vec![0xee; 300]);
        assert_eq!(receive(viewer), vec![number; 80 + usize::from(number) % 3]);
    }
}

#[test]
fn a_burst_reaches_everybody_whole_and_in_order() {
    everybody_gets_their_own(Ipv4Addr::LOCALHOST.into(), None);
}

#[test]
fn a_burst_leaves_from_the_address_that_was_spoken_to() {
    everybody_gets_their_own(Ipv4Addr::LOCALHOST.into(), Some(Ipv4Addr::LOCALHOST.into()));
}

#[test]
fn a_burst_over_ipv6_where_the_machine_has_it() {
    if std::net::UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
        everybody_gets_their_own(Ipv6Addr::LOCALHOST.into(), None);
        everybody_gets_their_own(Ipv6Addr::LOCALHOST.into(), Some(Ipv6Addr::LOCALHOST.into()));
    }
}
