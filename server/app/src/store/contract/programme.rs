//! Series, numbers and events.

use super::{NOW, a_series, an_event, engines, later};
use crate::store::{
    StoreError, events,
    series::{self, Series},
};
use rostrum_domain::event::EventState;
use std::collections::BTreeSet;
use uuid::Uuid;

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
