use super::*;
use crate::{
    jobs,
    publication::testing::{Briefing, at},
};
use rostrum_domain::{
    person::NameCard,
    publication::{Record, captions, heading},
    question::{Channel, WrittenAnswer},
};

const ANSWER: &str = "The fishing grounds are open again from June.";

/// The room has settled the question two minutes after the end.
async fn settled_as(briefing: &Briefing, state: QuestionState) {
    let answer = WrittenAnswer {
        text: ANSWER.to_owned(),
        language: "en".to_owned(),
        by: briefing.spokesperson,
        card: NameCard {
            name: "Lan Phạm".to_owned(),
            office: Some("Spokesperson".to_owned()),
            ..NameCard::default()
        },
        at: at(180),
    };
    let question = Question {
        id: briefing.question,
        asker: briefing.journalist,
        card: NameCard::default(),
        channel: Channel::WrittenAdvance,
        topic: "Fishing".to_owned(),
        language: "en".to_owned(),
        text: None,
        state,
        reason: Some("Before the court".to_owned()),
        submitted_at: at(-30),
        called_at: Some(at(10)),
        on_air_at: Some(at(20)),
        done_at: Some(at(180)),
        group: None,
        parent: None,
        promise: None,
        answer: (state == QuestionState::AnsweredInWriting).then_some(answer),
    };
    let mut tx = briefing.app.db.begin().await.unwrap();
    questions::put(&mut tx, briefing.event, &question).await.unwrap();
    settled(&mut tx, briefing.event, briefing.question, at(180))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn letters(briefing: &Briefing) -> Vec<String> {
    let mut reader = briefing.app.db.read().await.unwrap();
    let letters = store::mail::page(&mut reader, "~", 10).await.unwrap();
    letters.into_iter().map(|mail| mail.body).collect()
}

#[tokio::test]
async fn a_written_answer_joins_the_next_edition_under_the_same_number() {
    let (briefing, first) = Briefing::published().await;
    settled_as(&briefing, QuestionState::AnsweredInWriting).await;
    jobs::run_due(&briefing.app).await.unwrap();
    let unchanged = briefing.edition(Some(1)).await.unwrap();
    assert_eq!(unchanged.content, first.content, "what was published stays as it was");

    briefing.submit(None).await.unwrap();
    let second = briefing.release(briefing.reviewer).await.unwrap();
    let record: Record = serde_json::from_slice(&second.content).unwrap();
    let written = record.blocks.iter().find(|block| block.written.is_some()).unwrap();
    assert_eq!(written.segments[0].text, ANSWER);
    let anchors: Vec<_> = record
        .blocks
        .iter()
        .filter_map(|block| block.anchor)
        .map(|anchor| anchor.to_string())
        .collect();
    assert_eq!(anchors, ["n1", "q1", "a1", "a1-2"], "below the answer that promised it");
    let manifest = serde_json::from_slice(&second.manifest).unwrap();
    let heading = heading(&record, &manifest, &second.manifest_sha256, "https://x.example", "en");
    assert!(!captions(&record, &heading).contains(ANSWER), "nobody said it");
}

#[tokio::test]
async fn the_asker_is_told_once_however_often_the_job_runs() {
    let (briefing, _) = Briefing::published().await;
    settled_as(&briefing, QuestionState::AnsweredInWriting).await;
    jobs::run_due(&briefing.app).await.unwrap();
    let about = Settled {
        event: briefing.event,
        question: briefing.question,
    };
    settle(&briefing.app, about).await.unwrap();
    let letters = letters(&briefing).await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains(ANSWER) && letters[0].contains("Fishing"));
    let segments = briefing.segments().await;
    assert_eq!(segments.iter().filter(|segment| segment.text == ANSWER).count(), 1);
}

#[tokio::test]
async fn what_is_closed_without_an_answer_tells_why_and_adds_no_words() {
    let (briefing, _) = Briefing::published().await;
    settled_as(&briefing, QuestionState::ClosedUnanswered).await;
    jobs::run_due(&briefing.app).await.unwrap();
    assert!(letters(&briefing).await[0].contains("Before the court"));
    assert!(briefing.segments().await.iter().all(|segment| segment.text != ANSWER));
}

#[tokio::test]
async fn a_question_that_has_vanished_is_no_work() {
    let briefing = Briefing::announced().await;
    let about = Settled {
        event: briefing.event,
        question: QuestionId(uuid::Uuid::nil()),
    };
    settle(&briefing.app, about).await.unwrap();
}
