//! What both engines promise, tried on both. A test that passes on one only is a bug in a query, not in the engine.

use super::{
    Db, StoreError, events, idempotency, jobs, mail, people,
    people::Person,
    registrations::{self, Registration, RegistrationState},
    series::{self, Numbering, Series},
    sessions::{self, Link, Purpose, Session, Via},
};
use rostrum_domain::{
    event::{AskerPolicy, Attendance, EventState, GroundRules},
    id::{EventId, SeriesId},
    person::Role,
    policy::{Held, Scope},
    text::Text,
    time::Timestamp,
};
use std::collections::BTreeSet;
use tempfile::TempDir;
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_773_302_400_000_000);

fn later(micros: i64) -> Timestamp {
    Timestamp(NOW.micros() + micros)
}

/// Both engines, empty and up to date.
pub(super) async fn engines() -> (TempDir, [Db; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite://{}", folder.path().join("test.sqlite").display());
    let postgres = rostrum_tests::postgres::fresh().await.unwrap();
    let [sqlite, postgres] = [Db::open(&sqlite).await.unwrap(), Db::open(&postgres).await.unwrap()];
    for db in [&sqlite, &postgres] {
        db.migrate().await.unwrap();
        db.migrate().await.unwrap();
    }
    (folder, [sqlite, postgres])
}

pub(super) fn person(email: &str) -> Person {
    let (name, language) = ("Trần Thị Mai".to_owned(), "vi".to_owned());
    Person {
        id: Uuid::now_v7().into(),
        name,
        email: email.into(),
        language,
        staff: true,
        disabled: false,
        version: 1,
    }
}

pub(super) fn a_series(slug: &str) -> Series {
    Series {
        id: Uuid::now_v7().into(),
        slug: slug.into(),
        name: Text::in_one("vi", "Họp báo"),
        languages: vec!["vi".into(), "en".into()],
        zone: "Asia/Ho_Chi_Minh".into(),
        cadence: String::new(),
        numbering: Numbering::PerYear,
        asker_policy: AskerPolicy::OutletOnly,
        rules: GroundRules::default(),
        caption_language: "vi".into(),
        retention_days: None,
        version: 1,
    }
}

pub(super) fn an_event(series: SeriesId, starts_at: Timestamp) -> events::Event {
    events::Event {
        id: Uuid::now_v7().into(),
        series,
        number: None,
        year: None,
        title: Text::in_one("en", "Briefing ‘quoted’ \"twice\""),
        description: Text::default(),
        starts_at,
        ends_at: starts_at,
        zone: "Europe/Paris".into(),
        languages: vec!["fr".into()],
        caption_language: "fr".into(),
        rules: GroundRules {
            version: 3,
            follow_ups: 2,
            exchange_seconds: 90,
            text: Text::in_one("fr", "Bref."),
        },
        attendance: Attendance::Mixed,
        registration_closes_at: starts_at,
        questions_close_at: starts_at,
        state: EventState::Draft,
        cancel_reason: None,
        announced_at: None,
        version: 1,
    }
}

fn a_registration(event: EventId, person: &Person, outlet: registrations::Outlet) -> Registration {
    Registration {
        id: Uuid::now_v7().into(),
        event,
        person: person.id,
        email: person.email.clone(),
        name: "Mai Trần".into(),
        outlet,
        language: "vi".into(),
        press_card: "P-1".into(),
        message: None,
        state: RegistrationState::Pending,
        reason: None,
        decided_by: None,
        decided_by_name: None,
        decided_at: None,
        created_at: NOW,
        version: 1,
    }
}

#[tokio::test]
async fn people_are_found_by_address_and_changed_by_version() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let mut tx = db.begin().await.unwrap();
        let mut mai = person("mai@example.org");
        people::insert(&mut tx, &mai, None, NOW).await.unwrap();
        assert_eq!(people::by_id(&mut tx, mai.id).await.unwrap(), Some(mai.clone()));
        assert_eq!(
            people::by_email(&mut tx, "mai@example.org").await.unwrap(),
            Some(mai.clone())
        );
        assert_eq!(people::by_email(&mut tx, "nobody@example.org").await.unwrap(), None);
        mai.disabled = true;
        assert!(people::update(&mut tx, &mai, NOW).await.unwrap());
        assert!(
            !people::update(&mut tx, &mai, NOW).await.unwrap(),
            "the version has moved on"
        );
        let known = people::find_or_insert(&mut tx, &person("mai@example.org"), NOW)
            .await
            .unwrap();
        assert_eq!((known.id, known.disabled, known.version), (mai.id, true, 2));
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let twin = people::insert(&mut tx, &person("mai@example.org"), None, NOW).await;
        assert!(matches!(twin, Err(StoreError::Conflict)), "{twin:?}");
    }
}

