use super::{testing::Briefing, *};
use crate::{
    store::{editions, segments},
    transcript::{self, DeskError, Hand},
    verify::{Expected, Verdict, verify},
};
use rostrum_domain::{
    publication::{DeskRefusal, Manifest, Record},
    text::Text,
    transcript::{Edit, Reason, SegmentKind},
};

async fn bundle_of(briefing: &Briefing, number: Option<u32>) -> Vec<u8> {
    let edition = briefing.edition(number).await.unwrap();
    bundle::bytes(&mut briefing.app.db.read().await.unwrap(), &edition)
        .await
        .unwrap()
}

fn record(edition: &editions::StoredEdition) -> Record {
    serde_json::from_slice(&edition.content).unwrap()
}

#[tokio::test]
async fn after_the_end_words_are_linked_to_their_question() {
    let briefing = Briefing::held().await;
    let kinds: Vec<_> = briefing
        .segments()
        .await
        .into_iter()
        .map(|segment| (segment.kind, segment.question))
        .collect();
    let question = Some(briefing.question);
    assert_eq!(
        kinds,
        [
            (SegmentKind::Announcement, None),
            (SegmentKind::Question, question),
            (SegmentKind::Answer, question),
            (SegmentKind::Answer, question),
        ]
    );
    let programme = editions::programme(&mut briefing.app.db.read().await.unwrap(), briefing.event)
        .await
        .unwrap();
    assert_eq!(
        programme.unwrap().state,
        editions::ProgrammeState::None,
        "nothing was recorded in this one"
    );
}

#[tokio::test]
async fn the_first_words_are_kept_and_every_change_has_its_author() {
    let briefing = Briefing::held().await;
    briefing
        .edit(33, "Việt Nam respects international law.", Reason::Name)
        .await;
    let mut reader = briefing.app.db.read().await.unwrap();
    let history = segments::revisions(&mut reader, testing::id(33)).await.unwrap();
    let shown: Vec<_> = history
        .iter()
        .map(|revision| (revision.number, revision.reason, revision.author))
        .collect();
    let editor = Some(briefing.editor);
    assert_eq!(
        shown,
        [
            (0, Reason::First, None),
            (1, Reason::Minutes, None),
            (2, Reason::Name, editor)
        ]
    );
    assert_eq!(history[0].content.text, "Viet Nam respects international law.");
}

#[tokio::test]
async fn two_editors_at_once_the_second_sees_the_first() {
    let briefing = Briefing::held().await;
    let first = briefing.edit(33, "First.", Reason::Style).await;
    let mut tx = briefing.app.db.begin().await.unwrap();
    let hand = Hand {
        by: briefing.reviewer,
        at: briefing.app.now(),
        seen: i64::from(first.revision) - 1,
    };
    let edit = Edit {
        text: Some("Second.".into()),
        ..Edit::default()
    };
    let refused = transcript::edit(&mut tx, testing::id(33), hand, &edit, Reason::Style).await;
    assert!(matches!(refused, Err(DeskError::Stale(current)) if current.text == "First."));
}

