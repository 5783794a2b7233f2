use super::*;
use crate::testing::origin;

/// Feedback of one packet, by hand.
fn feedback(number: u16, quarters: u32) -> Vec<u8> {
    let mut body = vec![0; 8];
    body.extend_from_slice(&number.to_be_bytes());
    body.extend_from_slice(&1u16.to_be_bytes());
    body.extend_from_slice(&(quarters & !0xff).to_be_bytes()[..3]);
    body.push(0);
    // A vector of two-bit symbols, the first of them 2: a large delta follows.
    body.extend_from_slice(&0b1110_0000_0000_0000u16.to_be_bytes());
    body.extend_from_slice(&((quarters & 0xff) as i16).to_be_bytes());
    body
}

#[test]
fn numbers_that_were_never_given_out_are_not_believed() {
    let now = origin();
    let mut estimate = Estimate::default();
    let unsent = estimate.hear(now, Statuses::parse(&feedback(3, 40)).unwrap());
    assert_eq!((unsent.received, unsent.unknown), (0, 1));
    estimate.sent(now, 3, 1_000);
    let heard = estimate.hear(now, Statuses::parse(&feedback(3, 40)).unwrap());
    assert_eq!((heard.received, heard.unknown), (1, 0));
    let again = estimate.hear(now, Statuses::parse(&feedback(3, 40)).unwrap());
    assert_eq!((again.received, again.unknown), (0, 0), "told twice counts once");
    let old = estimate.hear(now, Statuses::parse(&feedback(3 + 512, 40)).unwrap());
    assert_eq!((old.received, old.unknown), (0, 1));
}

#[test]
fn an_idle_subscriber_keeps_no_ring() {
    assert!(size_of::<Estimate>() < 1_024);
}
