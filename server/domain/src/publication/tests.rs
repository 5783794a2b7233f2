use super::{
    bundle::{BUNDLE_FORMAT, Bundle, Flaw, Signature},
    canonical,
    record::RecordTotals,
    *,
};
use crate::{
    event::AskerPolicy,
    id::{EditionId, EventId, PersonId, QuestionId},
    person::NameCard,
    question::Channel,
    text::Text,
    time::Timestamp,
    transcript::{AnnouncementSpan, Minutes, Origin, Segment, SegmentKind},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const SECOND: i64 = 1_000_000;

fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}

fn segment(n: u128, by: u128, kind: SegmentKind, question: Option<u128>, text: &str) -> Segment {
    let press = by >= 100;
    Segment {
        id: id(n),
        speaker: Some(id(by)),
        card: NameCard {
            name: format!("Name{by}"),
            outlet: press.then(|| format!("Outlet{by}")),
            office: (!press).then(|| "Spokesperson".to_owned()),
            country: None,
            medium: None,
        },
        kind,
        question: question.map(id),
        start: Timestamp(n as i64 * 10 * SECOND),
        end: Timestamp((n as i64 * 10 + 8) * SECOND),
        language: "en".into(),
        text: text.into(),
        origin: Origin::Machine,
        engine: Some("moonshine-base".into()),
        confidence: Some(0.5),
        take: None,
        revision: 0,
        struck: false,
    }
}

fn draft(segments: Vec<Segment>) -> Draft {
    Draft {
        edition: 1,
        event: EventFacts {
            id: id::<EventId>(1),
            series: "hop-bao".into(),
            series_name: Text::in_one("en", "Regular press briefing"),
            number: 22,
            year: 2026,
            path: "/hop-bao/2026/22".into(),
            title: Text::in_one("en", "Briefing"),
            starts_at: Timestamp(0),
            live_since: Some(Timestamp(0)),
            ended_at: Some(Timestamp(1000 * SECOND)),
            zone: "Asia/Ho_Chi_Minh".into(),
        },
        asker_policy: AskerPolicy::NameAndOutlet,
        totals: RecordTotals::default(),
        waits: None,
        segments,
        corrected: BTreeSet::new(),
        questions: BTreeMap::from([
            (
                id::<QuestionId>(7),
                Asked {
                    asker: id(100),
                    channel: Channel::LiveHand,
                    together: Vec::new(),
                    parent: None,
                },
            ),
            (
                id::<QuestionId>(8),
                Asked {
                    asker: id(101),
                    channel: Channel::WrittenAdvance,
                    together: Vec::new(),
                    parent: None,
                },
            ),
        ]),
        press: BTreeSet::new(),
        minutes: Minutes {
            live_since: Some(Timestamp(0)),
            ended_at: Some(Timestamp(1000 * SECOND)),
            ..Minutes::default()
        },
        timeline: Timeline::default(),
        media: vec![],
        corrections: vec![],
        earlier: vec![],
    }
}

fn briefing() -> Vec<Segment> {
    vec![
        segment(1, 1, SegmentKind::Announcement, None, "We announce a visit."),
        segment(2, 100, SegmentKind::Question, Some(7), "What about fishing?"),
        segment(3, 1, SegmentKind::Answer, Some(7), "We follow the law."),
        segment(4, 101, SegmentKind::Question, Some(8), "And trade?"),
        segment(5, 1, SegmentKind::Answer, Some(8), "Trade grows."),
    ]
}

fn signed(record: Record) -> Bundle {
    let manifest = manifest(&record, id::<EditionId>(5), "Ministry", Timestamp(9), None, "k1").unwrap();
    let signature = Signature {
        algorithm: "ed25519".into(),
        key_id: "k1".into(),
        public_key: "00".into(),
        value: "00".into(),
    };
    Bundle {
        format: BUNDLE_FORMAT.into(),
        manifest,
        content: record,
        signature,
    }
}

