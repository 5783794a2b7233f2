use crate::{
    http::testing::{Browser, House, registration_body},
    store::mail::MailState,
};
use axum::http::StatusCode;
use rostrum_domain::person::Role;
use serde_json::json;

const MAI: &str = "mai@xinwen.example";

async fn register(house: &House, event: &str, email: &str) {
    let path = format!("/events/{event}/registrations");
    let answer = house
        .visitor()
        .post(&path, registration_body(email))
        .await
        .expect(StatusCode::ACCEPTED);
    assert_eq!(answer.json, json!({"state": "unconfirmed"}));
}

async fn confirm(house: &House, email: &str) {
    let token = house.token_for(email).await;
    let answer = house
        .visitor()
        .post("/registrations/confirm", json!({"token": token}))
        .await
        .expect(StatusCode::OK);
    assert_eq!(answer.json["state"], "pending");
}

async fn pending(house: &House, officer: &Browser<'_>, event: &str) -> Vec<serde_json::Value> {
    let _ = house;
    let page = officer
        .get(&format!("/events/{event}/registrations?state=pending"))
        .await
        .expect(StatusCode::OK);
    page.json["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn from_the_form_to_the_personal_link() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, event) = house.announced(&officer).await;
    register(&house, &event, " Mai@Xinwen.example ").await;
    assert!(
        pending(&house, &officer, &event).await.is_empty(),
        "an address nobody proved does not reach the desk"
    );
    confirm(&house, MAI).await;
    let waiting = pending(&house, &officer, &event).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0]["outlet"]["name"], "Xinwen Daily");
    let decision = format!("/registrations/{}/decision", waiting[0]["id"].as_str().unwrap());
    let version = waiting[0]["version"].as_i64().unwrap().to_string();
    let approve = json!({"decision": "approve"});
    let decided = officer
        .send(
            "POST",
            &decision,
            Some(approve),
            &[("if-match", &format!("\"{version}\""))],
        )
        .await;
    let decided = decided.expect(StatusCode::OK).json;
    assert_eq!(
        (&decided["state"], &decided["decided_by_name"]),
        (&json!("approved"), &json!("Phạm Vân"))
    );

    let mail = &house.outbox().await[0];
    assert_eq!((mail.kind.as_str(), mail.state), ("approved", MailState::Kept));
    assert!(
        mail.body.contains("Briefing") && mail.body.contains("13 March 2026, 15:00"),
        "{}",
        mail.body
    );
    let token = house.token_for(MAI).await;
    for _ in 0..2 {
        let joined = house
            .visitor()
            .post("/join", json!({"token": token}))
            .await
            .expect(StatusCode::OK);
        assert_eq!(joined.json["event"]["id"], event.as_str());
        assert_eq!(
            joined.json["me"]["roles"],
            json!([{"role": "journalist", "scope": "event", "id": event}])
        );
        let mai = Browser {
            cookie: Some(joined.cookie()),
            ..house.visitor()
        };
        let mine = mai.get("/me/registrations").await.expect(StatusCode::OK).json;
        assert_eq!(mine["items"][0]["event_detail"]["id"], event.as_str());
    }
}

#[tokio::test]
async fn sent_twice_it_is_one_registration() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, event) = house.announced(&officer).await;
    register(&house, &event, MAI).await;
    register(&house, &event, "MAI@xinwen.example").await;
    confirm(&house, MAI).await;
    register(&house, &event, MAI).await;
    let all = officer
        .get(&format!("/events/{event}/registrations"))
        .await
        .expect(StatusCode::OK)
        .json;
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    assert_eq!(all["items"][0]["state"], "pending");
    let kinds: Vec<_> = house.outbox().await.into_iter().rev().map(|mail| mail.kind).collect();
    assert_eq!(kinds, ["confirm", "confirm", "pending", "pending"]);
}

#[tokio::test]
async fn two_officers_at_once_the_second_sees_the_first() {
    let house = House::new().await;
    let (first, second) = (house.one(Role::Officer).await, house.one(Role::Officer).await);
    let (_, event) = house.announced(&first).await;
    register(&house, &event, MAI).await;
    confirm(&house, MAI).await;
    let waiting = pending(&house, &first, &event).await.remove(0);
    let path = format!("/registrations/{}/decision", waiting["id"].as_str().unwrap());
    let tag = format!("\"{}\"", waiting["version"]);
    let decide =
        async |officer: &Browser<'_>, body| officer.send("POST", &path, Some(body), &[("if-match", &tag)]).await;
    let (one, two) = tokio::join!(
        decide(&first, json!({"decision": "approve"})),
        decide(&second, json!({"decision": "refuse", "reason": "No card"})),
    );
    let (won, lost) = if one.status == StatusCode::OK {
        (one, two)
    } else {
        (two, one)
    };
    let won = won.expect(StatusCode::OK);
    let lost = lost.problem(StatusCode::PRECONDITION_FAILED, "stale");
    assert_eq!(lost.json["current"]["state"], won.json["state"]);
    assert_eq!(lost.json["current"]["decided_by_name"], "Phạm Vân");
    let decisions = house
        .outbox()
        .await
        .iter()
        .filter(|mail| ["approved", "refused"].contains(&mail.kind.as_str()))
        .count();
    assert_eq!(decisions, 1, "one decision, one mail");
}

