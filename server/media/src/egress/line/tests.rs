use super::*;
use crate::testing::origin;

const SECOND: Duration = Duration::from_secs(1);

fn block(last: u32, delay: u32) -> Block {
    Block {
        fraction: 26,
        jitter: 960,
        last,
        delay,
    }
}

#[test]
fn the_round_trip_is_what_the_viewer_did_not_spend_itself() {
    let (mut line, start) = (Line::default(), origin());
    line.reported(start, 77);
    // Answered after 700 ms, of which the viewer held it for 500.
    line.hear(start + Duration::from_millis(700), block(77, 32_768), 48_000);
    let health = line.second(start + SECOND, SECOND, 12_500, Some(360));
    assert_eq!(health.rtt_ms, Some(200));
    assert_eq!(
        (health.jitter_ms, health.bitrate, health.height),
        (20, 100_000, Some(360))
    );
    assert!((health.loss - 0.1).abs() < 0.01);
}

#[test]
fn an_answer_to_a_report_that_was_never_sent_says_nothing() {
    let (mut line, start) = (Line::default(), origin());
    line.hear(start, block(0, 0), 90_000);
    line.hear(start, block(1234, 0), 90_000);
    assert_eq!(line.second(start, SECOND, 0, None).rtt_ms, None);
}

#[test]
fn a_viewer_that_reports_no_more_is_not_blamed_for_ever() {
    let (mut line, start) = (Line::default(), origin());
    line.hear(start, block(0, 0), 90_000);
    line.froze();
    assert_eq!(line.second(start + SECOND, SECOND, 0, None).freezes, 1);
    let later = line.second(start + STALE + SECOND, SECOND, 0, None);
    assert_eq!((later.loss, later.jitter_ms, later.freezes), (0.0, 0, 0));
}
