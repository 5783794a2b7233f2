use crate::{
    http::testing::{Browser, House},
    password,
    store::{people, people::Person},
};
use axum::http::{StatusCode, header};
use rostrum_domain::{
    person::Role,
    policy::{Held, Scope},
};
use serde_json::json;

const EMAIL: &str = "van@house.example";
const PASSWORD: &str = "mười hai giờ";

async fn with_account(house: &House) -> Person {
    let (name, email, language) = ("Phạm Vân".to_owned(), EMAIL.to_owned(), "vi".to_owned());
    let person = Person {
        id: house.app.new_id(),
        name,
        email,
        language,
        staff: true,
        disabled: false,
        version: 1,
    };
    let mut tx = house.app.db.begin().await.unwrap();
    let hash = password::hash(PASSWORD).await;
    people::insert(&mut tx, &person, Some(&hash), house.app.now())
        .await
        .unwrap();
    let held = Held {
        role: Role::Officer,
        scope: Scope::House,
    };
    people::grant(&mut tx, person.id, held, None, house.app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    person
}

async fn sign_in<'h>(house: &'h House) -> Browser<'h> {
    let body = json!({"email": " Van@House.example ", "password": PASSWORD});
    let cookie = house
        .visitor()
        .post("/session", body)
        .await
        .expect(StatusCode::OK)
        .cookie();
    Browser {
        cookie: Some(cookie),
        ..house.visitor()
    }
}