#[tokio::test]
async fn a_refusal_needs_a_reason_and_closes_the_personal_link() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, event) = house.announced(&officer).await;
    register(&house, &event, MAI).await;
    confirm(&house, MAI).await;
    let waiting = pending(&house, &officer, &event).await.remove(0);
    let path = format!("/registrations/{}/decision", waiting["id"].as_str().unwrap());
    let decide = async |version: i64, body| {
        officer
            .send("POST", &path, Some(body), &[("if-match", &format!("\"{version}\""))])
            .await
    };
    let version = waiting["version"].as_i64().unwrap();
    let bare = decide(version, json!({"decision": "refuse"}))
        .await
        .problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert_eq!(bare.fields(), ["reason required"]);
    decide(version, json!({"decision": "approve"}))
        .await
        .expect(StatusCode::OK);
    let token = house.token_for(MAI).await;
    let visitor = house.visitor();
    let join = || visitor.post("/join", json!({"token": token}));
    let mai = Browser {
        cookie: Some(join().await.expect(StatusCode::OK).cookie()),
        ..house.visitor()
    };
    decide(
        version + 1,
        json!({"decision": "refuse", "reason": "The card has expired"}),
    )
    .await
    .expect(StatusCode::OK);
    join().await.problem(StatusCode::GONE, "bad-link");
    assert!(house.outbox().await[0].body.contains("The card has expired"));
    let entry = mai.post(&format!("/events/{event}/grant"), json!({})).await;
    assert_eq!(
        entry.status,
        StatusCode::FORBIDDEN,
        "who was refused since does not come in with an old sign-in"
    );
}

#[tokio::test]
async fn registration_ends_when_the_programme_says() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, draft) = house.drafted(&officer).await;
    let send = async |event: &str| {
        house
            .visitor()
            .post(&format!("/events/{event}/registrations"), registration_body(MAI))
            .await
    };
    send(&draft).await.problem(StatusCode::NOT_FOUND, "not-found");
    let (_, event) = house.announced(&officer).await;
    house.pass(24 * 3600 - 1);
    send(&event).await.expect(StatusCode::ACCEPTED);
    house.pass(1);
    send(&event).await.problem(StatusCode::CONFLICT, "closed");
}

#[tokio::test]
async fn a_form_with_wrong_fields_is_told_all_of_them() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, event) = house.announced(&officer).await;
    let body = json!({
        "name": "", "email": "not an address", "outlet": "x".repeat(500), "outlet_country": "Vietnam",
        "language": "klingon!", "press_card": "1", "privacy_accepted": false,
    });
    let refused = house
        .visitor()
        .post(&format!("/events/{event}/registrations"), body)
        .await;
    let refused = refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert_eq!(
        refused.fields(),
        [
            "name required",
            "email not_an_email",
            "outlet too_long",
            "outlet_country not_a_country",
            "language not_a_language",
            "privacy_accepted required"
        ]
    );
}

#[tokio::test]
async fn a_flood_of_registrations_is_stopped_and_one_mailbox_is_spared() {
    let house = House::with(|config| {
        config.limits.registration = 8;
        config.limits.link = 2;
    })
    .await;
    let officer = house.one(Role::Officer).await;
    let (_, event) = house.announced(&officer).await;
    for _ in 0..8 {
        register(&house, &event, MAI).await;
    }
    let path = format!("/events/{event}/registrations");
    let refused = house.visitor().post(&path, registration_body(MAI)).await;
    refused.problem(StatusCode::TOO_MANY_REQUESTS, "too-many-requests");
    assert_eq!(house.outbox().await.len(), 2);
}

#[tokio::test]
async fn one_can_withdraw_and_come_again() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, event) = house.announced(&officer).await;
    register(&house, &event, MAI).await;
    confirm(&house, MAI).await;
    house
        .visitor()
        .post("/session/link", json!({"email": MAI}))
        .await
        .expect(StatusCode::ACCEPTED);
    let token = house.token_for(MAI).await;
    let cookie = house
        .visitor()
        .post("/session/link/redeem", json!({"token": token}))
        .await
        .expect(StatusCode::OK)
        .cookie();
    let mai = Browser {
        cookie: Some(cookie),
        ..house.visitor()
    };
    let mine = mai.get("/me/registrations").await.expect(StatusCode::OK).json;
    let path = format!("/registrations/{}/withdraw", mine["items"][0]["id"].as_str().unwrap());
    officer
        .post(&path, json!({}))
        .await
        .problem(StatusCode::NOT_FOUND, "not-found");
    assert_eq!(
        mai.post(&path, json!({})).await.expect(StatusCode::OK).json["state"],
        "withdrawn"
    );
    assert!(pending(&house, &officer, &event).await.is_empty());
    register(&house, &event, MAI).await;
    confirm(&house, MAI).await;
    assert_eq!(pending(&house, &officer, &event).await.len(), 1);
}

#[tokio::test]
async fn a_cancelled_event_is_told_to_those_concerned() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, event) = house.announced(&officer).await;
    register(&house, &event, MAI).await;
    confirm(&house, MAI).await;
    register(&house, &event, "unproved@example.org").await;
    officer
        .post(&format!("/events/{event}/cancel"), json!({"reason": "Storm warning"}))
        .await
        .expect(StatusCode::OK);
    let told: Vec<_> = house
        .outbox()
        .await
        .into_iter()
        .filter(|mail| mail.kind == "cancelled")
        .collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].to_email == MAI && told[0].body.contains("Storm warning"));
}
