use super::*;
use crate::{codec::vp8, testing::origin};
use bytes::Bytes;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn packet(track: u64, sequence: u64, timestamp: u32, at: Instant) -> MediaPacket {
    MediaPacket {
        track: TrackId(track),
        codec: Codec::Opus,
        sequence,
        timestamp,
        marker: false,
        payload: Bytes::new(),
        vp8: None,
        entry: true,
        arrived: at,
    }
}

fn after(start: Instant, millis: u64) -> Instant {
    start + Duration::from_millis(millis)
}

#[test]
fn a_change_of_publisher_continues_numbers_and_clock() {
    let start = origin();
    let mut stream = Continuity::new(100);
    stream.change_to(&packet(1, 70_000, 5_000, start));
    let first = stream.place(&packet(1, 70_000, 5_000, start)).unwrap();
    let second = stream.place(&packet(1, 70_001, 5_960, after(start, 20))).unwrap();
    assert_eq!(second.sequence, first.sequence + 1);

    let other = packet(2, 99_000, 4_000_000_000, after(start, 120));
    stream.change_to(&other);
    let third = stream.place(&other).unwrap();
    assert!(third.first);
    assert_eq!(third.sequence, second.sequence + 1);
    assert_eq!(third.timestamp.wrapping_sub(second.timestamp), 4_800);
    assert_eq!(stream.place(&packet(1, 70_002, 6_920, after(start, 121))), None);
}

#[test]
fn a_retransmission_finds_its_packet_also_before_a_change() {
    let start = origin();
    let mut stream = Continuity::new(65_530);
    let mut placed = Vec::new();
    stream.change_to(&packet(1, 70_000, 0, start));
    for sequence in 70_000..70_010 {
        placed.push((1, sequence, stream.place(&packet(1, sequence, 0, start)).unwrap()));
    }
    stream.change_to(&packet(2, 80_000, 0, start));
    for sequence in 80_000..80_010 {
        placed.push((2, sequence, stream.place(&packet(2, sequence, 0, start)).unwrap()));
    }
    for (track, sequence, place) in placed {
        let sent = stream.sent(place.sequence as u16).unwrap();
        assert_eq!((sent.track, sent.sequence), (TrackId(track), sequence));
        let again = sent.place(&packet(track, sequence, 0, start)).unwrap();
        assert_eq!(again.sequence, place.sequence);
        assert_eq!(again.timestamp, place.timestamp);
    }
}

#[test]
fn vp8_counters_run_on_over_a_change() {
    let start = origin();
    let video = |track, sequence, picture_id, tl0, at| MediaPacket {
        codec: Codec::Vp8,
        vp8: Some(vp8::Descriptor {
            picture_id: Some(vp8::PictureId {
                at: 2,
                long: true,
                value: picture_id,
            }),
            tl0: Some(vp8::Counter { at: 4, value: tl0 }),
            ..vp8::Descriptor::default()
        }),
        ..packet(track, sequence, 0, at)
    };
    let mut stream = Continuity::new(0);
    let old = video(1, 70_000, 0x7fff, 255, start);
    stream.change_to(&old);
    let before = stream.place(&old).unwrap();
    let new = video(2, 90_000, 500, 9, start);
    stream.change_to(&new);
    let after = stream.place(&new).unwrap();
    assert_eq!(after.picture_id, before.picture_id.wrapping_add(1) & 0x7fff);
    assert_eq!(after.tl0, before.tl0.wrapping_add(1));
}

/// A picture of one packet in the temporal pattern 0 2 1 2.
fn frame(number: u64, at: Instant) -> MediaPacket {
    MediaPacket {
        codec: Codec::Vp8,
        vp8: Some(vp8::Descriptor {
            start: true,
            picture_id: Some(vp8::PictureId {
                at: 2,
                long: true,
                value: number as u16 & 0x7fff,
            }),
            temporal: [0, 2, 1, 2][number as usize % 4],
            ..vp8::Descriptor::default()
        }),
        ..packet(1, 0x1_0000 + number, number as u32 * 3_000, at)
    }
}

fn temporal(packet: &MediaPacket) -> u8 {
    packet.vp8.map_or(0, |descriptor| descriptor.temporal)
}

#[test]
fn frames_that_are_left_out_leave_no_hole_and_can_still_be_repaired_around() {
    let start = origin();
    let mut stream = Continuity::new(10);
    stream.change_to(&frame(0, start));
    let mut sent = Vec::new();
    for number in 0..40 {
        let frame = frame(number, start);
        if temporal(&frame) < 2 || !stream.leave_out(&frame) {
            sent.push((number, stream.place(&frame).unwrap()));
        }
    }
    for (index, pair) in sent.windows(2).enumerate() {
        let ((before, one), (after, other)) = (pair[0], pair[1]);
        assert_eq!(other.sequence, one.sequence + 1, "at {index}");
        assert_eq!(other.picture_id, one.picture_id + 1);
        assert_eq!(u64::from(other.timestamp - one.timestamp), (after - before) * 3_000);
    }
    for (number, placed) in &sent[sent.len() - 10..] {
        let found = stream.sent(placed.sequence as u16).unwrap();
        assert_eq!(found.sequence, 0x1_0000 + number);
        assert_eq!(found.place(&frame(*number, start)), Some(*placed));
    }
}

#[test]
fn a_late_frame_whose_number_was_counted_on_is_sent_whatever_its_layer() {
    let start = origin();
    let mut stream = Continuity::new(10);
    stream.change_to(&frame(0, start));
    let first = stream.place(&frame(0, start)).unwrap();
    assert!(stream.leave_out(&frame(1, start)));
    // Frame 2 is lost on its way here; frame 3 of the highest layer comes and is left out; then 4.
    assert!(stream.leave_out(&frame(3, start)));
    let fourth = stream.place(&frame(4, start)).unwrap();
    assert_eq!(fourth.sequence, first.sequence + 2, "room for frame 2");
    assert_eq!(stream.place(&frame(2, start)).unwrap().sequence, first.sequence + 1);
    assert!(stream.leave_out(&frame(3, start)), "repeated, and still left out");
    assert_eq!(stream.place(&frame(3, start)), None);
    // Frame 5 of the highest layer is lost, 6 makes room for it, so it is sent when it comes.
    stream.place(&frame(6, start)).unwrap();
    assert!(!stream.leave_out(&frame(5, start)));
    assert!(stream.place(&frame(5, start)).is_some());
}

proptest! {
    /// The nonce rule: whatever arrives in whatever order, no outgoing number is given out twice.
    #[test]
    fn no_number_is_given_out_twice(arrivals in proptest::collection::vec((1u64..4, 0u64..2_000, 0u8..4), 1..400)) {
        let start = origin();
        let mut stream = Continuity::new(65_000);
        let mut seen = BTreeSet::new();
        for (track, sequence, act) in arrivals {
            let arrival = packet(track, 0x1_0000 + sequence, 0, start);
            if act == 1 && stream.track() != Some(TrackId(track)) {
                stream.change_to(&arrival);
            }
            if act == 2 && stream.leave_out(&arrival) {
                continue;
            }
            if act == 3 && sequence % 50 == 0 {
                stream.stop();
            }
            if let Some(placed) = stream.place(&arrival) {
                prop_assert!(seen.insert(placed.sequence));
            }
        }
    }
}
