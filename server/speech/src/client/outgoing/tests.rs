use super::*;
use crate::protocol::{Final, Partial};
use uuid::Uuid;

const A: SourceId = SourceId(Uuid::from_u128(1));
const B: SourceId = SourceId(Uuid::from_u128(2));

fn open(track: SourceId) -> OpenTrack {
    OpenTrack {
        track,
        lang: "en".into(),
        glossary: vec![],
        first_segment: 0,
    }
}

fn packet(track: SourceId, n: u16) -> AudioPacket {
    AudioPacket {
        track,
        sequence: n,
        rtp_timestamp: u32::from(n) * 960,
        captured_at: Timestamp::from_micros(i64::from(n) * 20_000),
        payload: vec![0xfc],
    }
}

fn partial(track: SourceId, segment_no: u32) -> CaptionEvent {
    let (start, end) = (Timestamp::from_micros(1), Timestamp::from_micros(2));
    CaptionEvent::Partial(Partial {
        track,
        segment_no,
        revision: 0,
        start,
        end,
        text: "so".into(),
        stable_chars: 0,
    })
}

fn finished(track: SourceId, segment_no: u32) -> CaptionEvent {
    let (start, end) = (Timestamp::from_micros(1), Timestamp::from_micros(2));
    let (text, engine, model) = ("So.".into(), "e".into(), "m".into());
    CaptionEvent::Final(Final {
        track,
        segment_no,
        revision: 1,
        start,
        end,
        text,
        confidence: None,
        engine,
        model,
    })
}

fn written(outgoing: &Outgoing) -> Vec<ToWorker> {
    match outgoing.next() {
        Next::Write(messages) => messages,
        Next::Tell(_) | Next::Finish | Next::Wait => vec![],
    }
}

fn told(outgoing: &Outgoing) -> Vec<CaptionEvent> {
    match outgoing.next() {
        Next::Tell(events) => events,
        Next::Write(_) | Next::Finish | Next::Wait => vec![],
    }
}

#[test]
fn what_was_said_before_the_worker_was_ready_is_kept_for_it() {
    let outgoing = Outgoing::default();
    outgoing.open(open(A));
    outgoing.packet(packet(A, 1));
    assert!(written(&outgoing).is_empty());
    outgoing.ready();
    assert_eq!(
        written(&outgoing),
        [ToWorker::Open(open(A)), ToWorker::Packet(packet(A, 1))]
    );
}

#[test]
fn packets_of_tracks_that_are_not_open_are_ignored() {
    let outgoing = Outgoing::default();
    outgoing.ready();
    outgoing.packet(packet(A, 1));
    assert!(written(&outgoing).is_empty());
}

#[test]
fn a_full_queue_drops_the_oldest_audio_and_says_so() {
    let outgoing = Outgoing::default();
    outgoing.ready();
    outgoing.open(open(A));
    for n in 0..u16::try_from(PACKETS).unwrap() + 2 {
        outgoing.packet(packet(A, n));
    }
    let Some(CaptionEvent::Lost(lost)) = told(&outgoing).pop() else {
        panic!("the loss was not told")
    };
    assert_eq!((lost.start.micros(), lost.end.micros()), (0, 40_000));
    let messages = written(&outgoing);
    assert_eq!(messages.len(), PACKETS + 1, "all but two packets, and the opening");
    assert_eq!(messages[0], ToWorker::Open(open(A)), "control is never dropped");
    assert_eq!(messages[1], ToWorker::Packet(packet(A, 2)));
}

#[test]
fn a_restarted_worker_goes_on_numbering_where_the_old_one_stopped() {
    let outgoing = Outgoing::default();
    outgoing.open(open(A));
    outgoing.ready();
    outgoing.heard(&finished(A, 4));
    outgoing.heard(&partial(A, 5));
    outgoing.crashed("it crashed");
    let lost = told(&outgoing);
    assert!(matches!(&lost[..], [CaptionEvent::Lost(lost)] if lost.segment_no == Some(5) && lost.why == "it crashed"));
    outgoing.ready();
    assert_eq!(
        written(&outgoing),
        [ToWorker::Open(OpenTrack {
            first_segment: 6,
            ..open(A)
        })]
    );
}

#[test]
fn opening_a_track_again_goes_on_numbering() {
    let outgoing = Outgoing::default();
    outgoing.ready();
    outgoing.open(open(A));
    outgoing.heard(&finished(A, 0));
    outgoing.close(A);
    outgoing.open(open(A));
    let messages = written(&outgoing);
    assert_eq!(
        messages.last(),
        Some(&ToWorker::Open(OpenTrack {
            first_segment: 1,
            ..open(A)
        }))
    );
}

#[test]
fn closing_is_confirmed_even_when_the_worker_dies_before_it_could() {
    let outgoing = Outgoing::default();
    outgoing.ready();
    outgoing.open(open(A));
    outgoing.open(open(B));
    outgoing.close(A);
    outgoing.crashed("it crashed");
    assert_eq!(told(&outgoing), [CaptionEvent::Closed { track: A }]);
    outgoing.ready();
    assert_eq!(written(&outgoing), [ToWorker::Open(open(B))]);
}

#[test]
fn closing_while_captions_are_off_tells_what_was_missed() {
    let outgoing = Outgoing::default();
    outgoing.open(open(A));
    outgoing.packet(packet(A, 3));
    outgoing.off("no model");
    outgoing.packet(packet(A, 7));
    outgoing.close(A);
    let events = told(&outgoing);
    let [CaptionEvent::Lost(lost), CaptionEvent::Closed { track: A }] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((lost.start.micros(), lost.end.micros()), (60_000, 160_000));
}

#[test]
fn a_track_closed_before_the_worker_was_ready_is_still_heard() {
    let outgoing = Outgoing::default();
    outgoing.open(open(A));
    outgoing.packet(packet(A, 1));
    outgoing.close(A);
    outgoing.shut_down();
    assert!(matches!(outgoing.next(), Next::Wait));
    outgoing.ready();
    assert_eq!(
        written(&outgoing),
        [
            ToWorker::Open(open(A)),
            ToWorker::Packet(packet(A, 1)),
            ToWorker::Close(A)
        ]
    );
}

#[test]
fn a_worker_that_comes_after_all_is_told_what_is_open_and_what_was_missed_is_told_once() {
    let outgoing = Outgoing::default();
    outgoing.open(open(A));
    outgoing.off("no model");
    outgoing.packet(packet(A, 1));
    outgoing.open(open(B));
    outgoing.starting();
    outgoing.packet(packet(B, 2));
    outgoing.ready();
    assert!(matches!(&told(&outgoing)[..], [CaptionEvent::Lost(lost)] if lost.track == A));
    let mut messages = written(&outgoing);
    assert_eq!(messages.pop(), Some(ToWorker::Packet(packet(B, 2))));
    assert_eq!(messages.len(), 2, "both tracks are opened: {messages:?}");
}

#[test]
fn after_a_shut_down_everything_is_closed_and_then_nothing_is_left() {
    let outgoing = Outgoing::default();
    outgoing.ready();
    outgoing.open(open(A));
    outgoing.shut_down();
    assert_eq!(written(&outgoing).last(), Some(&ToWorker::Close(A)));
    assert!(matches!(outgoing.next(), Next::Finish));
}
