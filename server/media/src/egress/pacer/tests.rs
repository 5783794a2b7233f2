use super::*;
use crate::{codec::Codec, packet::TrackId, testing::origin};
use bytes::Bytes;

fn picture(sequence: u64, arrived: Instant) -> MediaPacket {
    MediaPacket {
        track: TrackId(1),
        codec: Codec::Vp8,
        sequence,
        timestamp: 0,
        marker: false,
        payload: Bytes::from_static(&[0; 1_000]),
        vp8: None,
        entry: false,
        arrived,
    }
}

/// Sends a burst of pictures at once and tells when each left, in milliseconds.
fn burst_of(packets: u64, limit: Option<u32>) -> Vec<(u64, u64)> {
    let start = origin();
    let mut pacer = Pacer::default();
    let mut left = Vec::new();
    for sequence in 0..packets {
        if pacer.admit(0, &picture(sequence, start), limit) == Fate::Now {
            left.push((0, sequence));
        }
    }
    for ms in 0..3_000 {
        let now = start + Duration::from_millis(ms);
        if pacer.deadline().is_some_and(|at| at <= now) {
            while let Some((_, packet)) = pacer.release(now, limit) {
                left.push((ms, packet.sequence));
            }
        }
    }
    assert!(!pacer.holds());
    left
}

#[test]
fn a_usual_picture_leaves_at_once_and_nothing_is_kept() {
    assert!(burst_of(4, Some(1_000_000)).iter().all(|(ms, _)| *ms == 0));
    assert!(burst_of(500, None).iter().all(|(ms, _)| *ms == 0), "no limit, no pace");
}

#[test]
fn a_key_frame_is_spread_in_order_over_the_time_the_network_needs() {
    let left = burst_of(50, Some(1_000_000));
    let numbers: Vec<u64> = left.iter().map(|(_, number)| *number).collect();
    assert_eq!(numbers, (0..50).collect::<Vec<u64>>());
    // 50 kB at 1.5 Mbit/s are 267 ms, less what may leave at once.
    let end = left.last().unwrap().0;
    assert!((180..270).contains(&end), "{end} ms");
    let early = left.iter().filter(|(ms, _)| *ms <= 100).count();
    assert!((15..35).contains(&early), "{early} packets in the first 100 ms");
}

#[test]
fn what_cannot_leave_in_time_is_given_up() {
    let start = origin();
    let mut pacer = Pacer::default();
    let fates: Vec<Fate> = (0..60)
        .map(|sequence| pacer.admit(0, &picture(sequence, start), Some(100_000)))
        .collect();
    assert!(fates.contains(&Fate::GivenUp));
    let held = fates.iter().filter(|fate| **fate == Fate::Held).count();
    assert!(held < 60);
}

#[test]
fn a_limit_that_is_lifted_lets_everything_go() {
    let start = origin();
    let mut pacer = Pacer::default();
    for sequence in 0..20 {
        pacer.admit(0, &picture(sequence, start), Some(300_000));
    }
    assert!(pacer.holds());
    assert_eq!(
        pacer.admit(0, &picture(20, start), None),
        Fate::Held,
        "not before those that wait"
    );
    let mut last = 0;
    while let Some((_, packet)) = pacer.release(start, None) {
        last = packet.sequence;
    }
    assert_eq!(last, 20);
}
