//! The rules one by one, as people meet them.

use crate::{
    event::GroundRules,
    id::{EventId, PersonId, QuestionId, SeatId, SourceId},
    media::{Audience, SourceKind},
    person::{NameCard, Role},
    question::{Channel, QuestionDraft, QuestionState},
    room::{
        Actor, Room,
        command::{Command, Outcome, Refusal, Zone},
        fact::{Entry, Fact},
        may::Verb,
        minutes::MinuteTaker,
        outcomes::Outcomes,
        plan::{self, Published, Sources},
        sections::{self, Scene},
        view::{CaptionsState, ExchangeStep, Phase, Section, ViewClass},
    },
    text::Text,
    time::Timestamp,
    transcript::SegmentKind,
};
use uuid::Uuid;

pub(super) struct Briefing {
    pub room: Room,
    pub entries: Vec<Entry>,
    ids: u128,
}

pub(super) fn person(n: u128, role: Role) -> Actor {
    let outlet = (role == Role::Journalist).then(|| format!("Outlet {n}"));
    let card = NameCard {
        name: format!("Person {n}"),
        outlet,
        ..NameCard::default()
    };
    Actor {
        person: PersonId(Uuid::from_u128(n)),
        role,
        card,
    }
}

impl Briefing {
    pub fn new() -> Self {
        let mut briefing = Self {
            room: Room::new(EventId(Uuid::from_u128(1))),
            entries: Vec::new(),
            ids: 1000,
        };
        briefing.happen(
            None,
            vec![Fact::Convened {
                title: Text::in_one("en", "Regular briefing"),
                rules: GroundRules {
                    version: 1,
                    text: Text::default(),
                    follow_ups: 1,
                    exchange_seconds: 120,
                },
                caption_language: "en".to_owned(),
            }],
        );
        briefing
    }

    /// Chair, spokesperson and two journalists in the room, rules accepted, live.
    pub fn live() -> Self {
        let mut briefing = Self::new();
        for actor in [chair(), spokesperson(), mai(), claire()] {
            briefing.enter(&actor);
        }
        briefing.ok(&mai(), Command::AcceptRules { version: 1 });
        briefing.ok(&claire(), Command::AcceptRules { version: 1 });
        briefing.ok(&chair(), Command::GoLive);
        briefing
    }

    pub fn now(&self) -> Timestamp {
        Timestamp(1_000_000 * (self.entries.len() as i64 + 1))
    }

    pub fn happen(&mut self, actor: Option<PersonId>, facts: Vec<Fact>) {
        let at = self.now();
        for fact in facts {
            self.room.evolve(at, &fact);
            let number = self.entries.len() as u64 + 1;
            self.entries.push(Entry {
                number,
                at,
                actor,
                command: None,
                fact,
            });
        }
    }

    pub fn enter(&mut self, actor: &Actor) -> SeatId {
        let facts = self.room.enter(actor).expect("nobody was removed");
        self.happen(Some(actor.person), facts);
        SeatId::of(self.room.event(), actor.person)
    }

    pub fn drop_out(&mut self, actor: &Actor) {
        let facts = self.room.leave(SeatId::of(self.room.event(), actor.person));
        self.happen(None, facts);
    }

    pub fn give(&mut self, actor: &Actor, command: &Command) -> Result<Vec<Fact>, Refusal> {
        self.ids += 1;
        let facts = self.room.apply(self.now(), actor, command, Uuid::from_u128(self.ids))?;
        self.happen(Some(actor.person), facts.clone());
        Ok(facts)
    }

    pub fn ok(&mut self, actor: &Actor, command: Command) -> Option<QuestionId> {
        let facts = self
            .give(actor, &command)
            .unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"));
        Outcomes::done(&facts).question
    }

    pub fn refused(&mut self, actor: &Actor, command: Command) -> Refusal {
        self.give(actor, &command).expect_err("should be refused")
    }

    pub fn raise(&mut self, actor: &Actor) -> QuestionId {
        let raise = Command::RaiseHand {
            language: "en".to_owned(),
            topic: None,
        };
        self.ok(actor, raise).expect("a hand is a question")
    }

