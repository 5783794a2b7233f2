use super::*;
use rtc::rtcp::{packet::unmarshal, transport_feedbacks::transport_layer_cc::TransportLayerCc};

#[test]
fn a_transport_report_is_what_others_read_it_as() {
    let mut arrivals = Arrivals::default();
    let millis = |at: i64| 1_000_000_000 + at * 1_000_000;
    // 65,534 comes late, 1 is lost.
    for (number, at) in [(65_535, 0), (65_534, 1), (0, 2), (2, 200)] {
        arrivals.note(number, millis(at));
    }
    let mut buffer = Vec::new();
    arrivals.write(&mut buffer, 7);
    let packets = unmarshal(&mut &buffer[..]).unwrap();
    let report = packets[0].as_any().downcast_ref::<TransportLayerCc>().unwrap();
    assert_eq!((report.base_sequence_number, report.packet_status_count), (65_534, 5));
    let micros: Vec<i64> = report.recv_deltas.iter().map(|delta| delta.delta).collect();
    assert_eq!(micros, [1_000, -1_000, 2_000, 198_000]);

    let mut empty = Vec::new();
    arrivals.write(&mut empty, 7);
    assert!(empty.is_empty(), "nothing new, nothing to report");
}

#[test]
fn a_gap_is_lost_until_it_is_filled_and_asked_for_once() {
    let mut stream = Stream::new(9, 65_534);
    for number in [65_535, 2] {
        stream.take(number);
    }
    assert_eq!(stream.lost(), 2);
    let mut nack = Vec::new();
    stream.write_nack(&mut nack, 1);
    assert_eq!(nack.len(), 12 + 2 * 4);
    let mut again = Vec::new();
    stream.write_nack(&mut again, 1);
    assert!(again.is_empty());
    stream.take(0);
    stream.take(1);
    assert_eq!(stream.lost(), 0);
}

#[test]
fn a_receiver_report_tells_the_share_lost_since_the_last_one() {
    let mut stream = Stream::new(9, 0);
    for number in [1, 3] {
        stream.take(number);
    }
    let mut block = Vec::new();
    stream.write_block(&mut block);
    assert_eq!(block.len(), 24);
    assert_eq!(block[4], 64, "one of four");
    stream.take(4);
    let mut block = Vec::new();
    stream.write_block(&mut block);
    assert_eq!(block[4], 0);
}
