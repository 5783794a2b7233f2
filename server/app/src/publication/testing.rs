//! A briefing that was held, for tests: its people, its programme, its journal and its words, on a real database.

use crate::{
    App,
    clock::ManualClock,
    config::Config,
    publication::{self, programme},
    store::{
        Conn, editions,
        editions::StoredEdition,
        events::{self, Event},
        journal, people,
        people::Person,
        segments::{self, NewSegment},
        series::{self, Series},
    },
    transcript::{self, Hand},
};
use rostrum_domain::{
    event::{AskerPolicy, Attendance, EventState, GroundRules},
    id::{EventId, PersonId, QuestionId, SeatId, SegmentId, SeriesId},
    person::{NameCard, Role},
    question::{Channel, QuestionDraft},
    room::{
        command::Outcome,
        fact::{Entry, Fact},
    },
    text::Text,
    time::Timestamp,
    transcript::{Edit, Origin, Reason, Segment, SegmentKind},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use uuid::Uuid;

/// 2026-11-19T08:00:00Z
pub const START: Timestamp = Timestamp(1_795_075_200_000_000);

pub struct Briefing {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub folder: tempfile::TempDir,
    pub event: EventId,
    pub series: SeriesId,
    pub editor: PersonId,
    pub reviewer: PersonId,
    pub spokesperson: PersonId,
    pub journalist: PersonId,
    pub question: QuestionId,
}

pub fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}

/// `seconds` after the start.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp(START.micros() + seconds * 1_000_000)
}