    pub fn state(&self, question: QuestionId) -> QuestionState {
        self.room.desk().question(question).expect("no question is lost").state
    }
}

pub(super) fn chair() -> Actor {
    person(10, Role::Chair)
}
fn spokesperson() -> Actor {
    person(11, Role::Spokesperson)
}
pub(super) fn officer() -> Actor {
    person(12, Role::Officer)
}
pub(super) fn mai() -> Actor {
    person(20, Role::Journalist)
}
pub(super) fn claire() -> Actor {
    person(21, Role::Journalist)
}

pub(super) fn draft(text: Option<&str>) -> QuestionDraft {
    QuestionDraft {
        topic: "Trade".to_owned(),
        language: "en".to_owned(),
        text: text.map(str::to_owned),
    }
}

#[test]
fn a_journalist_is_called_asks_follows_up_and_steps_down() {
    let mut b = Briefing::live();
    let hand = b.raise(&mai());
    assert_eq!(b.room.desk().place_of(mai().person), Some(1));
    b.ok(&chair(), Command::Call { question: hand });
    b.ok(&mai(), Command::Ready);
    b.ok(&chair(), Command::PutOnAir);
    assert_eq!(b.room.floor().on_air(), Some(SeatId::of(b.room.event(), mai().person)));
    b.ok(&chair(), Command::AllowFollowUp);
    assert_eq!(b.refused(&chair(), Command::AllowFollowUp), Refusal::NoFollowUpLeft);
    assert_eq!(
        b.room.floor().holder().map(|holder| holder.step),
        Some(ExchangeStep::FollowUp)
    );
    b.ok(
        &chair(),
        Command::StepDown {
            outcome: Outcome::Answered,
        },
    );
    assert_eq!(b.state(hand), QuestionState::Answered);
    assert!(b.room.floor().holder().is_none());
    assert_eq!(
        b.room.roster().of_person(mai().person).map(|seat| seat.zone),
        Some(Zone::Gallery)
    );
}

#[test]
fn hands_wait_in_the_order_they_were_raised_and_the_desk_may_change_it() {
    let mut b = Briefing::live();
    let (first, second) = (b.raise(&mai()), b.raise(&claire()));
    assert_eq!(b.room.desk().line(), [first, second]);
    b.enter(&officer());
    b.ok(
        &officer(),
        Command::List {
            question: second,
            before: Some(first),
        },
    );
    assert_eq!(b.room.desk().line(), [second, first]);
    let stays = Command::List {
        question: first,
        before: None,
    };
    assert_eq!(b.give(&officer(), &stays), Ok(Vec::new()));
    b.ok(
        &officer(),
        Command::Hold {
            question: second,
            reason: Some("to be checked".to_owned()),
        },
    );
    assert_eq!(b.room.desk().place_of(mai().person), Some(1));
    b.ok(&officer(), Command::Release { question: second });
    assert_eq!(b.state(second), QuestionState::Submitted);
}

#[test]
fn a_drop_keeps_place_floor_and_rules() {
    let mut b = Briefing::live();
    let (first, second) = (b.raise(&mai()), b.raise(&claire()));
    b.drop_out(&claire());
    assert_eq!(b.room.desk().line(), [first, second]);
    assert_eq!(
        b.refused(&chair(), Command::Call { question: second }),
        Refusal::AskerAbsent
    );
    b.enter(&claire());
    assert_eq!(b.room.desk().place_of(claire().person), Some(2));
    b.ok(&chair(), Command::Call { question: second });
    b.drop_out(&claire());
    assert_eq!(b.refused(&chair(), Command::PutOnAir), Refusal::AskerAbsent);
    b.enter(&claire());
    b.ok(&claire(), Command::Ready);
    b.ok(&chair(), Command::PutOnAir);
}

#[test]
fn somebody_sent_back_for_technical_trouble_is_next_again() {
    let mut b = Briefing::live();
    let (first, second) = (b.raise(&mai()), b.raise(&claire()));
    b.ok(&chair(), Command::Call { question: first });
    let answered = Command::StepDown {
        outcome: Outcome::Answered,
    };
    assert_eq!(b.refused(&chair(), answered), Refusal::WrongState);
    b.ok(
        &chair(),
        Command::StepDown {
            outcome: Outcome::Requeue,
        },
    );
    assert_eq!(b.room.desk().line(), [first, second]);
}

