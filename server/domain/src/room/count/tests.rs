use super::*;
use crate::{
    id::{PersonId, QuestionId},
    person::NameCard,
    question::{Channel, QuestionState},
};
use uuid::Uuid;

fn question(outlet: &str, language: &str, at_s: i64, heard_s: Option<i64>) -> Question {
    let second = |s: i64| Timestamp(s * 1_000_000);
    Question {
        id: QuestionId(Uuid::nil()),
        asker: PersonId(Uuid::nil()),
        card: NameCard {
            outlet: Some(outlet.to_owned()),
            ..NameCard::default()
        },
        channel: Channel::LiveHand,
        topic: String::new(),
        language: language.to_owned(),
        text: None,
        state: QuestionState::Answered,
        reason: None,
        submitted_at: second(at_s),
        called_at: None,
        on_air_at: heard_s.map(second),
        done_at: None,
        group: None,
        parent: None,
        promise: None,
        answer: None,
    }
}

#[test]
fn waiting_counts_from_when_the_event_was_live_and_the_question_there() {
    let questions = [
        question("Le Jour", "fr", 10, Some(160)),
        question("Le Jour", "en", 200, Some(230)),
        question("Xinwen", "en", 210, None),
        question("Xinwen", "en", 220, Some(250)),
    ];
    let count = count(Totals::default(), Some(Timestamp(100_000_000)), &questions);
    let le_jour = &count.outlets[0];
    assert_eq!(
        (le_jour.of.as_str(), le_jour.received, le_jour.heard),
        ("Le Jour", 2, 2)
    );
    assert_eq!((le_jour.median_s, le_jour.longest_s), (Some(30), Some(60)));
    let xinwen = &count.outlets[1];
    assert_eq!((xinwen.received, xinwen.heard, xinwen.median_s), (2, 1, Some(30)));
    let english = &count.languages[0];
    assert_eq!((english.of.as_str(), english.received, english.heard), ("en", 3, 2));
}

#[test]
fn before_the_event_nobody_waits() {
    let questions = [question("Le Jour", "fr", 10, None)];
    let count = count(Totals::default(), None, &questions);
    assert_eq!((count.outlets[0].received, count.outlets[0].median_s), (1, None));
}
