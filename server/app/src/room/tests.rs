//! Rooms on a real database: what is told is stored, what is stored comes back, and each socket is told what is its own.

use super::{Link, QUEUE, RoomHandle};
use crate::{
    App,
    clock::SystemClock,
    config::Config,
    store::{events, journal, people, questions, segments, series},
};
use axum::extract::ws::Utf8Bytes;
use rostrum_domain::{
    event::{AskerPolicy, Attendance, EventState, GroundRules},
    id::{CommandId, EventId, PersonId, SeriesId},
    person::{NameCard, Role},
    question::{QuestionDraft, QuestionState},
    room::{
        Actor, Room,
        command::{Command, Outcome, Refusal},
        outcomes::Done,
        view::{Phase, Section},
    },
    signal::{Bye, ServerMessage},
    text::Text,
    time::Timestamp,
};
use std::{path::Path, sync::Arc};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

struct House {
    app: App,
    event: EventId,
    _folder: TempDir,
}

impl House {
    async fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let app = start(folder.path()).await;
        let event = EventId(Uuid::now_v7());
        plan(&app, event).await;
        Self {
            app,
            event,
            _folder: folder,
        }
    }

    /// As after a SIGKILL: another process opens the same data.
    async fn killed_and_started_again(self) -> Self {
        let app = start(self._folder.path()).await;
        Self { app, ..self }
    }

    async fn room(&self) -> RoomHandle {
        self.app.rooms.get(self.event).await.expect("the event exists")
    }

    async fn stored(&self) -> Room {
        let mut conn = self.app.db.read().await.expect("a connection");
        let entries = journal::entries(&mut conn, self.event).await.expect("the journal");
        Room::replay(self.event, &entries)
    }
}

async fn start(folder: &Path) -> App {
    App::assemble(Config::for_test(folder), Arc::new(SystemClock))
        .await
        .expect("an application")
}

async fn plan(app: &App, event: EventId) {
    let now = app.now();
    let rules = GroundRules {
        version: 1,
        text: Text::in_one("en", "Be brief."),
        follow_ups: 1,
        exchange_seconds: 90,
    };
    let mut tx = app.db.begin().await.expect("a transaction");
    let series = series::Series {
        id: SeriesId(Uuid::now_v7()),
        slug: "briefing".into(),
        name: Text::in_one("en", "Briefing"),
        languages: vec!["en".into()],
        zone: "Asia/Ho_Chi_Minh".into(),
        cadence: "weekly".into(),
        numbering: series::Numbering::PerYear,
        asker_policy: AskerPolicy::NameAndOutlet,
        rules: rules.clone(),
        caption_language: "en".into(),
        retention_days: None,
        version: 1,
    };
    series::insert(&mut tx, &series, now).await.expect("a series");
    let event = events::Event {
        id: event,
        series: series.id,
        number: None,
        year: None,
        title: Text::in_one("en", "Regular briefing"),
        description: Text::default(),
        starts_at: now,
        ends_at: now,
        zone: series.zone.clone(),
        languages: series.languages.clone(),
        caption_language: "en".into(),
        rules,
        attendance: Attendance::Online,
        registration_closes_at: now,
        questions_close_at: now,
        state: EventState::Announced,
        cancel_reason: None,
        announced_at: None,
        version: 1,
    };
    events::insert(&mut tx, &event, now).await.expect("an event");
    tx.commit().await.expect("committed");
}

fn person(n: u128, role: Role) -> Actor {
    let card = NameCard {
        name: format!("Person {n}"),
        ..NameCard::default()
    };
    Actor {
        person: PersonId(Uuid::from_u128(n)),
        role,
        card,
    }
}

fn chair() -> Actor {
    person(1, Role::Chair)
}

fn mai() -> Actor {
    person(20, Role::Journalist)
}

fn id(n: u128) -> Option<CommandId> {
    Some(CommandId(Uuid::from_u128(n)))
}