#[test]
fn withdrawing_while_called_frees_the_floor() {
    let mut b = Briefing::live();
    let hand = b.raise(&mai());
    b.ok(&chair(), Command::Call { question: hand });
    b.ok(&mai(), Command::LowerHand);
    assert_eq!(b.state(hand), QuestionState::Withdrawn);
    assert!(b.room.floor().holder().is_none() && b.room.desk().line().is_empty());
    assert_eq!(
        b.refused(&chair(), Command::Call { question: hand }),
        Refusal::WrongState
    );
}

#[test]
fn the_end_leaves_no_question_open() {
    let mut b = Briefing::live();
    let (hand, other) = (b.raise(&mai()), b.raise(&claire()));
    let written = b
        .ok(
            &claire(),
            Command::Submit {
                draft: draft(Some("Why?")),
            },
        )
        .expect("a question");
    b.ok(&chair(), Command::Call { question: hand });
    b.ok(&chair(), Command::End);
    for question in [hand, other, written] {
        assert_eq!(b.state(question), QuestionState::NotReached);
    }
    assert_eq!(
        b.refused(&mai(), Command::Submit { draft: draft(None) }),
        Refusal::QuestionsClosed
    );
    assert_eq!(b.refused(&chair(), Command::GoLive), Refusal::AlreadyEnded);
}

#[test]
fn questions_are_taken_before_the_doors_open_and_know_their_channel() {
    let mut b = Briefing::new();
    let slot = b
        .ok(&mai(), Command::Submit { draft: draft(None) })
        .expect("a question");
    let text = b
        .ok(
            &mai(),
            Command::Submit {
                draft: draft(Some("Why?")),
            },
        )
        .expect("a question");
    let channel = |b: &Briefing, question| b.room.desk().question(question).map(|question| question.channel);
    assert_eq!(channel(&b, slot), Some(Channel::SlotRequest));
    assert_eq!(channel(&b, text), Some(Channel::WrittenAdvance));
    let raise = Command::RaiseHand {
        language: "en".to_owned(),
        topic: None,
    };
    assert_eq!(b.refused(&mai(), raise.clone()), Refusal::NotLive);
    b.enter(&officer());
    b.ok(&officer(), Command::OpenDoors);
    b.enter(&mai());
    assert_eq!(b.refused(&mai(), raise), Refusal::RulesNotAccepted);
    assert_eq!(
        b.refused(&mai(), Command::AcceptRules { version: 7 }),
        Refusal::RulesChanged
    );
}

#[test]
fn texts_are_bounded_and_one_person_cannot_flood_the_desk() {
    let mut b = Briefing::new();
    assert_eq!(
        b.refused(
            &mai(),
            Command::Submit {
                draft: draft(Some("  "))
            }
        ),
        Refusal::Empty
    );
    let long = "a".repeat(4001);
    assert_eq!(
        b.refused(
            &mai(),
            Command::Submit {
                draft: draft(Some(&long))
            }
        ),
        Refusal::TooLong
    );
    for _ in 0..5 {
        b.ok(&mai(), Command::Submit { draft: draft(None) });
    }
    assert_eq!(
        b.refused(&mai(), Command::Submit { draft: draft(None) }),
        Refusal::TooManyQuestions
    );
}

#[test]
fn nobody_does_what_is_not_theirs() {
    let mut b = Briefing::live();
    let hand = b.raise(&mai());
    for command in [Command::GoOffRecord, Command::End, Command::Call { question: hand }] {
        assert_eq!(b.refused(&mai(), command.clone()), Refusal::NotAllowed);
        assert_eq!(b.refused(&spokesperson(), command), Refusal::NotAllowed);
    }
    assert_eq!(
        b.refused(&claire(), Command::Withdraw { question: hand }),
        Refusal::NoSuchQuestion
    );
    let own = SeatId::of(b.room.event(), chair().person);
    let remove = Command::Remove {
        seat: own,
        reason: "no".to_owned(),
    };
    assert_eq!(b.refused(&chair(), remove), Refusal::NotAllowed);
}

