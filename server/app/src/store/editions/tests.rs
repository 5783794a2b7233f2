//! What both engines promise of editions, desks and programme files.

use super::*;
use crate::store::{contract::engines, segments::tests::an_announced_event};
use rostrum_domain::{publication::Kept, text::Text};
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_795_075_200_000_000);

fn edition(event: EventId, number: u32, by: PersonId) -> StoredEdition {
    StoredEdition {
        id: Uuid::now_v7().into(),
        event,
        number,
        published_at: Timestamp(NOW.micros() + i64::from(number)),
        released_by: by,
        manifest: vec![0, 255, b'{', number as u8],
        content: "{\"Đ\":1}".as_bytes().to_vec(),
        manifest_sha256: "ab".repeat(32),
        signature: "cd".repeat(64),
        key_id: "0123456789abcdef".into(),
    }
}

#[tokio::test]
async fn editions_keep_their_very_bytes() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let (event, by) = an_announced_event(&db).await;
        let (first, second) = (edition(event, 1, by), edition(event, 2, by));
        let mut tx = db.begin().await.unwrap();
        insert(&mut tx, &first, &"ef".repeat(32)).await.unwrap();
        insert(&mut tx, &second, &"ef".repeat(32)).await.unwrap();
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        assert_eq!(get(&mut reader, event, Some(1)).await.unwrap(), Some(first.clone()));
        assert_eq!(
            get(&mut reader, event, None).await.unwrap(),
            Some(second.clone()),
            "the newest"
        );
        assert_eq!(get(&mut reader, event, Some(3)).await.unwrap(), None);
        assert_eq!(find(&mut reader, first.id).await.unwrap(), Some(first));
        let numbers: Vec<_> = list(&mut reader, event)
            .await
            .unwrap()
            .iter()
            .map(|head| head.number)
            .collect();
        assert_eq!(numbers, [2, 1]);
        let keys = keys(&mut reader).await.unwrap();
        assert_eq!((keys.len(), keys[0].first_used_at), (1, Timestamp(NOW.micros() + 1)));
        drop(reader);

        let mut tx = db.begin().await.unwrap();
        let again = insert(&mut tx, &edition(event, 2, by), "00").await;
        assert!(matches!(again, Err(StoreError::Conflict)), "a number is given once");
    }
}

#[tokio::test]
async fn a_desk_remembers_where_it_stands() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let (event, by) = an_announced_event(&db).await;
        let mut tx = db.begin().await.unwrap();
        assert_eq!(desk(&mut tx, event).await.unwrap(), Desk::default());
        lock_desk(&mut tx, event).await.unwrap();
        lock_desk(&mut tx, event).await.unwrap();
        let submitted = Desk {
            state: DeskState::Submitted { by, at: NOW },
            note: Some("Xem lại.".into()),
            correction: Some(Text::in_one("en", "One word.")),
            ..Desk::default()
        };
        save_desk(&mut tx, event, &submitted).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(desk(&mut db.read().await.unwrap(), event).await.unwrap(), submitted);
    }
}

#[tokio::test]
async fn the_programme_file_is_one_per_event() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let (event, _) = an_announced_event(&db).await;
        let pending = ProgrammeFile {
            state: ProgrammeState::Pending,
            media: None,
            timeline: Timeline::default(),
            error: None,
        };
        let kept = Kept {
            start: NOW,
            end: Timestamp(NOW.micros() + 1),
            at_ms: 0,
        };
        let failed = ProgrammeFile {
            state: ProgrammeState::Failed,
            timeline: Timeline(vec![kept]),
            error: Some("the disk is full".into()),
            ..pending.clone()
        };
        for file in [pending, failed] {
            let mut tx = db.begin().await.unwrap();
            save_programme(&mut tx, event, &file, NOW).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(
                programme(&mut db.read().await.unwrap(), event).await.unwrap(),
                Some(file)
            );
        }
    }
}