fn written(topic: &str) -> Command {
    let draft = QuestionDraft {
        topic: topic.into(),
        language: "en".into(),
        text: Some("Why?".into()),
    };
    Command::Submit { draft }
}

/// A socket's end of a link.
struct Device {
    messages: mpsc::Receiver<Utf8Bytes>,
    bye: oneshot::Receiver<Bye>,
    link: u64,
}

impl Device {
    async fn open(room: &RoomHandle, actor: Actor, resume: Option<u64>, link: u64) -> Self {
        let (out, messages) = mpsc::channel(QUEUE);
        let (bye, told) = oneshot::channel();
        room.enter(actor, resume, Link { id: link, out, bye })
            .await
            .expect("let in");
        Self {
            messages,
            bye: told,
            link,
        }
    }

    async fn hear(&mut self) -> ServerMessage {
        let text = self.messages.recv().await.expect("the room speaks");
        serde_json::from_str(&text).expect("a message")
    }

    async fn number(&mut self) -> u64 {
        loop {
            if let ServerMessage::Welcome { number, .. } | ServerMessage::Notice { number, .. } = self.hear().await {
                return number;
            }
        }
    }

    /// Until the room section says so.
    async fn until(&mut self, phase: Phase) -> u64 {
        loop {
            let (number, sections) = match self.hear().await {
                ServerMessage::Welcome { number, sections, .. } | ServerMessage::Notice { number, sections } => {
                    (number, sections)
                }
                _ => continue,
            };
            let reached = |section: &Section| matches!(section, Section::Room(room) if room.phase == phase);
            if sections.iter().any(reached) {
                return number;
            }
        }
    }
}

#[tokio::test]
async fn what_is_told_is_in_the_journal() {
    let house = House::new().await;
    let room = house.room().await;
    let done = room.command(mai(), id(1), written("Trade")).await;
    let question = done.question.expect("a question");
    assert_eq!(
        house.stored().await.desk().question(question).map(|q| q.topic.clone()),
        Some("Trade".to_owned())
    );

    let mut conn = house.app.db.read().await.expect("a connection");
    let (event, stored) = questions::find(&mut conn, question)
        .await
        .expect("read")
        .expect("there");
    assert_eq!((event, stored.state), (house.event, QuestionState::Submitted));
    room.command(mai(), id(2), Command::Withdraw { question }).await;
    let own = questions::of_person(&mut conn, mai().person).await.expect("read");
    assert_eq!(
        own.iter().map(|(_, q)| q.state).collect::<Vec<_>>(),
        [QuestionState::Withdrawn]
    );
}

#[tokio::test]
async fn a_command_sent_twice_happens_once_also_across_a_kill() {
    let house = House::new().await;
    let room = house.room().await;
    let first = room.command(mai(), id(1), written("Trade")).await;
    assert_eq!(room.command(mai(), id(1), written("Trade")).await, first);

    let house = house.killed_and_started_again().await;
    let room = house.room().await;
    assert_eq!(room.command(mai(), id(1), written("Trade")).await, first);
    assert_eq!(room.desk().await.expect("runs").questions.len(), 1);
    // Another person's id is not mine.
    let other = room
        .command(person(21, Role::Journalist), id(1), written("Trade"))
        .await;
    assert_ne!(other.question, first.question);
}