#[test]
fn the_removed_do_not_come_back_and_their_questions_are_answered_for() {
    let mut b = Briefing::live();
    let hand = b.raise(&mai());
    b.ok(&chair(), Command::Call { question: hand });
    let seat = SeatId::of(b.room.event(), mai().person);
    b.ok(
        &chair(),
        Command::Remove {
            seat,
            reason: "abuse".to_owned(),
        },
    );
    assert_eq!(b.state(hand), QuestionState::Declined);
    assert!(b.room.floor().holder().is_none());
    assert_eq!(b.room.enter(&mai()), Err(Refusal::NotAllowed));
    assert_eq!(
        b.refused(&mai(), Command::Submit { draft: draft(None) }),
        Refusal::NotAllowed
    );
}

#[test]
fn the_verb_of_a_command_is_its_name_on_the_wire() {
    let question = QuestionId(Uuid::nil());
    for command in [
        Command::Ready,
        Command::LowerHand,
        Command::PutOnAir,
        Command::Call { question },
    ] {
        let json = serde_json::to_value(&command).expect("commands are JSON");
        assert_eq!(json["do"], Verb::from(&command).name());
    }
    let typescript = crate::signal::typescript::typescript();
    for verb in Verb::ALL {
        assert!(typescript.contains(&format!("\"do\": \"{}\"", verb.name())), "{verb:?}");
    }
}

fn published(b: &Briefing) -> Sources {
    let camera = |actor: Actor, n| {
        let seat = SeatId::of(b.room.event(), actor.person);
        (
            SourceId(Uuid::from_u128(n)),
            Published {
                seat,
                kind: SourceKind::Camera,
                health: None,
            },
        )
    };
    let mut sources = Sources::from([camera(chair(), 1), camera(mai(), 2), camera(spokesperson(), 3)]);
    let screen = Published {
        kind: SourceKind::Screen,
        ..camera(spokesperson(), 4).1
    };
    sources.insert(SourceId(Uuid::from_u128(4)), screen);
    sources
}

fn source(n: u128) -> SourceId {
    SourceId(Uuid::from_u128(n))
}

#[test]
fn the_plan_follows_the_floor() {
    let mut b = Briefing::live();
    let sources = published(&b);
    let hand = b.raise(&mai());
    b.ok(&chair(), Command::Call { question: hand });
    let plan = plan::derive(&b.room, &sources);
    assert_eq!(
        plan.programmes[&Audience::Floor].video,
        [source(4), source(3), source(1)]
    );
    assert_eq!(
        plan.programmes[&Audience::Chair].video,
        [source(4), source(3), source(1), source(2)]
    );
    assert!(
        !plan.programmes[&Audience::Chair].audio.contains(&source(2)),
        "the side room is seen, not heard"
    );
    let chair_seat = SeatId::of(b.room.event(), chair().person);
    assert_eq!(plan.audiences[&chair_seat], Audience::Chair);

    b.ok(&chair(), Command::PutOnAir);
    b.ok(&chair(), Command::Mute { seat: chair_seat });
    let plan = plan::derive(&b.room, &sources);
    assert_eq!(
        plan.programmes[&Audience::Floor].audio,
        [source(4), source(2), source(3), source(1)]
    );
    assert_eq!(plan.tapped, plan.programmes[&Audience::Floor].video);
    assert_eq!(plan.muted, [source(1)]);

    b.ok(&chair(), Command::GoOffRecord);
    let plan = plan::derive(&b.room, &sources);
    assert!(plan.tapped.is_empty() && !plan.programmes[&Audience::Floor].video.is_empty());
}

#[test]
fn the_green_room_is_not_heard_by_the_floor() {
    let mut b = Briefing::new();
    for actor in [chair(), spokesperson(), mai()] {
        b.enter(&actor);
    }
    b.ok(&chair(), Command::OpenDoors);
    let plan = plan::derive(&b.room, &published(&b));
    let seat = |actor: Actor| SeatId::of(b.room.event(), actor.person);
    assert!(plan.programmes[&Audience::Floor].video.is_empty() && plan.tapped.is_empty());
    assert_eq!(plan.audiences[&seat(mai())], Audience::Floor);
    assert_eq!(plan.audiences[&seat(spokesperson())], Audience::Backstage);
    assert_eq!(plan.audiences[&seat(chair())], Audience::Backstage);
    assert_eq!(
        plan.programmes[&Audience::Backstage].audio,
        [source(4), source(3), source(1)]
    );
}

