use crate::{
    id::QuestionId,
    person::Role,
    question::QuestionState,
    room::{
        command::{Command, Outcome, Refusal},
        fact::Fact,
        fair::{Because, LineRule},
        tests::{Briefing, chair, claire, draft, mai, officer, person},
    },
};
use proptest::prelude::*;

/// A live briefing whose line follows the default rule.
fn ruled() -> Briefing {
    let mut b = Briefing::live();
    let facts = b.room.rule_line(Some(LineRule::default()), Vec::new(), None);
    b.happen(None, facts);
    b
}

fn placed(b: &Briefing, question: QuestionId) -> Because {
    b.room.desk().place(question).expect("it waits in line").1.because
}

fn exchange(b: &mut Briefing, question: QuestionId) {
    b.ok(&chair(), Command::Call { question });
    b.ok(&chair(), Command::PutOnAir);
    b.ok(
        &chair(),
        Command::StepDown {
            outcome: Outcome::Answered,
        },
    );
}

#[test]
fn whoever_has_had_a_turn_waits_for_the_first_turn_of_others() {
    let mut b = ruled();
    let first = b.raise(&mai());
    exchange(&mut b, first);
    let again = b.raise(&mai());
    let newcomer = b.raise(&claire());
    assert_eq!(b.room.desk().line(), [newcomer, again]);
    assert_eq!(b.room.desk().place_of(mai().person), Some(2));
}

#[test]
fn the_chair_overrides_only_with_a_reason_and_takes_it_back() {
    let mut b = ruled();
    let (first, second) = (b.raise(&mai()), b.raise(&claire()));
    let move_up = Command::List {
        question: second,
        before: Some(first),
    };
    assert_eq!(b.refused(&chair(), move_up), Refusal::ReasonNeeded);
    let place = |reason: &str| Command::Place {
        question: second,
        before: Some(first),
        reason: reason.to_owned(),
    };
    assert_eq!(b.refused(&chair(), place(" ")), Refusal::Empty);
    b.ok(&chair(), place("Leaves for the airport"));
    assert_eq!(b.room.desk().line(), [second, first]);
    assert_eq!(placed(&b, second), Because::Placed);
    assert_eq!(
        b.room.desk().line_state().overrides()[0].reason,
        "Leaves for the airport"
    );
    b.ok(&chair(), Command::Unplace { question: second });
    assert_eq!(b.room.desk().line(), [first, second]);
    b.enter(&officer());
    b.ok(
        &officer(),
        Command::Place {
            question: first,
            before: None,
            reason: "Asked to wait".to_owned(),
        },
    );
    assert_eq!(b.room.desk().line(), [second, first]);
    b.ok(&chair(), Command::Call { question: second });
    assert!(
        b.room.desk().line_state().overrides().is_empty(),
        "nobody is left to let pass"
    );
}

#[test]
fn calling_another_than_the_next_needs_a_reason_that_stays_in_the_journal() {
    let mut b = ruled();
    let (first, second) = (b.raise(&mai()), b.raise(&claire()));
    assert_eq!(
        b.refused(&chair(), Command::Call { question: second }),
        Refusal::ReasonNeeded
    );
    b.ok(
        &chair(),
        Command::CallOutOfTurn {
            question: second,
            reason: "On the same subject".to_owned(),
        },
    );
    let facts: Vec<_> = b.entries.iter().rev().take(3).map(|entry| entry.fact.clone()).collect();
    assert!(matches!(&facts[2], Fact::LineStood { order } if *order == [first, second]));
    assert!(matches!(&facts[1], Fact::CalledOutOfTurn { question, next, reason }
            if *question == second && *next == Some(first) && reason == "On the same subject"));
    assert!(matches!(&facts[0], Fact::Called { question, .. } if *question == second));
}

#[test]
fn an_absent_asker_is_skipped_without_a_reason_and_keeps_the_place() {
    let mut b = ruled();
    let (first, second) = (b.raise(&mai()), b.raise(&claire()));
    b.drop_out(&mai());
    assert_eq!(b.room.next_in_line(), Some(second));
    exchange(&mut b, second);
    b.enter(&mai());
    assert_eq!(b.room.next_in_line(), Some(first));
}