#[tokio::test]
async fn a_killed_server_comes_back_with_floor_line_and_phase() {
    let house = House::new().await;
    let room = house.room().await;
    let _chair = Device::open(&room, chair(), None, 1).await;
    let _mai = Device::open(&room, mai(), None, 2).await;
    let _claire = Device::open(&room, person(21, Role::Journalist), None, 3).await;
    let raise = || Command::RaiseHand {
        language: "en".into(),
        topic: None,
    };
    let mut n = 100;
    let mut give = async |actor: Actor, command| {
        n += 1;
        let done = room.command(actor, id(n), command).await;
        assert_eq!(done.refused, None);
        done.question
    };
    give(chair(), Command::GoLive).await;
    give(mai(), Command::AcceptRules { version: 1 }).await;
    give(person(21, Role::Journalist), Command::AcceptRules { version: 1 }).await;
    let hand = give(mai(), raise()).await.expect("a question");
    let next = give(person(21, Role::Journalist), raise()).await.expect("a question");
    give(chair(), Command::Call { question: hand }).await;
    give(chair(), Command::PutOnAir).await;
    let mut before = house.stored().await;

    let house = house.killed_and_started_again().await;
    let room = house.room().await;
    let (floor, line, phase) = room
        .look(|room| (room.floor().clone(), room.desk().line().to_vec(), room.record().phase()))
        .await
        .expect("runs");
    assert_eq!((&floor, &line[..], phase), (before.floor(), &[next][..], Phase::Live));

    let _mai = Device::open(&room, mai(), None, 4).await;
    let done = room
        .command(
            chair(),
            id(1),
            Command::StepDown {
                outcome: Outcome::Answered,
            },
        )
        .await;
    assert_eq!(done.refused, None);
    before = house.stored().await;
    assert_eq!(
        before.desk().question(hand).map(|q| q.state),
        Some(QuestionState::Answered)
    );
    let mut conn = house.app.db.read().await.expect("a connection");
    let event = events::by_id(&mut conn, house.event)
        .await
        .expect("read")
        .expect("there");
    assert_eq!(event.state, EventState::Live);
}

#[tokio::test]
async fn a_socket_that_dropped_gets_what_it_missed_and_no_more() {
    let house = House::new().await;
    let room = house.room().await;
    let mut mai_device = Device::open(&room, mai(), None, 1).await;
    let seen = mai_device.number().await;
    let seat = rostrum_domain::id::SeatId::of(house.event, mai().person);
    room.leave(seat, mai_device.link);
    room.command(chair(), id(1), Command::GoLive).await;

    let mut again = Device::open(&room, mai(), Some(seen), 2).await;
    let mut expected = seen;
    loop {
        match again.hear().await {
            ServerMessage::Notice { number, sections } => {
                expected += 1;
                assert_eq!(number, expected, "no gaps");
                if sections
                    .iter()
                    .any(|section| matches!(section, Section::Room(room) if room.phase == Phase::Live))
                {
                    break;
                }
            }
            other => panic!("{other:?} instead of what was missed"),
        }
    }
    // A number that this room never gave brings a snapshot.
    let mut stranger = Device::open(&room, person(22, Role::Journalist), Some(7), 3).await;
    assert!(matches!(stranger.hear().await, ServerMessage::Welcome { .. }));
}

#[tokio::test]
async fn the_second_device_takes_the_seat_and_the_late_goodbye_of_the_first_does_not_matter() {
    let house = House::new().await;
    let room = house.room().await;
    let first = Device::open(&room, mai(), None, 1).await;
    let mut second = Device::open(&room, mai(), None, 2).await;
    assert_eq!(first.bye.await, Ok(Bye::Replaced));
    let seat = rostrum_domain::id::SeatId::of(house.event, mai().person);
    room.leave(seat, first.link);
    assert_eq!(
        room.look(move |room| room.roster().seat(seat).map(|s| s.connected))
            .await,
        Some(Some(true))
    );
    room.command(chair(), id(1), Command::GoLive).await;
    second.until(Phase::Live).await;
}

#[tokio::test]
async fn the_removed_are_told_and_not_let_in_again() {
    let house = House::new().await;
    let room = house.room().await;
    let device = Device::open(&room, mai(), None, 1).await;
    let seat = rostrum_domain::id::SeatId::of(house.event, mai().person);
    let done = room
        .command(
            chair(),
            id(1),
            Command::Remove {
                seat,
                reason: "abuse".into(),
            },
        )
        .await;
    assert_eq!(done.refused, None);
    assert_eq!(device.bye.await, Ok(Bye::Removed));
    let (out, _messages) = mpsc::channel(QUEUE);
    let (bye, _told) = oneshot::channel();
    assert_eq!(
        room.enter(mai(), None, Link { id: 2, out, bye }).await,
        Err(Bye::Removed)
    );
}

