use crate::http::testing::{Browser, House, registration_body};
use axum::http::StatusCode;
use rostrum_domain::person::Role;
use serde_json::{Value, json};

/// An accredited journalist of this event.
async fn journalist<'h>(house: &'h House, officer: &Browser<'_>, event: &str, email: &str) -> Browser<'h> {
    let visitor = house.visitor();
    let path = format!("/events/{event}/registrations");
    visitor
        .post(&path, registration_body(email))
        .await
        .expect(StatusCode::ACCEPTED);
    let token = house.token_for(email).await;
    visitor
        .post("/registrations/confirm", json!({"token": token}))
        .await
        .expect(StatusCode::OK);
    let waiting = officer
        .get(&format!("{path}?state=pending"))
        .await
        .expect(StatusCode::OK)
        .json;
    let waiting = waiting["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["email"] == email)
        .unwrap()
        .clone();
    let decision = format!("/registrations/{}/decision", waiting["id"].as_str().unwrap());
    let tag = format!("\"{}\"", waiting["version"]);
    let approve = json!({"decision": "approve"});
    officer
        .send("POST", &decision, Some(approve), &[("if-match", &tag)])
        .await
        .expect(StatusCode::OK);
    let token = house.token_for(email).await;
    let cookie = visitor
        .post("/join", json!({"token": token}))
        .await
        .expect(StatusCode::OK)
        .cookie();
    Browser {
        cookie: Some(cookie),
        ..visitor
    }
}

fn draft(topic: &str) -> Value {
    json!({"topic": topic, "language": "en", "text": "When will the talks begin?"})
}

#[tokio::test]
async fn a_question_before_the_event_reaches_the_desk_once() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, event) = house.announced(&officer).await;
    let mai = journalist(&house, &officer, &event, "mai@xinwen.example").await;
    let path = format!("/events/{event}/questions");
    let send = async || {
        mai.send("POST", &path, Some(draft("Talks")), &[("idempotency-key", "q1")])
            .await
    };
    let first = send().await.expect(StatusCode::CREATED);
    assert_eq!(send().await.expect(StatusCode::CREATED).id(), first.id());
    let desk = officer.get(&path).await.expect(StatusCode::OK).json;
    assert_eq!(desk["questions"].as_array().unwrap().len(), 1);
    assert_eq!(desk["questions"][0]["card"]["outlet"], "Xinwen Daily");
    assert_eq!(desk["totals"]["received"], 1);
    let mine = mai.get("/me/questions").await.expect(StatusCode::OK).json;
    assert_eq!(
        (&mine["items"][0]["state"], &mine["items"][0]["event"]),
        (&json!("submitted"), &json!(event))
    );
}

#[tokio::test]
async fn one_takes_back_ones_own_question_and_nobody_elses() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, event) = house.announced(&officer).await;
    let mai = journalist(&house, &officer, &event, "mai@xinwen.example").await;
    let claire = journalist(&house, &officer, &event, "claire@lejour.example").await;
    let asked = mai
        .post(&format!("/events/{event}/questions"), draft("Talks"))
        .await
        .expect(StatusCode::CREATED);
    let withdraw = format!("/questions/{}/withdraw", asked.id());
    claire
        .post(&withdraw, json!({}))
        .await
        .problem(StatusCode::NOT_FOUND, "not-found");
    assert_eq!(
        mai.post(&withdraw, json!({})).await.expect(StatusCode::OK).json["state"],
        "withdrawn"
    );
    let again = mai.post(&withdraw, json!({})).await;
    assert!(again.status.is_client_error(), "{}", again.status);
}

#[tokio::test]
async fn questions_in_advance_close_when_the_programme_says_and_only_for_the_accredited() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, event) = house.announced(&officer).await;
    let (_, other) = house.announced(&officer).await;
    let mai = journalist(&house, &officer, &event, "mai@xinwen.example").await;
    mai.post(&format!("/events/{other}/questions"), draft("Talks"))
        .await
        .problem(StatusCode::FORBIDDEN, "forbidden");
    let empty = mai.post(&format!("/events/{event}/questions"), draft("  ")).await;
    assert!(empty.status.is_client_error(), "{}", empty.status);
    house.pass(24 * 3600);
    mai.post(&format!("/events/{other}/questions"), draft("Talks"))
        .await
        .problem(StatusCode::FORBIDDEN, "forbidden");
}

#[tokio::test]
async fn the_desk_declines_with_a_reason_the_asker_reads() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, event) = house.announced(&officer).await;
    let mai = journalist(&house, &officer, &event, "mai@xinwen.example").await;
    let asked = mai
        .post(&format!("/events/{event}/questions"), draft("Talks"))
        .await
        .expect(StatusCode::CREATED);
    let command = json!({"id": uuid::Uuid::from_u128(1), "command": {"do": "decline", "question": asked.id(), "reason": "Answered last week"}});
    let path = format!("/events/{event}/commands");
    let done = officer.post(&path, command.clone()).await.expect(StatusCode::OK).json;
    assert_eq!(done["refused"], Value::Null);
    assert_eq!(
        officer.post(&path, command).await.expect(StatusCode::OK).json["refused"],
        Value::Null,
        "sent twice, done once"
    );
    let mine = mai.get("/me/questions").await.expect(StatusCode::OK).json;
    assert_eq!(mine["items"][0]["reason"], "Answered last week");
    mai.post(
        &path,
        json!({"id": uuid::Uuid::from_u128(2), "command": {"do": "go_live"}}),
    )
    .await
    .expect(StatusCode::FORBIDDEN);
}
