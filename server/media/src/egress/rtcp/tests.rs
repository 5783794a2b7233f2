use super::{transport::Status, *};
use proptest::prelude::*;
use rtc::{
    rtcp::{
        payload_feedbacks::picture_loss_indication::PictureLossIndication,
        sender_report::SenderReport,
        transport_feedbacks::transport_layer_nack::{TransportLayerNack, nack_pairs_from_sequence_numbers},
    },
    shared::marshal::{Marshal, Unmarshal},
};

fn items(compound: &[u8]) -> Vec<Feedback<'_>> {
    let mut items = Vec::new();
    read(compound, |item| items.push(item));
    items
}

#[test]
fn requests_in_a_compound_packet_are_all_heard() {
    let pli = PictureLossIndication {
        sender_ssrc: 1,
        media_ssrc: 2,
    };
    let nack = TransportLayerNack {
        sender_ssrc: 1,
        media_ssrc: 3,
        nacks: nack_pairs_from_sequence_numbers(&[10, 12]),
    };
    let mut compound = pli.marshal().unwrap().to_vec();
    compound.extend_from_slice(&nack.marshal().unwrap());
    assert_eq!(
        items(&compound),
        [
            Feedback::KeyFrame { ssrc: 2 },
            Feedback::Nack {
                ssrc: 3,
                first: 10,
                following: 0b10
            }
        ]
    );
}

#[test]
fn transport_feedback_tells_what_arrived_when() {
    let mut packet = vec![0x8f, 205, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xff, 0xfe, 0, 20, 0, 0, 1, 0];
    packet.extend_from_slice(&(0x2000u16 | 5).to_be_bytes()); // run of 5 received
    packet.extend_from_slice(&0b1011_1111_1111_1101u16.to_be_bytes()); // 14 symbols, one missing
    packet.extend_from_slice(&0b1110_0000_0000_0000u16.to_be_bytes()); // 1 of 7 two-bit symbols needed: a large delta
    packet.extend_from_slice(&[4; 18]);
    packet.extend_from_slice(&(-8i16).to_be_bytes());
    packet.resize(packet.len().next_multiple_of(4), 0);
    packet[3] = (packet.len() / 4 - 1) as u8;
    let [Feedback::Transport(statuses)] = items(&packet)[..] else {
        panic!("one feedback")
    };
    let statuses: Vec<Status> = statuses.collect();
    let missing: Vec<usize> = (0..20).filter(|&at| statuses[at].arrived.is_none()).collect();
    assert_eq!(missing, [17]);
    assert_eq!(statuses[0].number, 65_534);
    assert_eq!(statuses[2].number, 0, "numbers wrap");
    assert_eq!(
        statuses[0].arrived,
        Some(256 + 4),
        "64 ms and 1 ms, in quarters of a millisecond"
    );
    assert_eq!(statuses[18].arrived, Some(256 + 18 * 4));
    assert_eq!(statuses[19].arrived, Some(256 + 18 * 4 - 8), "out of order");
}

#[test]
fn transport_feedback_that_promises_more_than_it_holds_ends_where_it_ends() {
    let mut packet = vec![0x8f, 205, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 5, 0xff, 0xff, 0, 0, 0, 0];
    packet.extend_from_slice(&(0x2000u16 | 0x1fff).to_be_bytes());
    packet.extend_from_slice(&[0, 0]);
    assert_eq!(items(&packet), [], "a run of nothing covers nothing");
    packet[14..16].copy_from_slice(&100u16.to_be_bytes());
    let [Feedback::Transport(statuses)] = items(&packet)[..] else {
        panic!("one feedback")
    };
    assert_eq!(statuses.count(), 2, "two deltas are there");
}

#[test]
fn a_sender_report_is_read_by_others() {
    let mut buffer = Vec::new();
    let report = Report {
        ssrc: 7,
        timestamp: 90_000,
        packets: 3,
        octets: 400,
    };
    write_sender_report(&mut buffer, Timestamp::from_micros(1_500_000), report);
    let read = SenderReport::unmarshal(&mut &buffer[..]).unwrap();
    assert_eq!(
        (read.ssrc, read.rtp_time, read.packet_count, read.octet_count),
        (7, 90_000, 3, 400)
    );
    assert_eq!(read.ntp_time >> 32, NTP_EPOCH + 1);
    assert_eq!(read.ntp_time as u32, 1 << 31);
}

fn drain(item: Feedback<'_>) {
    if let Feedback::Transport(statuses) = item {
        assert!(statuses.count() <= 65_535);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..80), kind in 200u8..208) {
        read(&bytes, drain);
        if bytes.len() >= 4 {
            bytes[0] = 0x80 | bytes[0] & 0x1f;
            bytes[1] = kind;
            bytes[2] = 0;
            bytes[3] %= 20;
        }
        read(&bytes, drain);
    }
}