#[tokio::test]
async fn roles_are_held_once_each_and_accreditation_is_one_of_them() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let mut tx = db.begin().await.unwrap();
        let mai = person("mai@example.org");
        people::insert(&mut tx, &mai, None, NOW).await.unwrap();
        assert!(!people::any_admin(&mut tx).await.unwrap());
        let admin = Held {
            role: Role::Admin,
            scope: Scope::House,
        };
        people::grant(&mut tx, mai.id, admin, None, NOW).await.unwrap();
        people::grant(&mut tx, mai.id, admin, Some("Director"), NOW)
            .await
            .unwrap();
        assert!(people::any_admin(&mut tx).await.unwrap());

        let series = a_series("hop-bao");
        series::insert(&mut tx, &series, NOW).await.unwrap();
        let event = an_event(series.id, NOW);
        events::insert(&mut tx, &event, NOW).await.unwrap();
        let speaker = Held {
            role: Role::Speaker,
            scope: Scope::Event(event.id),
        };
        people::grant(&mut tx, mai.id, speaker, Some("Dean"), NOW)
            .await
            .unwrap();
        let outlet = registrations::outlet(&mut tx, Uuid::now_v7().into(), "Le  Jour", "FR", NOW)
            .await
            .unwrap();
        let mut registration = a_registration(event.id, &mai, outlet);
        assert!(registrations::insert(&mut tx, &registration, NOW).await.unwrap());
        assert!(
            !registrations::insert(&mut tx, &registration, NOW).await.unwrap(),
            "one person, one event, one registration"
        );
        assert_eq!(people::held(&mut tx, mai.id).await.unwrap(), [speaker, admin]);
        registration.state = RegistrationState::Approved;
        assert!(registrations::update(&mut tx, &registration, NOW).await.unwrap());
        let journalist = Held {
            role: Role::Journalist,
            scope: Scope::Event(event.id),
        };
        assert_eq!(
            people::held(&mut tx, mai.id).await.unwrap(),
            [journalist, speaker, admin]
        );
        assert_eq!(
            events::counts(&mut tx, event.id).await.unwrap(),
            events::Counts {
                pending: 0,
                approved: 1
            }
        );
        let team = people::team(&mut tx, event.id).await.unwrap();
        assert_eq!((team.len(), team[0].office.as_deref()), (1, Some("Dean")));
        assert!(people::revoke(&mut tx, mai.id, speaker).await.unwrap());
        assert!(!people::revoke(&mut tx, mai.id, speaker).await.unwrap());
    }
}

#[tokio::test]
async fn an_outlet_has_one_row_however_it_is_spelt() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let mut tx = db.begin().await.unwrap();
        let mut ids = BTreeSet::new();
        for name in ["Le Jour", "le  jour", "LE JOUR"] {
            ids.insert(
                registrations::outlet(&mut tx, Uuid::now_v7().into(), name, "FR", NOW)
                    .await
                    .unwrap()
                    .id,
            );
        }
        assert_eq!(ids.len(), 1);
        let elsewhere = registrations::outlet(&mut tx, Uuid::now_v7().into(), "Le Jour", "BE", NOW)
            .await
            .unwrap();
        assert!(!ids.contains(&elsewhere.id));
    }
}

#[tokio::test]
async fn what_is_written_is_read_back() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let mut tx = db.begin().await.unwrap();
        let series = Series {
            retention_days: Some(30),
            ..a_series("hop-bao")
        };
        series::insert(&mut tx, &series, NOW).await.unwrap();
        assert_eq!(series::by_id(&mut tx, series.id).await.unwrap(), Some(series.clone()));
        assert_eq!(series::by_slug(&mut tx, "hop-bao").await.unwrap(), Some(series.clone()));
        let event = an_event(series.id, NOW);
        events::insert(&mut tx, &event, NOW).await.unwrap();
        assert_eq!(events::by_id(&mut tx, event.id).await.unwrap(), Some(event.clone()));
        let announced = events::Event {
            number: Some(7),
            year: Some(2026),
            state: EventState::Announced,
            announced_at: Some(NOW),
            ..event
        };
        assert!(events::update(&mut tx, &announced, NOW).await.unwrap());
        let found = events::by_number(&mut tx, series.id, 2026, 7).await.unwrap().unwrap();
        assert_eq!(
            found,
            events::Event {
                version: 2,
                ..announced
            }
        );
        events::set_state(&mut tx, found.id, EventState::Live, NOW)
            .await
            .unwrap();
        let live = events::by_id(&mut tx, found.id).await.unwrap().unwrap();
        assert_eq!((live.state, live.version), (EventState::Live, 3));
    }
}