#[test]
fn a_journalist_in_the_hall_is_called_without_a_connection_or_devices() {
    let mut b = ruled();
    b.ok(&mai(), Command::SitInHall { hall: true });
    let hand = b.raise(&mai());
    b.drop_out(&mai());
    b.ok(&chair(), Command::Call { question: hand });
    b.ok(&chair(), Command::PutOnAir);
    assert_eq!(b.state(hand), QuestionState::OnAir);
    assert_eq!(
        b.refused(&mai(), Command::SitInHall { hall: false }),
        Refusal::WrongState
    );
}

#[test]
fn a_group_is_answered_once_and_everybody_in_it_has_the_answer() {
    let mut b = ruled();
    b.enter(&officer());
    let lead = b.raise(&claire());
    let same = b
        .ok(
            &mai(),
            Command::Submit {
                draft: draft(Some("Why?")),
            },
        )
        .expect("made");
    let group = |members| Command::Group { lead, members };
    assert_eq!(b.refused(&officer(), group(vec![lead])), Refusal::NotPossible);
    b.ok(&officer(), group(vec![same]));
    assert_eq!(b.state(same), QuestionState::Grouped);
    assert_eq!(b.room.desk().members(lead).collect::<Vec<_>>(), [same]);
    exchange(&mut b, lead);
    assert_eq!(
        (b.state(lead), b.state(same)),
        (QuestionState::Answered, QuestionState::Answered)
    );
    assert_eq!(b.room.desk().members(lead).count(), 1, "both stay named");
    assert_eq!(b.room.desk().totals().answered, 2);
}

#[test]
fn without_its_lead_a_grouped_question_has_its_old_place_again() {
    let mut b = ruled();
    b.enter(&officer());
    let third = person(22, Role::Journalist);
    b.enter(&third);
    b.ok(&third, Command::AcceptRules { version: 1 });
    let (first, second) = (b.raise(&mai()), b.raise(&claire()));
    let last = b.raise(&third);
    b.ok(
        &officer(),
        Command::Group {
            lead: last,
            members: vec![first],
        },
    );
    assert_eq!(b.room.desk().line(), [second, last]);
    b.ok(&third, Command::LowerHand);
    assert_eq!(b.room.desk().line(), [first, second]);
}

#[test]
fn a_taken_question_is_owed_until_it_is_answered_in_writing_or_closed() {
    let mut b = ruled();
    let (hand, other) = (b.raise(&mai()), b.raise(&claire()));
    for question in [hand, other] {
        b.ok(&chair(), Command::Call { question });
        b.ok(&chair(), Command::PutOnAir);
        b.ok(
            &chair(),
            Command::StepDown {
                outcome: Outcome::Taken,
            },
        );
    }
    let promise = b.room.desk().question(hand).expect("kept").promise.clone();
    let promise = promise.expect("a taken question has a promise at once");
    assert_eq!(promise.owner, chair().person);
    assert!(promise.due > b.now());
    b.ok(&chair(), Command::End);
    b.ok(
        &chair(),
        Command::AnswerInWriting {
            question: hand,
            text: "The tax ends in June.".to_owned(),
            language: "en".to_owned(),
            speaker: None,
        },
    );
    assert_eq!(b.state(hand), QuestionState::AnsweredInWriting);
    let close = Command::CloseUnanswered {
        question: other,
        reason: "Before the court".to_owned(),
    };
    b.ok(&chair(), close.clone());
    assert_eq!(b.refused(&chair(), close), Refusal::WrongState);
    let totals = b.room.desk().totals();
    assert_eq!(
        (totals.taken, totals.answered_in_writing, totals.closed_unanswered),
        (2, 1, 1)
    );
}

#[test]
fn a_follow_up_belongs_to_the_asker_and_is_bounded_by_the_ground_rules() {
    let mut b = ruled();
    let parent = b.raise(&mai());
    let follow_up = || Command::FollowUp {
        parent,
        draft: draft(Some("And when?")),
    };
    exchange(&mut b, parent);
    assert_eq!(b.refused(&claire(), follow_up()), Refusal::NoSuchQuestion);
    let asked = b.ok(&mai(), follow_up()).expect("made");
    assert_eq!(
        b.room.desk().question(asked).and_then(|question| question.parent),
        Some(parent)
    );
    assert_eq!(b.refused(&mai(), follow_up()), Refusal::NoFollowUpLeft);
    let child = Command::FollowUp {
        parent: asked,
        draft: draft(None),
    };
    assert_eq!(b.refused(&mai(), child), Refusal::WrongState);
}