fn anchors(record: &Record) -> Vec<String> {
    record
        .blocks
        .iter()
        .filter_map(|block| block.anchor)
        .map(|anchor| anchor.to_string())
        .collect()
}

fn every_output(record: &Record) -> String {
    let bundle = signed(record.clone());
    let heading = heading(record, &bundle.manifest, "hash", "https://press.example", "en");
    let json = String::from_utf8(bundle.to_bytes().unwrap()).unwrap();
    [
        json,
        captions(record, &heading),
        subtitles(record),
        plain_text(record, &heading),
    ]
    .concat()
}

#[test]
fn exchanges_and_announcements_are_numbered() {
    assert_eq!(anchors(&compile(&draft(briefing()))), ["n1", "q1", "a1", "q2", "a2"]);
}

#[test]
fn an_exchange_taken_up_again_keeps_its_number() {
    let mut segments = briefing();
    segments.push(segment(6, 100, SegmentKind::Question, Some(7), "Again on fishing?"));
    assert_eq!(
        anchors(&compile(&draft(segments))),
        ["n1", "q1", "a1", "q2", "a2", "q1-2"]
    );
}

#[test]
fn two_announcements_in_a_row_are_two() {
    let mut draft = draft(vec![
        segment(1, 1, SegmentKind::Announcement, None, "First."),
        segment(2, 1, SegmentKind::Announcement, None, "Second."),
    ]);
    draft.minutes.announcements = [(9, 19), (19, 29)]
        .into_iter()
        .map(|(start, end)| AnnouncementSpan {
            title: format!("At {start}"),
            start: Timestamp(start * SECOND),
            end: Some(Timestamp(end * SECOND)),
        })
        .collect();
    let record = compile(&draft);
    assert_eq!(anchors(&record), ["n1", "n2"]);
    assert_eq!(record.blocks[1].title.as_deref(), Some("At 19"));
}

#[test]
fn a_permalink_is_never_used_again() {
    let first = compile(&draft(briefing()));
    let mut second = draft(briefing());
    second.segments[1].struck = true;
    second.segments[2].struck = true;
    second.earlier = vec![first];
    let second_record = compile(&second);
    assert_eq!(anchors(&second_record), ["n1", "q2", "a2"]);
    second
        .segments
        .push(segment(6, 1, SegmentKind::Question, None, "A new one?"));
    second.earlier.push(second_record);
    assert_eq!(anchors(&compile(&second)), ["n1", "q2", "a2", "q3"]);
}

#[test]
fn the_asker_policy_holds_in_every_output() {
    let mut draft = draft(briefing());
    assert!(every_output(&compile(&draft)).contains("Name100, Outlet100"));
    draft.asker_policy = AskerPolicy::OutletOnly;
    let outlets = every_output(&compile(&draft));
    assert!(outlets.contains("Outlet100") && !outlets.contains("Name100"));
    draft.asker_policy = AskerPolicy::Unnamed;
    let unnamed = every_output(&compile(&draft));
    assert!(unnamed.contains("QUESTION") && !unnamed.contains("Outlet100") && !unnamed.contains("Name100"));
    assert!(unnamed.contains("Name1, Spokesperson"));
    assert!(
        !unnamed.contains(&id::<PersonId>(100).to_string()),
        "nor by the id of the person"
    );
}

#[test]
fn a_record_without_machine_says_so() {
    let mut segments = briefing();
    segments
        .iter_mut()
        .for_each(|segment| segment.origin = Origin::Captioner);
    let record = compile(&draft(segments));
    assert_eq!(record.machine_help, MachineHelp::default());
    let machine = compile(&Draft {
        corrected: BTreeSet::from([id(1)]),
        ..draft(briefing())
    });
    assert_eq!((machine.machine_help.segments, machine.machine_help.corrected), (5, 1));
    assert!(every_output(&machine).contains("1 of 5 passages corrected"));
}

#[test]
fn words_off_the_record_are_in_no_output() {
    let mut draft = draft(briefing());
    draft.minutes.off_record = vec![(Timestamp(19 * SECOND), Some(Timestamp(29 * SECOND)))];
    let all = every_output(&compile(&draft));
    assert!(!all.contains("fishing"));
    assert!(all.contains("We follow the law"));
}

