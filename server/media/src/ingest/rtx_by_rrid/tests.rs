use super::*;
use bytes::Bytes;

const RID: u8 = 3;
const RRID: u8 = 4;

fn packet(
    payload_type: u8,
    ssrc: u32,
    sequence_number: u16,
    extension: (u8, &'static [u8]),
    payload: &[u8],
) -> rtp::Packet {
    let mut header = rtp::Header {
        version: 2,
        payload_type,
        ssrc,
        sequence_number,
        ..rtp::Header::default()
    };
    header
        .set_extension(extension.0, Bytes::from_static(extension.1))
        .unwrap();
    rtp::Packet {
        header,
        payload: Bytes::copy_from_slice(payload),
    }
}

fn interceptor() -> RtxByRrid {
    RtxByRrid::new(RtxMap {
        payload_types: vec![(97, 96)],
        declared: vec![(500, 400)],
        rid: Some(RID),
        rrid: Some(RRID),
    })
}

#[test]
fn a_retransmission_becomes_the_packet_of_its_layer_again() {
    let mut rtx = interceptor();
    for (ssrc, rid) in [(10, &b"q"[..]), (20, b"h"), (30, b"f")] {
        rtx.restore(&mut packet(96, ssrc, 1, (RID, rid), b"media"));
    }
    let mut repaired = packet(97, 77, 9, (RRID, b"h"), &[0x12, 0x34, 5, 6]);
    rtx.restore(&mut repaired);
    assert_eq!((repaired.header.ssrc, repaired.header.payload_type), (20, 96));
    assert_eq!(repaired.header.sequence_number, 0x1234);
    assert_eq!(repaired.payload[..], [5, 6]);

    let mut declared = packet(97, 500, 9, (7, b"x"), &[0, 1, 8]);
    rtx.restore(&mut declared);
    assert_eq!((declared.header.ssrc, declared.header.sequence_number), (400, 1));
}

#[test]
fn probes_and_strangers_are_left_alone() {
    let mut rtx = interceptor();
    for (ssrc, payload) in [(77, &[][..]), (78, &[1]), (79, &[0, 1, 2])] {
        let mut probe = packet(97, ssrc, 9, (RRID, b"unknown"), payload);
        rtx.restore(&mut probe);
        assert_eq!((probe.header.ssrc, probe.header.payload_type), (ssrc, 97));
    }
    for ssrc in 0..1_000 {
        rtx.restore(&mut packet(97, ssrc, 1, (RRID, b"q"), b"abc"));
    }
    assert!(
        rtx.repairs.len() <= MAX_STREAMS,
        "invented streams are not remembered without end"
    );
}
