use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const SECOND: i64 = 1_000_000;

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

fn question(n: u128) -> QuestionId {
    QuestionId(Uuid::from_u128(n))
}

fn said(by: u128, start: i64, end: i64, text: &str) -> Content {
    Content {
        speaker: Some(person(by)),
        card: NameCard {
            name: format!("Person {by}"),
            ..NameCard::default()
        },
        kind: SegmentKind::Remarks,
        question: None,
        start: Timestamp(start * SECOND),
        end: Timestamp(end * SECOND),
        language: "en".into(),
        text: text.into(),
        struck: false,
    }
}

fn roster() -> Roster {
    Roster(BTreeMap::from([(
        person(2),
        NameCard {
            name: "Mai Trần".into(),
            outlet: Some("Xinwen".into()),
            ..NameCard::default()
        },
    )]))
}

fn apply(current: &Content, edit: Edit, others: &[Content]) -> Result<Content, EditError> {
    revise(current, &edit, &roster(), &BTreeSet::from([question(7)]), others)
}

#[test]
fn a_speaker_brings_the_card_of_their_registration() {
    let next = apply(
        &said(1, 0, 5, "Hello."),
        Edit {
            speaker: Some(Some(person(2))),
            ..Edit::default()
        },
        &[],
    )
    .unwrap();
    assert_eq!(next.card.outlet.as_deref(), Some("Xinwen"));
    let unknown = Edit {
        speaker: Some(Some(person(9))),
        ..Edit::default()
    };
    assert_eq!(
        apply(&said(1, 0, 5, "Hello."), unknown, &[]),
        Err(EditError::UnknownSpeaker)
    );
}

#[test]
fn null_clears_and_absence_keeps() {
    let kept: Edit = serde_json::from_str(r#"{"text":"Hello there."}"#).unwrap();
    assert_eq!(kept.speaker, None);
    let cleared: Edit = serde_json::from_str(r#"{"speaker":null}"#).unwrap();
    assert_eq!(cleared.speaker, Some(None));
    let next = apply(&said(1, 0, 5, "Hello."), cleared, &[]).unwrap();
    assert_eq!((next.speaker, next.card.name.as_str()), (None, ""));
}

#[test]
fn nobody_speaks_twice_at_once() {
    let other = said(1, 5, 9, "Next.");
    let longer = Edit {
        end: Some(Timestamp(6 * SECOND)),
        ..Edit::default()
    };
    assert_eq!(
        apply(&said(1, 0, 5, "Hello."), longer.clone(), std::slice::from_ref(&other)),
        Err(EditError::Overlap)
    );
    assert!(apply(&said(1, 0, 5, "Hello."), longer.clone(), &[said(3, 5, 9, "Over you.")]).is_ok());
    assert!(apply(&said(1, 0, 5, "Hello."), longer, &[strike(&other).unwrap()]).is_ok());
}

#[test]
fn a_question_of_another_event_is_refused() {
    let linked = |n| Edit {
        question: Some(Some(question(n))),
        ..Edit::default()
    };
    assert!(apply(&said(1, 0, 5, "Hello."), linked(7), &[]).is_ok());
    assert_eq!(
        apply(&said(1, 0, 5, "Hello."), linked(8), &[]),
        Err(EditError::UnknownQuestion)
    );
}

#[test]
fn text_is_stored_composed_and_without_reordering_marks() {
    assert_eq!(clean_text("  Vie\u{302}\u{323}t\n Nam\u{202e} ").unwrap(), "Việt Nam");
    assert_eq!(clean_text(" \n\u{202e}"), Err(EditError::Empty));
    assert_eq!(clean_text(&"a".repeat(MAX_TEXT + 1)), Err(EditError::TooLong));
}

#[test]
fn struck_words_cannot_be_edited_until_restored() {
    let struck = strike(&said(1, 0, 5, "Hello.")).unwrap();
    let edit = Edit {
        text: Some("Bye.".into()),
        ..Edit::default()
    };
    assert_eq!(apply(&struck, edit, &[]), Err(EditError::Struck));
    assert_eq!(restore(&struck, &[]).unwrap(), said(1, 0, 5, "Hello."));
}

fn minutes() -> Minutes {
    Minutes {
        live_since: Some(Timestamp(0)),
        ended_at: Some(Timestamp(100 * SECOND)),
        announcements: vec![AnnouncementSpan {
            title: "Visit".into(),
            start: Timestamp(5 * SECOND),
            end: Some(Timestamp(20 * SECOND)),
        }],
        exchanges: vec![ExchangeSpan {
            question: question(7),
            asker: person(2),
            start: Timestamp(30 * SECOND),
            end: Some(Timestamp(50 * SECOND)),
        }],
        off_record: vec![],
    }
}

#[test]
fn the_minutes_tell_what_words_were() {
    let judged = |by, start, end, by_house| {
        refine(&said(by, start, end, "Words."), &minutes(), by_house).map(|content| (content.kind, content.question))
    };
    assert_eq!(judged(1, 6, 10, true), Some((SegmentKind::Announcement, None)));
    assert_eq!(
        judged(2, 31, 36, false),
        Some((SegmentKind::Question, Some(question(7))))
    );
    assert_eq!(judged(1, 37, 45, true), Some((SegmentKind::Answer, Some(question(7)))));
    assert_eq!(
        judged(3, 38, 39, false),
        Some((SegmentKind::Procedure, None)),
        "the chair runs the floor"
    );
    assert_eq!(
        judged(1, 51, 60, true),
        Some((SegmentKind::Answer, Some(question(7)))),
        "finishing after the click"
    );
    assert_eq!(judged(1, 0, 3, true), None, "remarks stay remarks");
    assert_eq!(
        judged(2, 29, 34, false),
        Some((SegmentKind::Question, Some(question(7)))),
        "speaking before the click"
    );
}

proptest! {
    #[test]
    fn splitting_and_merging_keep_every_word_and_moment(
        words in prop::collection::vec("[A-Za-zđễ]{1,9}", 2..30), at in 0usize..200, time in 0i64..50) {
        let whole = said(1, 0, 50, &words.join(" "));
        if let Ok(Halves { left, right }) = split(&whole, at, Timestamp(time * SECOND)) {
            prop_assert!(left.end == right.start && left.start < left.end && right.start < right.end);
            let strip = |text: &str| text.replace(' ', "");
            let merged = merge(&left, &right).unwrap();
            prop_assert_eq!(strip(&merged.text), strip(&whole.text));
            prop_assert_eq!((merged.start, merged.end), (whole.start, whole.end));
        }
    }
}
