//! People, roles, accreditation, sign-ins and links.

use super::{NOW, a_registration, a_series, an_event, engines, later, person};
use crate::store::{
    StoreError, events, people,
    registrations::{self, RegistrationState},
    series,
    sessions::{self, Link, Purpose, Session, Via},
};
use rostrum_domain::{
    person::Role,
    policy::{Held, Scope},
};
use std::collections::BTreeSet;
use uuid::Uuid;

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
