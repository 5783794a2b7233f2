use super::*;
use proptest::prelude::*;

fn path(port: u16) -> Path {
    Path {
        remote: SocketAddr::from(([127, 0, 0, 1], port)),
        local: None,
    }
}

/// Cuts transmits as the kernel does.
fn datagrams(transmits: &VecDeque<Transmit>) -> Vec<(u16, Vec<u8>)> {
    transmits
        .iter()
        .flat_map(|transmit| {
            let size = transmit.segment_size.unwrap_or(transmit.contents.len());
            transmit
                .contents
                .chunks(size.max(1))
                .map(|chunk| (transmit.destination.port(), chunk.to_vec()))
        })
        .collect()
}

proptest! {
    #[test]
    fn what_is_cut_is_what_was_pushed(sizes in proptest::collection::vec((1usize..1400, 1u16..3), 0..300)) {
        let (mut pool, mut outbox, mut ready) = (Pool::default(), Outbox::default(), VecDeque::new());
        let mut expected = Vec::new();
        for (index, (size, port)) in sizes.iter().enumerate() {
            let datagram = vec![index as u8; *size];
            outbox.push_bytes(&mut pool, path(*port), &datagram);
            expected.push((*port, datagram));
        }
        outbox.drain_into(&mut ready);
        prop_assert!(ready.iter().all(|transmit| transmit.contents.len() <= 65_507));
        prop_assert_eq!(datagrams(&ready), expected);
    }
}

#[test]
fn a_datagram_that_cannot_be_written_leaves_nothing() {
    let (mut pool, mut outbox, mut ready) = (Pool::default(), Outbox::default(), VecDeque::new());
    outbox.push(&mut pool, path(1), 5, |buffer| {
        buffer.push(1);
        false
    });
    assert!(outbox.is_empty());
    outbox.push_bytes(&mut pool, path(1), b"ok");
    outbox.drain_into(&mut ready);
    assert_eq!(datagrams(&ready), [(1, b"ok".to_vec())]);
}