#[test]
fn what_was_declined_by_mistake_is_taken_up_again() {
    let mut b = ruled();
    b.enter(&officer());
    let hand = b.raise(&mai());
    b.ok(
        &officer(),
        Command::Decline {
            question: hand,
            reason: "Off topic".to_owned(),
        },
    );
    b.ok(&officer(), Command::Restore { question: hand });
    assert_eq!(b.state(hand), QuestionState::Submitted);
    assert_eq!(
        b.room
            .desk()
            .question(hand)
            .and_then(|question| question.reason.clone()),
        None
    );
}

/// Journalists of four outlets, some of them new, raise hands whenever they may; the chair calls the next.
#[derive(Clone, Copy, Debug)]
enum Step {
    Raise(usize),
    CallNext,
    Drop(usize),
    Return(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0..8usize;
    let step = prop_oneof![
        4 => who.clone().prop_map(Step::Raise),
        3 => Just(Step::CallNext),
        1 => who.clone().prop_map(Step::Drop),
        1 => who.prop_map(Step::Return),
    ];
    proptest::collection::vec(step, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn nobody_who_is_there_waits_for_ever_and_the_journal_gives_the_same_order(steps in steps(), patience in 0u32..4) {
        let mut b = Briefing::live();
        let rule = LineRule { patience, ..LineRule::default() };
        let facts = b.room.rule_line(Some(rule), Vec::new(), None);
        b.happen(None, facts);
        let press: Vec<_> = (0..8).map(|n| {
            let mut actor = person(40 + n, Role::Journalist);
            actor.card.outlet = Some(format!("Outlet {}", n % 4));
            actor
        }).collect();
        for actor in &press {
            b.enter(actor);
            b.ok(actor, Command::AcceptRules { version: 1 });
        }
        // How often somebody who came later was called, by who waits; being away does not count against the rule.
        let mut passed: Vec<(QuestionId, u32)> = Vec::new();
        for step in steps {
            match step {
                Step::Raise(who) => {
                    let raise = Command::RaiseHand { language: "en".to_owned(), topic: None };
                    if let Ok(facts) = b.give(&press[who], &raise) {
                        passed.extend(facts.iter().find_map(|fact| match fact {
                            Fact::Listed { question, .. } => Some((*question, 0)),
                            _ => None,
                        }));
                    }
                }
                Step::CallNext => {
                    if let Some(question) = b.room.next_in_line() {
                        exchange(&mut b, question);
                        let later = passed.iter().position(|(waits, _)| *waits == question).expect("it waited");
                        for (waits, passed) in &mut passed[..later] {
                            let asker = b.room.desk().question(*waits).expect("kept").asker;
                            let away = b.room.roster().of_person(asker).is_none_or(|seat| !seat.connected);
                            *passed += u32::from(!away);
                            prop_assert!(*passed <= patience, "passed over {} times", passed);
                        }
                        passed.remove(later);
                    }
                }
                Step::Drop(who) => {
                    let line = b.room.desk().line().to_vec();
                    b.drop_out(&press[who]);
                    prop_assert_eq!(b.room.desk().line(), line, "a drop moved the line");
                }
                Step::Return(who) => {
                    let line = b.room.desk().line().to_vec();
                    b.enter(&press[who]);
                    prop_assert_eq!(b.room.desk().line(), line, "a return moved the line");
                }
            }
        }
        // What the journal says about the line at each call is what its replay computes.
        let mut replayed = crate::room::Room::new(b.room.event());
        for entry in &b.entries {
            if let Fact::LineStood { order } = &entry.fact {
                prop_assert_eq!(replayed.desk().line(), order);
            }
            replayed.evolve(entry.at, &entry.fact);
        }
        prop_assert_eq!(replayed.desk().line(), b.room.desk().line());
        prop_assert_eq!(replayed, b.room);
    }
}