#[tokio::test]
async fn a_row_that_points_nowhere_is_refused() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let mut tx = db.begin().await.unwrap();
        let lost = events::insert(&mut tx, &an_event(Uuid::now_v7().into(), NOW), NOW).await;
        assert!(matches!(lost, Err(StoreError::Dangling)), "{lost:?}");
    }
}

#[tokio::test]
async fn numbers_given_at_once_have_neither_gap_nor_twin() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let series = a_series("hop-bao");
        let mut tx = db.begin().await.unwrap();
        series::insert(&mut tx, &series, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let give = |commits: bool| {
            let (db, id) = (db.clone(), series.id);
            async move {
                let mut tx = db.begin().await.unwrap();
                let number = series::next_number(&mut tx, id, 2026).await.unwrap();
                if commits {
                    tx.commit().await.unwrap();
                }
                commits.then_some(number)
            }
        };
        let given = futures::future::join_all((0..20).map(|n| give(n % 4 != 0))).await;
        let numbers: Vec<u32> = given
            .into_iter()
            .flatten()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        assert_eq!(numbers, (1..=15).collect::<Vec<_>>(), "what was undone left no gap");
    }
}

#[tokio::test]
async fn lists_go_on_exactly_where_they_stopped() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let mut tx = db.begin().await.unwrap();
        let series = a_series("hop-bao");
        series::insert(&mut tx, &series, NOW).await.unwrap();
        for n in 0..7 {
            // Two events each at the same time: the id decides.
            events::insert(&mut tx, &an_event(series.id, later(n / 2)), NOW)
                .await
                .unwrap();
        }
        let (mut seen, mut before) = (Vec::new(), None);
        loop {
            let page = events::page(&mut tx, &events::Filter::default(), before, 2)
                .await
                .unwrap();
            let Some(last) = page.last() else { break };
            before = Some((last.starts_at, last.id));
            seen.extend(page.iter().map(|event| (event.starts_at, event.id)));
        }
        let mut sorted = seen.clone();
        sorted.sort_by(|a, b| b.cmp(a));
        sorted.dedup();
        assert_eq!((seen.len(), &seen), (7, &sorted));
        let drafts = events::Filter {
            state: Some(EventState::Announced),
            ..events::Filter::default()
        };
        assert!(events::page(&mut tx, &drafts, None, 10).await.unwrap().is_empty());
        let public = events::Filter {
            public: true,
            ..events::Filter::default()
        };
        assert!(events::page(&mut tx, &public, None, 10).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_session_ends_by_time_by_hand_and_with_its_person() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let mut tx = db.begin().await.unwrap();
        let mut mai = person("mai@example.org");
        people::insert(&mut tx, &mai, None, NOW).await.unwrap();
        let session = |n: u128| Session {
            id: Uuid::from_u128(n).into(),
            person: mai.id,
            via: Via::Join,
            created_at: NOW,
            last_seen_at: NOW,
            expires_at: later(100),
        };
        for n in 1..=3 {
            sessions::insert(&mut tx, &session(n), &format!("hash{n}"))
                .await
                .unwrap();
        }
        assert_eq!(
            sessions::find(&mut tx, "hash1", later(99)).await.unwrap().unwrap().via,
            Via::Join
        );
        assert!(sessions::find(&mut tx, "hash1", later(100)).await.unwrap().is_none());
        sessions::prolong(&mut tx, session(1).id, later(50), later(200))
            .await
            .unwrap();
        assert!(sessions::find(&mut tx, "hash1", later(150)).await.unwrap().is_some());
        sessions::revoke(&mut tx, session(2).id, NOW).await.unwrap();
        assert!(sessions::find(&mut tx, "hash2", NOW).await.unwrap().is_none());
        assert!(sessions::find(&mut tx, "hash3", NOW).await.unwrap().is_some());
        mai.disabled = true;
        people::update(&mut tx, &mai, NOW).await.unwrap();
        assert!(sessions::find(&mut tx, "hash3", NOW).await.unwrap().is_none());
        sessions::sweep(&mut tx, later(1000)).await.unwrap();
    }
}

#[tokio::test]
async fn of_two_who_use_a_link_at_once_one_does() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let link = Link {
            purpose: Purpose::SignIn,
            person: None,
            registration: None,
            next: None,
            expires_at: Some(later(100)),
        };
        let mut tx = db.begin().await.unwrap();
        sessions::insert_link(&mut tx, &link, "hash", NOW).await.unwrap();
        assert!(
            sessions::find_link(&mut tx, "hash", Purpose::Join, NOW)
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            sessions::find_link(&mut tx, "hash", Purpose::SignIn, later(100))
                .await
                .unwrap()
                .is_none()
        );
        tx.commit().await.unwrap();
        let used = futures::future::join_all((0..8).map(|_| async {
            let mut tx = db.begin().await.unwrap();
            let used = sessions::use_link(&mut tx, "hash", Purpose::SignIn, NOW).await.unwrap();
            tx.commit().await.unwrap();
            used.is_some()
        }))
        .await;
        assert_eq!(used.into_iter().filter(|used| *used).count(), 1);
    }
}

