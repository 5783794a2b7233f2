//! What holds whatever anybody does, in whatever order.

use super::tests::{Briefing, person};
use crate::{
    id::{QuestionId, SeatId, SourceId},
    media::SourceKind,
    person::Role,
    question::{QuestionDraft, QuestionState},
    room::{
        Actor, Room,
        command::{Command, Outcome, Zone},
        fact::Fact,
        fair::LineRule,
        plan::{self, Published, Sources},
        view::Phase,
    },
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What somebody does; numbers choose among what there is.
#[derive(Clone, Debug)]
enum Step {
    Enter(usize),
    Drop(usize),
    Give(usize, Wish),
}

#[derive(Clone, Debug)]
enum Wish {
    Accept,
    Raise,
    Lower,
    Submit(bool),
    Withdraw(usize),
    Ready,
    LeaveFloor,
    Hold(usize),
    Release(usize),
    Decline(usize),
    List(usize, Option<usize>),
    Unlist(usize),
    Rule(bool),
    Place(usize, Option<usize>),
    Unplace(usize),
    CallAnyhow(usize),
    Group(usize, usize),
    Ungroup(usize),
    Restore(usize),
    FollowOn(usize),
    InHall(bool),
    AnswerLater(usize),
    CloseLater(usize),
    GoLive,
    End,
    OffRecord,
    OnRecord,
    Call(usize),
    PutOnAir,
    FollowUp,
    StepDown(Outcome),
    Announce,
    Mute(usize),
    Move(usize, Zone),
    Remove(usize),
}

fn cast() -> Vec<Actor> {
    let roles = [Role::Chair, Role::Spokesperson, Role::Officer];
    let house = roles.iter().enumerate().map(|(n, role)| person(n as u128 + 1, *role));
    house.chain((0..4).map(|n| person(n + 20, Role::Journalist))).collect()
}

fn wishes() -> impl Strategy<Value = Wish> {
    let outcome = prop_oneof![Just(Outcome::Answered), Just(Outcome::Taken), Just(Outcome::Requeue)];
    let zone = prop_oneof![
        Just(Zone::Backstage),
        Just(Zone::Stage),
        Just(Zone::Gallery),
        Just(Zone::Side)
    ];
    let n = 0..12usize;
    prop_oneof![
        4 => Just(Wish::Accept),
        6 => Just(Wish::Raise),
        1 => Just(Wish::Lower),
        3 => any::<bool>().prop_map(Wish::Submit),
        1 => n.clone().prop_map(Wish::Withdraw),
        3 => Just(Wish::Ready),
        1 => Just(Wish::LeaveFloor),
        1 => n.clone().prop_map(Wish::Hold),
        1 => n.clone().prop_map(Wish::Release),
        1 => n.clone().prop_map(Wish::Decline),
        3 => (n.clone(), proptest::option::of(n.clone())).prop_map(|(q, before)| Wish::List(q, before)),
        1 => n.clone().prop_map(Wish::Unlist),
        1 => any::<bool>().prop_map(Wish::Rule),
        2 => (n.clone(), proptest::option::of(n.clone())).prop_map(|(q, before)| Wish::Place(q, before)),
        1 => n.clone().prop_map(Wish::Unplace),
        2 => n.clone().prop_map(Wish::CallAnyhow),
        3 => (n.clone(), n.clone()).prop_map(|(lead, member)| Wish::Group(lead, member)),
        1 => n.clone().prop_map(Wish::Ungroup),
        1 => n.clone().prop_map(Wish::Restore),
        1 => n.clone().prop_map(Wish::FollowOn),
        1 => any::<bool>().prop_map(Wish::InHall),
        1 => n.clone().prop_map(Wish::AnswerLater),
        1 => n.clone().prop_map(Wish::CloseLater),
        3 => Just(Wish::GoLive),
        1 => Just(Wish::OffRecord),
        1 => Just(Wish::OnRecord),
        8 => n.clone().prop_map(Wish::Call),
        6 => Just(Wish::PutOnAir),
        2 => Just(Wish::FollowUp),
        4 => outcome.prop_map(Wish::StepDown),
        1 => Just(Wish::Announce),
        1 => n.clone().prop_map(Wish::Mute),
        1 => (n.clone(), zone).prop_map(|(seat, to)| Wish::Move(seat, to)),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..7usize).prop_map(Step::Enter),
        2 => (0..7usize).prop_map(Step::Drop),
        // The chair is given more than a fair share, or the floor would hardly move.
        8 => (prop_oneof![Just(0usize), 0..7usize], wishes()).prop_map(|(who, wish)| Step::Give(who, wish)),
    ];
    let rare = prop_oneof![
        60 => step,
        1 => (0..7usize).prop_map(|seat| Step::Give(0, Wish::Remove(seat))),
        1 => Just(Step::Give(0, Wish::End)),
    ];
    proptest::collection::vec(rare, 1..160)
}

