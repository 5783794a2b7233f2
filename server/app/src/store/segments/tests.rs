//! What both engines promise of segments.

use super::*;
use crate::store::contract::{a_series, an_event, engines, person};
use crate::store::{Db, events, people, series};
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_795_075_200_000_000);

pub async fn an_announced_event(db: &Db) -> (EventId, PersonId) {
    let mut tx = db.begin().await.unwrap();
    let editor = person("editor@press.example");
    people::insert(&mut tx, &editor, None, NOW).await.unwrap();
    let series = a_series("hop-bao");
    series::insert(&mut tx, &series, NOW).await.unwrap();
    let event = an_event(series.id, NOW);
    events::insert(&mut tx, &event, NOW).await.unwrap();
    tx.commit().await.unwrap();
    (event.id, editor.id)
}

fn said(event: EventId, start: i64, text: &str) -> NewSegment {
    NewSegment {
        id: Uuid::now_v7().into(),
        event,
        speaker: Some(Uuid::from_u128(7).into()),
        card: NameCard {
            name: "Lan Phạm".into(),
            ..NameCard::default()
        },
        kind: SegmentKind::Remarks,
        question: None,
        start: Timestamp(NOW.micros() + start),
        end: Timestamp(NOW.micros() + start + 5),
        language: "vi".into(),
        text: text.into(),
        origin: Origin::Machine,
        engine: Some("moonshine".into()),
        confidence: Some(0.25),
        take: None,
        author: None,
        at: NOW,
    }
}

#[tokio::test]
async fn segments_come_back_as_they_went_in_and_in_order_of_speaking() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let (event, _) = an_announced_event(&db).await;
        let mut tx = db.begin().await.unwrap();
        let later = insert_final(&mut tx, &said(event, 10, "Sau.")).await.unwrap().unwrap();
        let first = insert_final(&mut tx, &said(event, 0, "  Trước \n đó. "))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(first.text, "Trước đó.");
        assert!(
            insert_final(&mut tx, &said(event, 5, " \n ")).await.unwrap().is_none(),
            "no words, no segment"
        );
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        assert_eq!(of_event(&mut reader, event).await.unwrap(), [first.clone(), later]);
        assert_eq!(find(&mut reader, first.id).await.unwrap(), Some((event, first)));
        assert_eq!(find(&mut reader, Uuid::from_u128(1).into()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_revision_is_added_once_and_the_first_text_stays() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let (event, editor) = an_announced_event(&db).await;
        let mut tx = db.begin().await.unwrap();
        let segment = insert_final(&mut tx, &said(event, 0, "Fist.")).await.unwrap().unwrap();
        let content = Content {
            text: "First.".into(),
            ..segment.content()
        };
        let at = Timestamp(NOW.micros() + 1);
        let (id, author) = (segment.id, Some(editor));
        assert!(
            revise(&mut tx, id, 0, author, Reason::Recognition, at, &content)
                .await
                .unwrap()
        );
        assert!(
            !revise(&mut tx, id, 0, author, Reason::Recognition, at, &content)
                .await
                .unwrap(),
            "stale"
        );
        tx.commit().await.unwrap();

        let mut reader = db.read().await.unwrap();
        let history = revisions(&mut reader, id).await.unwrap();
        let texts: Vec<_> = history.iter().map(|revision| revision.content.text.as_str()).collect();
        assert_eq!(texts, ["Fist.", "First."]);
        assert_eq!((history[1].author, history[1].reason), (author, Reason::Recognition));
        let (_, now) = find(&mut reader, id).await.unwrap().unwrap();
        assert_eq!((now.revision, now.text.as_str()), (1, "First."));
        assert_eq!(revisions_since(&mut reader, event, Some(NOW)).await.unwrap().len(), 1);
        assert_eq!(revisions_since(&mut reader, event, None).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_segment_of_no_event_is_refused() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let mut tx = db.begin().await.unwrap();
        let lost = insert_final(&mut tx, &said(Uuid::from_u128(1).into(), 0, "Lost.")).await;
        assert!(matches!(lost, Err(StoreError::Dangling)), "{lost:?}");
    }
}