#[tokio::test]
async fn a_split_and_a_merge_leave_the_words_as_they_were() {
    let briefing = Briefing::held().await;
    let hand = |seen: u32| Hand {
        by: briefing.editor,
        at: briefing.app.now(),
        seen: i64::from(seen),
    };
    let before = briefing.segments().await;
    let answer = before.iter().find(|segment| segment.id == testing::id(33)).unwrap();
    let mut tx = briefing.app.db.begin().await.unwrap();
    let [left, right] = transcript::split(
        &mut tx,
        answer.id,
        hand(answer.revision),
        9,
        testing::at(30),
        testing::id(99),
    )
    .await
    .unwrap();
    assert_eq!(
        (left.text.as_str(), right.text.as_str()),
        ("Viet Nam", "respects international law.")
    );
    assert_eq!((right.speaker, right.question), (answer.speaker, answer.question));
    let [merged, struck] = transcript::merge(&mut tx, left.id, hand(left.revision)).await.unwrap();
    assert_eq!(merged.text, answer.text);
    assert!(struck.struck);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn four_eyes_release_and_the_file_can_be_checked_by_anybody() {
    let briefing = Briefing::held().await;
    briefing.strike(34).await;
    briefing.submit(None).await.unwrap();
    let own = briefing.release(briefing.editor).await;
    assert!(matches!(own, Err(ReleaseError::Refused(DeskRefusal::FourEyes))));
    let edition = briefing.release(briefing.reviewer).await.unwrap();
    let bytes = bundle_of(&briefing, None).await;
    let house = Expected::KeyId(briefing.app.keys.editions.current_id().to_owned());
    assert!(matches!(verify(&bytes, Some(&house)), Verdict::Genuine(_)));
    assert!(!String::from_utf8(bytes).unwrap().contains("Secretword"));
    let anchors: Vec<_> = record(&edition)
        .blocks
        .iter()
        .filter_map(|block| block.anchor)
        .map(|anchor| anchor.to_string())
        .collect();
    assert_eq!(anchors, ["n1", "q1", "a1"]);
}

#[tokio::test]
async fn nothing_changes_under_the_reviewers_eyes() {
    let briefing = Briefing::held().await;
    briefing.submit(None).await.unwrap();
    let mut tx = briefing.app.db.begin().await.unwrap();
    let (_, segment) = segments::find(&mut tx, testing::id(33)).await.unwrap().unwrap();
    let hand = Hand {
        by: briefing.editor,
        at: briefing.app.now(),
        seen: i64::from(segment.revision),
    };
    let edit = Edit {
        text: Some("Changed.".into()),
        ..Edit::default()
    };
    let refused = transcript::edit(&mut tx, segment.id, hand, &edit, Reason::Style).await;
    assert!(matches!(refused, Err(DeskError::Refused(DeskRefusal::UnderReview))));
    drop(tx);

    // Late machine text is no edit; the release notices it.
    let mut tx = briefing.app.db.begin().await.unwrap();
    let mut late = briefing.said(35, briefing.spokesperson, 50, 55, "One more thing.");
    late.at = briefing.app.now().saturating_add(std::time::Duration::from_millis(1));
    segments::insert_final(&mut tx, &late).await.unwrap();
    tx.commit().await.unwrap();
    let refused = briefing.release(briefing.reviewer).await;
    assert!(matches!(refused, Err(ReleaseError::Refused(DeskRefusal::ChangedSince))));
}

#[tokio::test]
async fn a_correction_is_a_further_edition_and_the_first_stays() {
    let (briefing, first) = Briefing::published().await;
    let before = bundle_of(&briefing, Some(1)).await;
    briefing
        .edit(33, "Viet Nam obeys international law.", Reason::Sense)
        .await;
    let silent = briefing.submit(None).await;
    assert!(matches!(
        silent,
        Err(ReleaseError::Refused(DeskRefusal::CorrectionMissing))
    ));
    let correction = Text::in_one("en", "In answer 1 “respects” should read “obeys”.");
    briefing.submit(Some(correction.clone())).await.unwrap();
    let second = briefing.release(briefing.reviewer).await.unwrap();

    assert_eq!(
        bundle_of(&briefing, Some(1)).await,
        before,
        "the first edition is frozen"
    );
    assert_eq!(second.number, 2);
    let manifest: Manifest = serde_json::from_slice(&second.manifest).unwrap();
    assert_eq!(manifest.previous.unwrap().manifest_sha256, first.manifest_sha256);
    assert_eq!(manifest.corrections[0].text, correction);
    let changed: Vec<bool> = {
        let old: Manifest = serde_json::from_slice(&first.manifest).unwrap();
        old.revisions
            .iter()
            .zip(&manifest.revisions)
            .map(|(old, new)| old.sha256 != new.sha256)
            .collect()
    };
    assert_eq!(changed, [false, false, true]);
}