/// Everybody in the room and the event live, now and then, so that long runs reach the floor.
fn opening() -> Vec<Step> {
    let enter = (0..7).map(Step::Enter);
    let accept = (0..7).map(|who| Step::Give(who, Wish::Accept));
    enter.chain(accept).chain([Step::Give(0, Wish::GoLive)]).collect()
}

fn command(room: &Room, wish: &Wish) -> Command {
    let all: Vec<QuestionId> = room.desk().iter().map(|question| question.id).collect();
    let question = |n: usize| {
        if all.is_empty() {
            QuestionId(Uuid::nil())
        } else {
            all[(all.len() - 1).saturating_sub(n)]
        }
    };
    let seat = |n: usize| SeatId::of(room.event(), cast()[n % cast().len()].person);
    match wish.clone() {
        Wish::Accept => Command::AcceptRules { version: 1 },
        Wish::Raise => Command::RaiseHand {
            language: "en".to_owned(),
            topic: None,
        },
        Wish::Lower => Command::LowerHand,
        Wish::Submit(written) => {
            let text = written.then(|| "Why?".to_owned());
            Command::Submit {
                draft: QuestionDraft {
                    topic: "Topic".to_owned(),
                    language: "en".to_owned(),
                    text,
                },
            }
        }
        Wish::Withdraw(n) => Command::Withdraw { question: question(n) },
        Wish::Ready => Command::Ready,
        Wish::LeaveFloor => Command::LeaveFloor,
        Wish::Hold(n) => Command::Hold {
            question: question(n),
            reason: None,
        },
        Wish::Release(n) => Command::Release { question: question(n) },
        Wish::Decline(n) => Command::Decline {
            question: question(n),
            reason: "Off topic".to_owned(),
        },
        Wish::List(n, before) => Command::List {
            question: question(n),
            before: before.map(question),
        },
        Wish::Unlist(n) => Command::Unlist { question: question(n) },
        Wish::Rule(ruled) => Command::RuleLine {
            rule: ruled.then(LineRule::default),
            reason: "Agreed with the press".to_owned(),
        },
        Wish::Place(n, before) => Command::Place {
            question: question(n),
            before: before.map(question),
            reason: "Leaves early".to_owned(),
        },
        Wish::Unplace(n) => Command::Unplace { question: question(n) },
        Wish::CallAnyhow(n) => Command::CallOutOfTurn {
            question: question(n),
            reason: "Same subject".to_owned(),
        },
        Wish::Group(lead, member) => Command::Group {
            lead: question(lead),
            members: vec![question(member)],
        },
        Wish::Ungroup(n) => Command::Ungroup { question: question(n) },
        Wish::Restore(n) => Command::Restore { question: question(n) },
        Wish::FollowOn(n) => Command::FollowUp {
            parent: question(n),
            draft: QuestionDraft {
                topic: "Once more".to_owned(),
                language: "en".to_owned(),
                text: None,
            },
        },
        Wish::InHall(hall) => Command::SitInHall { hall },
        Wish::AnswerLater(n) => Command::AnswerInWriting {
            question: question(n),
            text: "In June.".to_owned(),
            language: "en".to_owned(),
            speaker: None,
        },
        Wish::CloseLater(n) => Command::CloseUnanswered {
            question: question(n),
            reason: "Before the court".to_owned(),
        },
        Wish::GoLive => Command::GoLive,
        Wish::End => Command::End,
        Wish::OffRecord => Command::GoOffRecord,
        Wish::OnRecord => Command::GoOnRecord,
        Wish::Call(n) => Command::Call { question: question(n) },
        Wish::PutOnAir => Command::PutOnAir,
        Wish::FollowUp => Command::AllowFollowUp,
        Wish::StepDown(outcome) => Command::StepDown { outcome },
        Wish::Announce => Command::StartAnnouncement {
            title: "A visit".to_owned(),
        },
        Wish::Mute(n) => Command::Mute { seat: seat(n) },
        Wish::Move(n, to) => Command::Move { seat: seat(n), to },
        Wish::Remove(n) => Command::Remove {
            seat: seat(n),
            reason: "Abuse".to_owned(),
        },
    }
}