#[tokio::test]
async fn whoever_does_not_read_is_let_go_and_costs_the_others_nothing() {
    let house = House::new().await;
    let room = house.room().await;
    let slow = Device::open(&room, mai(), None, 1).await;
    let mut quick = Device::open(&room, person(21, Role::Journalist), None, 2).await;
    for n in 0..QUEUE as u128 {
        let command = if n % 2 == 0 {
            Command::GoOffRecord
        } else {
            Command::GoOnRecord
        };
        assert_eq!(room.command(chair(), id(n + 10), command).await.refused, None);
        while quick.messages.try_recv().is_ok() {}
    }
    assert_eq!(slow.bye.await, Ok(Bye::TooSlow));
    room.command(chair(), id(1), Command::GoLive).await;
    quick.until(Phase::Live).await;
}

#[tokio::test]
async fn a_typed_caption_is_shown_and_stored_once() {
    let house = House::new().await;
    let room = house.room().await;
    let _spokesperson = Device::open(&room, person(11, Role::Spokesperson), None, 1).await;
    let mut viewer = Device::open(&room, mai(), None, 2).await;
    room.command(chair(), id(1), Command::GoLive).await;
    let captioner = || person(30, Role::Captioner);
    let account = people::Person {
        id: captioner().person,
        name: "Person 30".into(),
        email: "captioner@example.org".into(),
        language: "en".into(),
        staff: true,
        disabled: false,
        version: 1,
    };
    let mut tx = house.app.db.begin().await.expect("a transaction");
    people::insert(&mut tx, &account, None, house.app.now())
        .await
        .expect("a person");
    tx.commit().await.expect("committed");
    let typed = || Command::TypeCaption {
        seat: None,
        text: "Good afternoon.".into(),
        language: "vi".into(),
    };
    assert_eq!(room.command(captioner(), id(2), typed()).await, Done::default());
    let caption = loop {
        if let ServerMessage::Caption { caption } = viewer.hear().await {
            break caption;
        }
    };
    assert_eq!((caption.card.name.as_str(), caption.done), ("Person 11", true));

    let house = house.killed_and_started_again().await;
    let room = house.room().await;
    assert_eq!(room.command(captioner(), id(2), typed()).await.refused, None);
    let mut conn = house.app.db.read().await.expect("a connection");
    let stored = segments::of_event(&mut conn, house.event).await.expect("read");
    assert_eq!(stored.len(), 1);
    assert_eq!(
        (stored[0].text.as_str(), stored[0].language.as_str()),
        ("Good afternoon.", "vi")
    );

    room.command(chair(), id(3), Command::GoOffRecord).await;
    assert_eq!(
        room.command(captioner(), id(4), typed()).await.refused,
        Some(Refusal::WrongState)
    );
}

#[tokio::test]
async fn many_arrivals_are_few_notices() {
    let house = House::new().await;
    let room = house.room().await;
    let mut first = Device::open(&room, mai(), None, 1).await;
    let start = first.number().await;
    let mut others = Vec::new();
    for n in 0..200 {
        others.push(Device::open(&room, person(1000 + n, Role::Journalist), None, 10 + n as u64).await);
    }
    let people = loop {
        if let ServerMessage::Notice { number, sections } = first.hear().await
            && let Some(count) = sections.iter().find_map(|section| match section {
                Section::People(people) => Some(people.count),
                _ => None,
            })
            && count == 201
        {
            break number - start;
        }
    };
    assert!(people < 50, "{people} notices for 200 arrivals");
}

#[tokio::test]
async fn an_event_that_does_not_exist_has_no_room() {
    let house = House::new().await;
    assert!(house.app.rooms.get(EventId(Uuid::from_u128(9))).await.is_err());
    assert!(house.stored().await.record().title() == &Text::default());
    assert_eq!(
        Timestamp::default(),
        house.stored().await.record().live_since().unwrap_or_default()
    );
}