#[test]
fn views_hold_what_their_class_may_see() {
    let mut b = Briefing::live();
    b.ok(
        &claire(),
        Command::Submit {
            draft: draft(Some("a secret question")),
        },
    );
    b.raise(&mai());
    let (sources, captions) = (published(&b), CaptionsState::Manual);
    let scene = Scene {
        sources: &sources,
        captions: &captions,
    };
    let json = |class| {
        let mut sections = sections::prompt(&b.room, scene, class);
        sections.extend(sections::gathered(&b.room, scene, class));
        serde_json::to_string(&sections).expect("sections are JSON")
    };
    assert!(json(ViewClass::Team).contains("a secret question"));
    assert!(!json(ViewClass::Floor).contains("a secret question"));
    assert!(json(ViewClass::Floor).contains("Outlet 20"));

    let me = sections::me(&b.room, SeatId::of(b.room.event(), mai().person)).expect("a seat");
    assert_eq!((me.place, me.hand_raised), (Some(1), true));
    assert!(me.may.iter().any(|verb| verb == "lower_hand") && !me.may.iter().any(|verb| verb == "raise_hand"));
}

#[test]
fn the_floor_sees_no_stage_before_it_is_live() {
    let mut b = Briefing::new();
    b.enter(&chair());
    b.enter(&spokesperson());
    let seat = SeatId::of(b.room.event(), spokesperson().person);
    b.ok(&chair(), Command::Move { seat, to: Zone::Stage });
    let (sources, captions) = (published(&b), CaptionsState::Manual);
    let scene = Scene {
        sources: &sources,
        captions: &captions,
    };
    let on_stage = |class| {
        let sections = sections::prompt(&b.room, scene, class);
        sections.into_iter().find_map(|section| match section {
            Section::Stage(stage) => Some(stage.seats.len()),
            _ => None,
        })
    };
    assert_eq!(
        (on_stage(ViewClass::Floor), on_stage(ViewClass::Team)),
        (Some(0), Some(1))
    );
    assert_eq!(b.room.record().phase(), Phase::Closed);
}

#[test]
fn minutes_tell_questions_from_answers_and_announcements() {
    let mut b = Briefing::live();
    b.ok(
        &spokesperson(),
        Command::StartAnnouncement {
            title: "Visit".to_owned(),
        },
    );
    let announced = b.now();
    let hand = b.raise(&mai());
    b.ok(&chair(), Command::Call { question: hand });
    b.ok(&chair(), Command::PutOnAir);
    let asked = b.now();
    let minutes = MinuteTaker::of(&b.entries);
    let judge = |actor: Actor, at: Timestamp| minutes.judge(actor.person, at, at);
    assert_eq!(judge(spokesperson(), announced), (SegmentKind::Announcement, None));
    assert_eq!(judge(mai(), asked), (SegmentKind::Question, Some(hand)));
    assert_eq!(judge(spokesperson(), asked), (SegmentKind::Answer, Some(hand)));
    assert_eq!(judge(chair(), asked).0, SegmentKind::Procedure);
}

#[test]
fn a_lost_spokesperson_raises_an_alarm_until_they_are_back() {
    let mut b = Briefing::live();
    b.drop_out(&spokesperson());
    assert!(b.room.alarms().stands("spokesperson_lost"));
    b.enter(&spokesperson());
    assert!(b.room.alarms().is_empty());
}

#[test]
fn a_command_is_remembered_across_a_restart() {
    let mut b = Briefing::live();
    let hand = b.raise(&mai());
    let command = crate::id::CommandId(Uuid::from_u128(77));
    let last = b.entries.len();
    for entry in &mut b.entries[last - 2..] {
        entry.command = Some(command);
    }
    let outcomes = Outcomes::replay(&b.entries);
    assert_eq!(
        outcomes.get(mai().person, command).and_then(|done| done.question),
        Some(hand)
    );
    assert_eq!(outcomes.get(claire().person, command), None);
}