fn take(briefing: &mut Briefing, step: &Step) {
    let cast = cast();
    match step {
        Step::Enter(who) => {
            if briefing.room.enter(&cast[*who]).is_ok() {
                briefing.enter(&cast[*who]);
            }
        }
        Step::Drop(who) => briefing.drop_out(&cast[*who]),
        Step::Give(who, wish) => {
            let command = command(&briefing.room, wish);
            let (now, fresh) = (briefing.now(), Uuid::from_u128(9));
            let once = briefing.room.apply(now, &cast[*who], &command, fresh);
            let twice = briefing.room.apply(now, &cast[*who], &command, fresh);
            assert_eq!(once, twice, "the same command in the same state decides the same");
            let _ = briefing.give(&cast[*who], &command);
        }
    }
}

fn every_source(room: &Room) -> Sources {
    let cameras = room.roster().iter().enumerate().map(|(n, seat)| {
        let source = SourceId(Uuid::from_u128(n as u128 + 1));
        (
            source,
            Published {
                seat: seat.id,
                kind: SourceKind::Camera,
                health: None,
            },
        )
    });
    cameras.collect()
}

fn holds(room: &Room) {
    // The floor: nobody or one.
    let on_floor: Vec<_> = room
        .desk()
        .iter()
        .filter(|question| matches!(question.state, QuestionState::Called | QuestionState::OnAir))
        .map(|question| question.id)
        .collect();
    assert!(on_floor.len() <= 1, "two on the floor");
    assert_eq!(
        on_floor.first().copied(),
        room.floor().holder().map(|holder| holder.question)
    );
    let journalists = room.roster().iter().filter(|seat| !seat.role.is_team());
    let away: Vec<_> = journalists
        .filter(|seat| seat.zone != Zone::Gallery)
        .map(|seat| seat.id)
        .collect();
    assert_eq!(away.first().copied(), room.floor().holder().map(|holder| holder.seat));
    assert!(away.len() <= 1, "two journalists out of the gallery");

    // The line is exactly the listed ones, each once.
    let mut line = room.desk().line().to_vec();
    line.sort_unstable();
    line.dedup();
    assert_eq!(line.len(), room.desk().line().len());
    let listed = room
        .desk()
        .iter()
        .filter(|question| question.state == QuestionState::Listed)
        .count();
    assert_eq!(line.len(), listed);

    // A group has one lead, which is in no group itself, and its open members wait for it.
    for question in room.desk().iter() {
        let lead = question.group.and_then(|lead| room.desk().question(lead));
        assert_eq!(question.group.is_some(), lead.is_some(), "a group without its lead");
        if let Some(lead) = lead {
            assert_eq!(lead.group, None, "a lead inside another group");
            assert!(room.desk().members(lead.id).any(|member| member == question.id));
        }
        if question.state == QuestionState::Grouped {
            let lead = lead.expect("a grouped question has a lead");
            assert!(!lead.state.is_over(), "its lead is {:?}", lead.state);
        }
        assert_eq!(
            question.answer.is_some(),
            question.state == QuestionState::AnsweredInWriting && lead.is_none()
        );
        if question.state == QuestionState::Taken && lead.is_none() {
            assert!(question.promise.is_some(), "taken and owed by nobody");
        }
    }

    // Totals add up.
    let totals = room.desk().totals();
    let open = room.desk().iter().filter(|question| !question.state.is_over()).count() as u32;
    let over = totals.answered + totals.taken + totals.declined + totals.withdrawn + totals.not_reached;
    assert_eq!(totals.received, over + open);
    assert!(totals.answered + totals.taken <= totals.called);
    if room.record().phase() == Phase::Ended {
        assert_eq!(open, 0, "a question without an end");
    }

    // The record.
    let plan = plan::derive(room, &every_source(room));
    if !room.record().on_record() || !room.record().is_live() {
        assert!(plan.tapped.is_empty(), "captured off the record");
    }
    let connected = room.roster().iter().filter(|seat| seat.connected).count();
    assert_eq!(room.roster().connected() as usize, connected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_rules_hold(steps in steps(), opened in any::<bool>()) {
        let mut briefing = Briefing::new();
        let mut received = 0;
        for step in opened.then(opening).into_iter().flatten().chain(steps) {
            let line = briefing.room.desk().line().to_vec();
            let before: BTreeMap<_, _> =
                briefing.room.desk().iter().map(|question| (question.id, question.state)).collect();
            let journalled = briefing.entries.len();
            let mut lived = briefing.room.clone();
            take(&mut briefing, &step);
            holds(&briefing.room);
            // Fact by fact, no question goes a way that is not in the table.
            if briefing.room.desk().iter().any(|question| before.get(&question.id) != Some(&question.state)) {
                for entry in &briefing.entries[journalled..] {
                    let before: BTreeMap<_, _> = lived.desk().iter().map(|question| (question.id, question.state)).collect();
                    lived.evolve(entry.at, &entry.fact);
                    for question in lived.desk().iter() {
                        let was = before.get(&question.id).copied();
                        let moved = was.is_some_and(|was| was != question.state);
                        prop_assert!(
                            !moved || was.is_some_and(|was| was.may_become(question.state)),
                            "{:?} became {:?} by {:?}", was, question.state, entry.fact
                        );
                    }
                }
            }

            let now_received = briefing.room.desk().totals().received;
            prop_assert!(now_received >= received, "a question was lost");
            received = now_received;
            if matches!(step, Step::Enter(_) | Step::Drop(_)) {
                prop_assert_eq!(briefing.room.desk().line(), line, "a connection moved the line");
            }
        }
        prop_assert_eq!(Room::replay(briefing.room.event(), &briefing.entries), briefing.room);
    }

    #[test]
    fn the_withdrawn_are_never_called(steps in steps()) {
        let mut briefing = Briefing::new();
        for step in opening().into_iter().chain(steps) {
            take(&mut briefing, &step);
        }
        let mut withdrawn = Vec::new();
        for entry in &briefing.entries {
            match &entry.fact {
                Fact::Withdrawn { question } => withdrawn.push(*question),
                Fact::Called { question, .. } | Fact::OnAir { question, .. } => {
                    prop_assert!(!withdrawn.contains(question), "{} was called after it was withdrawn", question);
                }
                _ => {}
            }
        }
    }

    #[test]
    fn facts_survive_the_journal(steps in steps()) {
        let mut briefing = Briefing::new();
        for step in opening().into_iter().chain(steps) {
            take(&mut briefing, &step);
        }
        for entry in &briefing.entries {
            let json = serde_json::to_string(&entry.fact).expect("facts are JSON");
            prop_assert_eq!(&serde_json::from_str::<Fact>(&json).expect("facts are read back"), &entry.fact);
        }
    }
}
