use super::*;
use crate::{
    config::{Smtp, SmtpSecurity},
    http::testing::{House, START},
    mail::{Reader, Template, write},
    store::mail::{MailState, page},
};
use std::net::TcpListener;
use uuid::Uuid;

/// A house whose mail server is down.
async fn with_mail_server_down() -> House {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    House::with(|config| {
        config.smtp = Some(Smtp {
            host: "127.0.0.1".into(),
            port: Some(port),
            security: SmtpSecurity::None,
            username: None,
            password: None,
            password_file: None,
            from: "Press <press@house.example>".into(),
        });
    })
    .await
}

#[tokio::test]
async fn a_letter_is_tried_again_with_growing_pauses_and_given_up_in_plain_sight() {
    let house = with_mail_server_down().await;
    let app = &house.app;
    let mut tx = app.db.begin().await.unwrap();
    let to = Reader {
        name: "Mai",
        email: "mai@xinwen.example",
        language: "vi",
    };
    write(app, &mut tx, Template::SignIn, to, &[("link", "l"), ("minutes", "20")])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let state = async || {
        let outbox = page(&mut app.db.read().await.unwrap(), "~", 10).await.unwrap();
        (outbox[0].state, outbox[0].error.is_some())
    };
    assert_eq!(state().await, (MailState::Queued, false));
    assert_eq!(run_due(app).await.unwrap(), 1);
    assert_eq!(state().await, (MailState::Queued, true));
    assert_eq!(run_due(app).await.unwrap(), 0, "not at once again");
    let mut tries = 1;
    while state().await.0 == MailState::Queued {
        house.pass(3600);
        tries += run_due(app).await.unwrap();
        assert!(tries < 100, "it is never given up");
    }
    assert_eq!(state().await, (MailState::Failed, true));
    assert!(tries >= 5, "an hour without a mail server is survived");
    house.pass(24 * 3600);
    assert_eq!(run_due(app).await.unwrap(), 0);
}

#[tokio::test]
async fn a_job_whose_subject_has_vanished_is_done() {
    let house = with_mail_server_down().await;
    let mut tx = house.app.db.begin().await.unwrap();
    let payload = serde_json::json!({"mail": Uuid::from_u128(9)});
    enqueue(&house.app, &mut tx, Kind::SendMail, &payload).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(run_due(&house.app).await.unwrap(), 1);
    house.pass(24 * 3600);
    assert_eq!(run_due(&house.app).await.unwrap(), 0);
}

#[tokio::test]
async fn a_job_of_a_later_version_waits_and_hurts_nobody() {
    let house = House::new().await;
    let mut tx = house.app.db.begin().await.unwrap();
    store::jobs::enqueue(&mut tx, Uuid::from_u128(1), "from_the_future", "{}", None, START)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(run_due(&house.app).await.unwrap(), 1);
    assert_eq!(
        store::jobs::depth(&mut house.app.db.read().await.unwrap())
            .await
            .unwrap(),
        (1, 0)
    );
}
