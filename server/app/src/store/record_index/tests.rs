//! What both engines promise of the index of the record.

use super::*;
use crate::store::{contract::engines, segments::tests::an_announced_event};

#[tokio::test]
async fn passages_are_found_by_every_word_and_by_fingerprints() {
    let (_folder, engines) = engines().await;
    for db in engines {
        let (event, _) = an_announced_event(&db).await;
        let said = "Việt Nam kiên quyết phản đối mọi hành vi xâm phạm chủ quyền";
        let mut tx = db.begin().await.unwrap();
        let first = first_id(&mut tx, 1_795_075_200).await.unwrap();
        assert_eq!(first, 1_795_075_200 << 20);
        for (place, (text, tokens)) in [
            (said, "viet nam kien quyet 0lvi"),
            ("Hello to all of you", "hello to all 0len"),
        ]
        .into_iter()
        .enumerate()
        {
            let passage = Passage {
                id: first + place as i64,
                event,
                edition: 1,
                superseded: false,
                path: "/hop-bao/2026/1".into(),
                anchor: (place == 0).then(|| "a1".into()),
                speaker: "Lan".into(),
                title: None,
                language: "vi".into(),
                pieces: vec![(1_000, text.into())],
            };
            insert(&mut tx, db.engine(), &passage, tokens).await.unwrap();
        }
        tx.commit().await.unwrap();
        let next = first_id(&mut db.begin().await.unwrap(), 1_795_075_200).await.unwrap();
        assert_eq!(next, first + 2);

        let mut reader = db.read().await.unwrap();
        let tokens = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        for (asked, before, hits) in [
            ("viet nam", None, 1),
            ("viet hello", None, 0),
            ("0lvi quyet", None, 1),
            ("quy", None, 0),
            ("viet", Some(first), 0),
            ("viet", Some(first + 1), 1),
        ] {
            let found = search(&mut reader, db.engine(), &tokens(asked), before, 10)
                .await
                .unwrap();
            assert_eq!(found.len(), hits, "{asked} on {:?}", db.engine());
        }
        assert_eq!(search(&mut reader, db.engine(), &[], None, 10).await.unwrap(), []);
        let quote = "kiên quyết phản đối mọi hành vi xâm phạm";
        let alike = alike(&mut reader, &quote::shingles(quote), 10).await.unwrap();
        assert_eq!(alike.len(), 1);
        assert_eq!(
            (alike[0].anchor.as_deref(), alike[0].text().as_str()),
            (Some("a1"), said)
        );
        assert_eq!(
            missing(&mut reader, 10).await.unwrap(),
            [],
            "no edition, nothing to index"
        );
        drop(reader);

        let mut tx = db.begin().await.unwrap();
        clear(&mut tx, event).await.unwrap();
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        assert_eq!(
            search(&mut reader, db.engine(), &tokens("viet"), None, 10)
                .await
                .unwrap(),
            []
        );
        let none = super::alike(&mut reader, &quote::shingles(quote), 10).await.unwrap();
        assert_eq!(none, []);
    }
}