#[test]
fn captions_move_with_the_cuts() {
    let timeline = Timeline::without(
        Timestamp(10 * SECOND),
        Timestamp(60 * SECOND),
        &[(Timestamp(18 * SECOND), Timestamp(30 * SECOND))],
    );
    assert_eq!(timeline.duration_ms(), 38_000);
    let record = compile(&Draft {
        timeline,
        ..draft(briefing())
    });
    let starts: Vec<u64> = record.segments().map(|(_, segment)| segment.start_ms).collect();
    assert_eq!(starts, [0, 8_000, 8_000, 18_000, 28_000]);
}

#[test]
fn whoever_worked_on_a_text_does_not_release_it() {
    let (editor, officer, reviewer) = (id::<PersonId>(1), id::<PersonId>(2), id::<PersonId>(3));
    let ready = Submission {
        event_over: true,
        segments: 4,
        programme_pending: false,
        changed_since: false,
    };
    let desk = Desk::default()
        .edited(Some(editor), false)
        .unwrap()
        .submit(officer, Timestamp(1), None, ready)
        .unwrap();
    assert_eq!(desk.clone().release(editor, ready), Err(DeskRefusal::FourEyes));
    assert_eq!(desk.clone().release(officer, ready), Err(DeskRefusal::FourEyes));
    assert_eq!(desk.clone().edited(Some(editor), false), Err(DeskRefusal::UnderReview));
    let pending = Submission {
        programme_pending: true,
        ..ready
    };
    assert_eq!(
        desk.clone().release(reviewer, pending),
        Err(DeskRefusal::ProgrammePending)
    );
    let late = Submission {
        changed_since: true,
        ..ready
    };
    assert_eq!(desk.clone().release(reviewer, late), Err(DeskRefusal::ChangedSince));
    let (released, _) = desk.release(reviewer, ready).unwrap();
    assert_eq!((released.editions, released.state.clone()), (1, DeskState::Published));
    assert_eq!(
        released.submit(officer, Timestamp(2), None, ready),
        Err(DeskRefusal::Unchanged)
    );
}

#[test]
fn a_change_of_sense_after_release_needs_a_public_correction() {
    let (editor, reviewer) = (id::<PersonId>(1), id::<PersonId>(3));
    let ready = Submission {
        event_over: true,
        segments: 4,
        programme_pending: false,
        changed_since: false,
    };
    let first = Desk::default()
        .edited(Some(editor), true)
        .unwrap()
        .submit(editor, Timestamp(1), None, ready)
        .unwrap();
    let (released, none) = first.release(reviewer, ready).unwrap();
    assert_eq!(none, None, "before the first edition nothing public changes");
    let changed = released.edited(Some(editor), true).unwrap();
    assert_eq!(
        changed.clone().submit(editor, Timestamp(2), None, ready),
        Err(DeskRefusal::CorrectionMissing)
    );
    let text = Text::in_one("en", "The year was wrong.");
    let (second, correction) = changed
        .submit(editor, Timestamp(2), Some(text.clone()), ready)
        .unwrap()
        .release(reviewer, ready)
        .unwrap();
    assert_eq!((second.editions, correction), (2, Some(text)));
}

#[test]
fn returning_says_why_and_opens_the_draft() {
    let ready = Submission {
        event_over: true,
        segments: 1,
        programme_pending: false,
        changed_since: false,
    };
    let submitted = Desk::default().submit(id(1), Timestamp(1), None, ready).unwrap();
    let returned = submitted.give_back("Check the name in answer 2".into()).unwrap();
    assert_eq!(returned.state, DeskState::Draft);
    assert_eq!(returned.note.as_deref(), Some("Check the name in answer 2"));
    assert_eq!(returned.give_back(String::new()), Err(DeskRefusal::NotSubmitted));
}

