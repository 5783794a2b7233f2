//! Jobs, repeated requests and the outbox.

use super::{NOW, engines, later};
use crate::store::{idempotency, jobs, mail};
use uuid::Uuid;

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