#[tokio::test]
async fn staff_sign_in_see_who_they_are_and_sign_out() {
    let house = House::new().await;
    with_account(&house).await;
    let answer = house
        .visitor()
        .post("/session", json!({"email": EMAIL, "password": PASSWORD}))
        .await;
    let answer = answer.expect(StatusCode::OK);
    assert_eq!(
        answer.json["roles"],
        json!([{"role": "officer", "scope": "house", "id": null}])
    );
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap();
    for part in [
        "__Host-rostrum=",
        "; Secure",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Path=/",
    ] {
        assert!(set.contains(part), "{set}");
    }
    let van = Browser {
        cookie: Some(answer.cookie()),
        ..house.visitor()
    };
    assert_eq!(
        van.get("/session").await.expect(StatusCode::OK).json["person"]["email"],
        EMAIL
    );
    let out = van
        .send("DELETE", "/session", None, &[])
        .await
        .expect(StatusCode::NO_CONTENT);
    assert!(out.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    van.get("/session")
        .await
        .problem(StatusCode::UNAUTHORIZED, "not-signed-in");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_told_alike() {
    let house = House::new().await;
    with_account(&house).await;
    for body in [
        json!({"email": EMAIL, "password": "mười một giờ"}),
        json!({"email": "nobody@house.example", "password": PASSWORD}),
        json!({"email": "", "password": "x".repeat(5000)}),
    ] {
        house
            .visitor()
            .post("/session", body)
            .await
            .problem(StatusCode::UNAUTHORIZED, "bad-credentials");
    }
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once_and_cannot_come_back() {
    let house = House::new().await;
    let person = with_account(&house).await;
    let van = sign_in(&house).await;
    let admin = house.one(Role::Admin).await;
    let path = format!("/staff/{}", person.id);
    admin
        .edit(&path, 1, json!({"disabled": true}))
        .await
        .expect(StatusCode::OK);
    van.get("/session")
        .await
        .problem(StatusCode::UNAUTHORIZED, "not-signed-in");
    let body = json!({"email": EMAIL, "password": PASSWORD});
    house
        .visitor()
        .post("/session", body)
        .await
        .problem(StatusCode::UNAUTHORIZED, "bad-credentials");
}

#[tokio::test]
async fn who_works_stays_signed_in_and_who_leaves_is_signed_out() {
    let house = House::new().await;
    with_account(&house).await;
    let (busy, idle) = (sign_in(&house).await, sign_in(&house).await);
    for _ in 0..3 {
        house.pass(5 * 3600);
        busy.get("/session").await.expect(StatusCode::OK);
    }
    idle.get("/session")
        .await
        .problem(StatusCode::UNAUTHORIZED, "not-signed-in");
    for _ in 0..40 {
        house.pass(5 * 3600);
        busy.get("/session").await;
    }
    busy.get("/session")
        .await
        .problem(StatusCode::UNAUTHORIZED, "not-signed-in");
}

#[tokio::test]
async fn guessing_is_slowed_down_and_waiting_helps() {
    let house = House::with(|config| config.limits.sign_in = 5).await;
    with_account(&house).await;
    let guess = || json!({"email": EMAIL, "password": "wrong-password"});
    for _ in 0..5 {
        house
            .visitor()
            .post("/session", guess())
            .await
            .problem(StatusCode::UNAUTHORIZED, "bad-credentials");
    }
    let refused = house.visitor().post("/session", guess()).await;
    let refused = refused.problem(StatusCode::TOO_MANY_REQUESTS, "too-many-requests");
    let wait: u64 = refused.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    house.pass(wait);
    sign_in(&house).await;
}

#[tokio::test]
async fn a_mailed_link_signs_in_once_within_twenty_minutes() {
    let house = House::new().await;
    with_account(&house).await;
    let visitor = house.visitor();
    let ask = || visitor.post("/session/link", json!({"email": EMAIL, "language": "fr"}));
    ask().await.expect(StatusCode::ACCEPTED);
    let mail = &house.outbox().await[0];
    assert!(mail.body.contains("pendant 20 minutes"), "{}", mail.body);
    let token = house.token_for(EMAIL).await;
    let redeem = || visitor.post("/session/link/redeem", json!({"token": token}));
    let answer = redeem().await.expect(StatusCode::OK);
    assert_eq!(answer.json["me"]["person"]["email"], EMAIL);
    assert_eq!(answer.json["next"], "/app/");
    redeem().await.problem(StatusCode::GONE, "bad-link");

    ask().await.expect(StatusCode::ACCEPTED);
    let late = house.token_for(EMAIL).await;
    house.pass(20 * 60);
    house
        .visitor()
        .post("/session/link/redeem", json!({"token": late}))
        .await
        .problem(StatusCode::GONE, "bad-link");
}

#[tokio::test]
async fn nobody_learns_from_a_link_who_is_known() {
    let house = House::new().await;
    let answer = house
        .visitor()
        .post("/session/link", json!({"email": "stranger@example.org"}))
        .await;
    answer.expect(StatusCode::ACCEPTED);
    assert!(house.outbox().await.is_empty());
}

#[tokio::test]
async fn the_first_administrator_comes_by_the_printed_link_and_only_the_first() {
    let house = House::new().await;
    let visitor = house.visitor();
    assert_eq!(visitor.get("/setup").await.json, json!({"needed": true}));
    let old = crate::sign_in::setup_link(&house.app).await.unwrap().unwrap();
    let link = crate::sign_in::setup_link(&house.app).await.unwrap().unwrap();
    let setup = |link: &str, password: &str| {
        let token = link.split_once("token=").unwrap().1.to_owned();
        visitor.post(
            "/setup",
            json!({"token": token, "name": "Trần Quản", "email": "q@house.example", "password": password}),
        )
    };
    let short = setup(&link, "short")
        .await
        .problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert_eq!(short.fields(), ["password too_short"]);
    setup(&old, "a good password")
        .await
        .problem(StatusCode::GONE, "bad-link");
    let made = setup(&link, "a good password").await.expect(StatusCode::CREATED);
    assert!(
        made.json["roles"]
            .as_array()
            .unwrap()
            .iter()
            .any(|role| role["role"] == "admin")
    );
    setup(&link, "a good password")
        .await
        .problem(StatusCode::GONE, "bad-link");
    assert_eq!(visitor.get("/setup").await.json, json!({"needed": false}));
    assert!(crate::sign_in::setup_link(&house.app).await.unwrap().is_none());
}
