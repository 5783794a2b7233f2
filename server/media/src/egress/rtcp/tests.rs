use super::*;
use proptest::prelude::*;
use rtc::{
    rtcp::{
        payload_feedbacks::picture_loss_indication::PictureLossIndication,
        sender_report::SenderReport,
        transport_feedbacks::transport_layer_nack::{TransportLayerNack, nack_pairs_from_sequence_numbers},
    },
    shared::marshal::{Marshal, Unmarshal},
};

fn items(compound: &[u8]) -> Vec<Feedback> {
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
fn transport_feedback_counts_runs_and_vectors() {
    let mut packet = vec![0x8f, 205, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0, 0, 5, 0, 20, 0, 0, 0, 0];
    packet.extend_from_slice(&(0x2000u16 | 5).to_be_bytes()); // run of 5 received
    packet.extend_from_slice(&0b1011_1111_1111_1101u16.to_be_bytes()); // 14 symbols, one missing
    packet.extend_from_slice(&0b1101_0000_0000_0000u16.to_be_bytes()); // 1 of 7 two-bit symbols needed
    packet.extend_from_slice(&[0, 0]);
    assert_eq!(
        items(&packet),
        [Feedback::Transport {
            received: 19,
            missing: 1
        }]
    );
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

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..80), kind in 200u8..208) {
        read(&bytes, |_| {});
        if bytes.len() >= 4 {
            bytes[0] = 0x80 | bytes[0] & 0x1f;
            bytes[1] = kind;
            bytes[2] = 0;
            bytes[3] %= 20;
        }
        read(&bytes, |_| {});
    }
}