#[tokio::test]
async fn a_job_is_taken_by_one_worker_again_after_a_death_and_in_order() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let mut tx = db.begin().await.unwrap();
        for (n, run_at) in [(1_u128, 20), (2, 10), (3, 1000)] {
            jobs::enqueue(&mut tx, Uuid::from_u128(n), "test", "{}", None, later(run_at))
                .await
                .unwrap();
        }
        for n in 4..6_u128 {
            jobs::enqueue(&mut tx, Uuid::from_u128(n), "test", "{}", Some("once"), later(30))
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        assert!(!jobs::any_due(&mut db.begin().await.unwrap(), NOW).await.unwrap());
        let taken = futures::future::join_all((0..8).map(|_| async {
            let mut tx = db.begin().await.unwrap();
            let job = jobs::claim(&mut tx, later(100), later(500)).await.unwrap();
            tx.commit().await.unwrap();
            job.map(|job| job.id.as_u128())
        }))
        .await;
        let mut taken: Vec<_> = taken.into_iter().flatten().collect();
        taken.sort_unstable();
        assert_eq!(taken, [1, 2, 4], "each once, the keyed one once, none before its time");
        let mut tx = db.begin().await.unwrap();
        jobs::enqueue(&mut tx, Uuid::from_u128(9), "test", "{}", Some("once"), later(30))
            .await
            .unwrap();
        jobs::done(&mut tx, Uuid::from_u128(1)).await.unwrap();
        jobs::failed(&mut tx, Uuid::from_u128(4), "no", None).await.unwrap();
        let again = jobs::claim(&mut tx, later(500), later(900)).await.unwrap().unwrap();
        assert_eq!((again.id.as_u128(), again.attempts), (2, 2), "its worker died");
        assert_eq!(
            jobs::claim(&mut tx, later(500), later(900))
                .await
                .unwrap()
                .unwrap()
                .id
                .as_u128(),
            9
        );
        assert_eq!(jobs::depth(&mut tx).await.unwrap(), (3, 1));
    }
}

#[tokio::test]
async fn a_key_is_claimed_once_and_given_back_when_undone() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let mut undone = db.begin().await.unwrap();
        assert_eq!(
            idempotency::claim(&mut undone, "me", "k", "hash", NOW).await.unwrap(),
            None
        );
        drop(undone);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(idempotency::claim(&mut tx, "me", "k", "hash", NOW).await.unwrap(), None);
        idempotency::answer(&mut tx, "me", "k", 201, "{\"id\":1}")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let seen = idempotency::claim(&mut tx, "me", "k", "other", NOW)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (seen.request_hash.as_str(), seen.status, seen.body.as_str()),
            ("hash", 201, "{\"id\":1}")
        );
        assert_eq!(
            idempotency::claim(&mut tx, "you", "k", "hash", NOW).await.unwrap(),
            None
        );
    }
}

#[tokio::test]
async fn the_outbox_keeps_sends_and_forgets() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let letter = |n: u128, state| mail::Mail {
            id: Uuid::from_u128(n),
            kind: "confirm".into(),
            to_name: "Mai".into(),
            to_email: "mai@example.org".into(),
            subject: "Xác nhận".into(),
            body: "…?token=abc".into(),
            state,
            error: None,
            created_at: NOW,
            sent_at: None,
        };
        let mut tx = db.begin().await.unwrap();
        for (n, state) in [
            (1, mail::MailState::Kept),
            (2, mail::MailState::Queued),
            (3, mail::MailState::Queued),
        ] {
            mail::insert(&mut tx, &letter(n, state)).await.unwrap();
        }
        mail::mark_sent(&mut tx, Uuid::from_u128(2), "gone", later(5))
            .await
            .unwrap();
        mail::mark_failed(&mut tx, Uuid::from_u128(3), "no such mailbox", false)
            .await
            .unwrap();
        let sent = mail::by_id(&mut tx, Uuid::from_u128(2)).await.unwrap().unwrap();
        assert_eq!(
            (sent.state, sent.body.as_str(), sent.sent_at),
            (mail::MailState::Sent, "gone", Some(later(5)))
        );
        mail::sweep(&mut tx, later(1)).await.unwrap();
        let left = mail::page(&mut tx, "~", 10).await.unwrap();
        assert_eq!(left.len(), 1, "what still has to be sent is not forgotten");
        assert_eq!(left[0].error.as_deref(), Some("no such mailbox"));
    }
}