impl Briefing {
    /// Announced as number 1 of 2026, an hour before it begins.
    pub async fn announced() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp(START.micros() - 3_600_000_000)));
        let app = App::assemble(Config::for_test(folder.path()), clock.clone())
            .await
            .unwrap();
        let briefing = Self {
            app,
            clock,
            folder,
            event: id(1),
            series: id(2),
            editor: id(11),
            reviewer: id(12),
            spokesperson: id(13),
            journalist: id(14),
            question: id(21),
        };
        briefing.people().await;
        briefing.programme().await;
        briefing
    }

    /// Over: an announcement, one exchange, a remark off the microphone list, and the record pending.
    pub async fn held() -> Self {
        let briefing = Self::announced().await;
        briefing.journal().await;
        briefing.clock.advance(Duration::from_secs(3_600 + 200));
        let mut tx = briefing.app.db.begin().await.unwrap();
        let (spokesperson, journalist) = (briefing.spokesperson, briefing.journalist);
        for (n, by, from, to, text) in [
            (31, spokesperson, 2, 8, "Good afternoon, we announce a visit."),
            (32, journalist, 21, 27, "What about the fishing grounds?"),
            (33, spokesperson, 28, 38, "Viet Nam respects international law."),
            (34, spokesperson, 40, 44, "Secretword must not be published."),
        ] {
            segments::insert_final(&mut tx, &briefing.said(n, by, from, to, text))
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        crate::jobs::run_due(&briefing.app).await.unwrap();
        briefing
    }

    /// Held, edited, handed in and released by somebody else.
    pub async fn published() -> (Self, StoredEdition) {
        let briefing = Self::held().await;
        briefing.strike(34).await;
        briefing.submit(None).await.unwrap();
        let edition = briefing.release(briefing.reviewer).await.unwrap();
        (briefing, edition)
    }

    pub async fn edit(&self, n: u128, text: &str, reason: Reason) -> Segment {
        self.clock.advance(Duration::from_secs(1));
        let mut tx = self.app.db.begin().await.unwrap();
        let edit = Edit {
            text: Some(text.into()),
            ..Edit::default()
        };
        let hand = self.hand(&mut tx, n).await;
        let segment = transcript::edit(&mut tx, id(n), hand, &edit, reason).await.unwrap();
        tx.commit().await.unwrap();
        segment
    }

    pub async fn strike(&self, n: u128) {
        self.clock.advance(Duration::from_secs(1));
        let mut tx = self.app.db.begin().await.unwrap();
        let hand = self.hand(&mut tx, n).await;
        transcript::strike(&mut tx, id(n), hand).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn submit(&self, correction: Option<Text>) -> Result<(), publication::ReleaseError> {
        self.clock.advance(Duration::from_secs(1));
        let mut tx = self.app.db.begin().await.unwrap();
        publication::submit(&self.app, &mut tx, self.event, self.editor, correction).await?;
        tx.commit().await.unwrap();
        Ok(())
    }

    pub async fn release(&self, by: PersonId) -> Result<StoredEdition, publication::ReleaseError> {
        self.clock.advance(Duration::from_secs(1));
        let mut tx = self.app.db.begin().await.unwrap();
        let edition = publication::release(&self.app, &mut tx, self.event, by).await?;
        tx.commit().await.unwrap();
        Ok(edition)
    }

    pub async fn segments(&self) -> Vec<Segment> {
        segments::of_event(&mut self.app.db.read().await.unwrap(), self.event)
            .await
            .unwrap()
    }

    pub async fn edition(&self, number: Option<u32>) -> Option<StoredEdition> {
        editions::get(&mut self.app.db.read().await.unwrap(), self.event, number)
            .await
            .unwrap()
    }

    pub async fn set_policy(&self, policy: AskerPolicy) {
        let mut tx = self.app.db.begin().await.unwrap();
        let mut series = series::by_id(&mut tx, self.series).await.unwrap().unwrap();
        series.asker_policy = policy;
        assert!(series::update(&mut tx, &series, self.app.now()).await.unwrap());
        tx.commit().await.unwrap();
    }

    pub fn said(&self, n: u128, by: PersonId, from: i64, to: i64, text: &str) -> NewSegment {
        NewSegment {
            id: id::<SegmentId>(n),
            event: self.event,
            speaker: Some(by),
            card: self.card(by),
            kind: SegmentKind::Remarks,
            question: None,
            start: at(from),
            end: at(to),
            language: "en".into(),
            text: text.into(),
            origin: Origin::Machine,
            engine: Some("moonshine-base".into()),
            confidence: Some(0.9),
            take: None,
            author: None,
            at: at(to + 1),
        }
    }

    async fn hand(&self, conn: &mut Conn, n: u128) -> Hand {
        let (_, segment) = segments::find(conn, id(n)).await.unwrap().unwrap();
        Hand {
            by: self.editor,
            at: self.app.now(),
            seen: i64::from(segment.revision),
        }
    }

    fn card(&self, person: PersonId) -> NameCard {
        if person == self.journalist {
            NameCard {
                name: "Mai Trần".into(),
                outlet: Some("Xinwen Daily".into()),
                office: None,
                country: Some("VN".into()),
                medium: None,
            }
        } else {
            NameCard {
                name: "Lan Phạm".into(),
                office: Some("Spokesperson".into()),
                ..NameCard::default()
            }
        }
    }

    async fn people(&self) {
        let mut tx = self.app.db.begin().await.unwrap();
        for (person, name) in [
            (self.editor, "Editor"),
            (self.reviewer, "Reviewer"),
            (self.spokesperson, "Lan Phạm"),
            (self.journalist, "Mai Trần"),
        ] {
            let email = format!("{}@demo.example", person);
            let person = Person {
                id: person,
                name: name.into(),
                email,
                language: "en".into(),
                staff: true,
                disabled: false,
                version: 1,
            };
            people::insert(&mut tx, &person, None, self.app.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn programme(&self) {
        let now = self.app.now();
        let mut tx = self.app.db.begin().await.unwrap();
        let rules = GroundRules {
            version: 1,
            text: Text::in_one("en", "One question, one follow-up."),
            follow_ups: 1,
            exchange_seconds: 180,
        };
        let series = Series {
            id: self.series,
            slug: "hop-bao".into(),
            name: Text(BTreeMap::from([
                ("vi".into(), "Họp báo thường kỳ".into()),
                ("en".into(), "Regular press briefing".into()),
            ])),
            languages: vec!["vi".into(), "en".into()],
            zone: "Asia/Ho_Chi_Minh".into(),
            cadence: "every second Thursday".into(),
            numbering: Default::default(),
            asker_policy: AskerPolicy::NameAndOutlet,
            rules: rules.clone(),
            caption_language: "en".into(),
            retention_days: None,
            version: 1,
        };
        series::insert(&mut tx, &series, now).await.unwrap();
        let event = Event {
            id: self.event,
            series: self.series,
            number: Some(1),
            year: Some(2026),
            title: Text(BTreeMap::from([
                ("vi".into(), "Họp báo tháng Mười Một".into()),
                ("en".into(), "November briefing".into()),
            ])),
            description: Text::in_one("en", "On the <visit> & more."),
            starts_at: START,
            ends_at: at(3_600),
            zone: "Asia/Ho_Chi_Minh".into(),
            languages: vec!["vi".into(), "en".into()],
            caption_language: "en".into(),
            rules,
            attendance: Attendance::Mixed,
            registration_closes_at: at(-600),
            questions_close_at: at(-300),
            state: EventState::Announced,
            cancel_reason: None,
            announced_at: Some(now),
            version: 1,
        };
        events::insert(&mut tx, &event, now).await.unwrap();
        let draft = Event {
            id: id(3),
            number: None,
            year: None,
            announced_at: None,
            state: EventState::Draft,
            title: Text::in_one("en", "Draftword is not announced"),
            ..event
        };
        events::insert(&mut tx, &draft, now).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn journal(&self) {
        let (stage, side): (SeatId, SeatId) = (id(41), id(42));
        let (question, asker) = (self.question, self.journalist);
        let seat = |seat, person, role| Fact::SeatTaken {
            seat,
            person,
            role,
            card: self.card(person),
        };
        let draft = QuestionDraft {
            topic: "Fishing".into(),
            language: "en".into(),
            text: None,
        };
        let facts = [
            (
                -60,
                Fact::Convened {
                    title: Text::default(),
                    rules: GroundRules::default(),
                    caption_language: "en".into(),
                },
            ),
            (-50, seat(stage, self.spokesperson, Role::Spokesperson)),
            (-40, seat(side, asker, Role::Journalist)),
            (
                -30,
                Fact::Submitted {
                    question,
                    asker,
                    card: self.card(asker),
                    channel: Channel::WrittenAdvance,
                    draft,
                },
            ),
            (-20, Fact::DoorsOpened),
            (-10, Fact::Listed { question, position: 0 }),
            (0, Fact::WentLive),
            (
                1,
                Fact::AnnouncementStarted {
                    title: "The visit".into(),
                },
            ),
            (9, Fact::AnnouncementEnded),
            (10, Fact::Called { question, seat: side }),
            (20, Fact::OnAir { question, seat: side }),
            (
                45,
                Fact::SteppedDown {
                    question,
                    seat: side,
                    outcome: Outcome::Answered,
                },
            ),
            (60, Fact::Ended),
        ];
        let entries: Vec<Entry> = facts
            .into_iter()
            .zip(1..)
            .map(|((seconds, fact), number)| Entry {
                number,
                at: at(seconds),
                actor: None,
                command: None,
                fact,
            })
            .collect();
        let mut tx = self.app.db.begin().await.unwrap();
        journal::append(&mut tx, self.event, &entries).await.unwrap();
        events::set_state(&mut tx, self.event, EventState::Ended, at(60))
            .await
            .unwrap();
        programme::room_ended(&mut tx, Uuid::from_u128(51), self.event, at(60))
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}