#[test]
fn canonical_json_follows_rfc_8785() {
    let value: serde_json::Value =
        serde_json::from_str(r#"{"b":[true,null,-7],"\u20ac":"\u000f\n\"é/","a":{}}"#).unwrap();
    let bytes = canonical::bytes(&value).unwrap();
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        r#"{"a":{},"b":[true,null,-7],"€":"\u000f\n\"é/"}"#
    );
    assert!(canonical::bytes(&0.5).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_same_input_gives_the_same_bytes(order in Just((0..5usize).collect::<Vec<_>>()).prop_shuffle()) {
        let segments = briefing();
        let shuffled = order.into_iter().map(|n| segments[n].clone()).collect();
        prop_assert_eq!(signed(compile(&draft(shuffled))).to_bytes().unwrap(), signed(compile(&draft(briefing()))).to_bytes().unwrap());
    }

    #[test]
    fn any_changed_word_changes_its_hash_and_no_other(which in 0usize..5, word in "[a-zđ]{1,8}") {
        let mut segments = briefing();
        segments[which].text.push_str(&word);
        let (before, after) = (entries(&compile(&draft(briefing()))).unwrap(), entries(&compile(&draft(segments))).unwrap());
        let changed: Vec<usize> = (0..5).filter(|&n| before[n] != after[n]).collect();
        prop_assert_eq!(changed, vec![which]);
    }

    #[test]
    fn struck_and_empty_segments_are_in_no_output(struck in prop::collection::vec(any::<bool>(), 5)) {
        let mut segments = briefing();
        for (n, segment) in segments.iter_mut().enumerate() {
            segment.text = format!("secretword{n}");
            segment.struck = struck[n];
        }
        let all = every_output(&compile(&draft(segments)));
        for (n, struck) in struck.into_iter().enumerate() {
            let word = format!("secretword{n}");
            prop_assert_eq!(all.contains(&word), !struck);
        }
    }

    /// Whatever byte of a published file is changed, reading it fails or the signature no longer fits.
    #[test]
    fn a_changed_byte_is_noticed(at in any::<prop::sample::Index>(), by in 1u8..=255) {
        let bundle = signed(compile(&draft(briefing())));
        let mut bytes = bundle.to_bytes().unwrap();
        let at = at.index(bytes.len());
        bytes[at] = bytes[at].wrapping_add(by);
        match Bundle::read(&bytes) {
            Err(_) => {}
            Ok(read) => prop_assert!(
                read.signature != bundle.signature || read.signed_bytes().unwrap() != bundle.signed_bytes().unwrap()
            ),
        }
    }

    #[test]
    fn an_anchor_reads_back(number in 1u32..9999, run in 1u32..99, part in prop::sample::select(vec![Part::Question, Part::Answer, Part::Announcement])) {
        let anchor = Anchor { part, number, run };
        prop_assert_eq!(anchor.to_string().parse::<Anchor>().unwrap(), anchor);
    }
}

#[test]
fn a_bundle_reads_back_and_rearranged_ones_do_not() {
    let bundle = signed(compile(&draft(briefing())));
    assert_eq!(Bundle::read(&bundle.to_bytes().unwrap()).unwrap(), bundle);
    assert!(matches!(
        Bundle::read(&serde_json::to_vec_pretty(&bundle).unwrap()),
        Err(Flaw::NotCanonical)
    ));
    let mut reworded = bundle.clone();
    reworded.content.blocks[2].segments[0].text = "We ignore the law.".into();
    assert!(matches!(
        Bundle::read(&reworded.to_bytes().unwrap()),
        Err(Flaw::Passage(3))
    ));
    let mut reordered = bundle.clone();
    reordered.content.totals.received = 99;
    assert!(matches!(
        Bundle::read(&reordered.to_bytes().unwrap()),
        Err(Flaw::Content)
    ));
    let mut facts = bundle;
    facts.manifest.event.number = 23;
    assert!(matches!(
        Bundle::read(&facts.to_bytes().unwrap()),
        Err(Flaw::Facts("the event"))
    ));
}
