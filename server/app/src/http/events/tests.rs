use crate::http::testing::{HOUR, House, START, event_body, series_body};
use axum::http::StatusCode;
use rostrum_domain::person::Role;
use serde_json::json;

#[tokio::test]
async fn numbers_are_given_at_announcement_without_gaps() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let series = officer
        .post("/series", series_body("hop-bao"))
        .await
        .expect(StatusCode::CREATED)
        .id();
    let mut events = Vec::new();
    for _ in 0..3 {
        events.push(
            officer
                .post("/events", event_body(&series))
                .await
                .expect(StatusCode::CREATED)
                .id(),
        );
    }
    let announce = async |event: &str| officer.post(&format!("/events/{event}/announce"), json!({})).await;
    let third = announce(&events[2]).await.expect(StatusCode::OK).json;
    assert_eq!((&third["number"], &third["year"]), (&json!(1), &json!(2026)));
    assert_eq!(third["public_path"], "/hop-bao/2026/1");
    announce(&events[2]).await.problem(StatusCode::CONFLICT, "wrong-state");
    officer
        .post(&format!("/events/{}/cancel", events[2]), json!({"reason": "Storm"}))
        .await
        .expect(StatusCode::OK);
    assert_eq!(announce(&events[0]).await.expect(StatusCode::OK).json["number"], 2);
    assert_eq!(announce(&events[1]).await.expect(StatusCode::OK).json["number"], 3);
}

#[tokio::test]
async fn the_year_is_that_of_the_place() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let series = officer
        .post("/series", series_body("hop-bao"))
        .await
        .expect(StatusCode::CREATED)
        .id();
    // 2026-12-31T18:00Z is New Year's Day in Hà Nội.
    let starts_at = 1_798_740_000_000_000_i64;
    let mut body = event_body(&series);
    body["starts_at"] = json!(starts_at);
    body["ends_at"] = json!(starts_at + HOUR);
    let event = officer.post("/events", body).await.expect(StatusCode::CREATED).id();
    let announced = officer
        .post(&format!("/events/{event}/announce"), json!({}))
        .await
        .expect(StatusCode::OK)
        .json;
    assert_eq!((&announced["number"], &announced["year"]), (&json!(1), &json!(2027)));
}

#[tokio::test]
async fn a_draft_is_nobody_elses_business() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, event) = house.drafted(&officer).await;
    let path = format!("/public/events/{event}");
    house
        .visitor()
        .get(&path)
        .await
        .problem(StatusCode::NOT_FOUND, "not-found");
    officer
        .post(&format!("/events/{event}/announce"), json!({}))
        .await
        .expect(StatusCode::OK);
    let shown = house.visitor().get(&path).await.expect(StatusCode::OK).json;
    assert_eq!(shown["title"]["en"], "Briefing");
    assert!(
        shown.get("counts").is_none() && shown.get("version").is_none(),
        "{shown}"
    );
}

#[tokio::test]
async fn edits_need_the_version_they_edit_and_new_rules_are_a_new_version() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, event) = house.announced(&officer).await;
    let path = format!("/events/{event}");
    let read = officer.get(&path).await.expect(StatusCode::OK);
    let version = read.version();
    assert_eq!(read.headers["etag"], format!("\"{version}\"").as_str());
    let rules = read.json["rules"].clone();
    let same = officer
        .edit(&path, version, json!({"rules": rules}))
        .await
        .expect(StatusCode::OK);
    assert_eq!(same.json["rules"]["version"], rules["version"]);
    let mut stricter = rules.clone();
    stricter["text"]["en"] = json!("Be very brief.");
    officer
        .edit(&path, version, json!({"rules": stricter}))
        .await
        .problem(StatusCode::PRECONDITION_FAILED, "stale");
    let changed = officer
        .edit(&path, version + 1, json!({"rules": stricter}))
        .await
        .expect(StatusCode::OK);
    assert_eq!(changed.json["rules"]["version"], rules["version"].as_i64().unwrap() + 1);
}

#[tokio::test]
async fn wrong_fields_are_all_told_at_once() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (series, _) = house.drafted(&officer).await;
    let mut body = event_body(&series);
    body["title"] = json!({"en": "  "});
    body["ends_at"] = json!(START.micros());
    body["zone"] = json!("Mars/Olympus");
    body["registration_closes_at"] = json!(12);
    let refused = officer
        .post("/events", body)
        .await
        .problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    let fields = refused.fields();
    for field in [
        "title required",
        "ends_at before_start",
        "zone not_a_zone",
        "registration_closes_at not_a_time",
    ] {
        assert!(fields.contains(&field.to_owned()), "{field} not in {fields:?}");
    }
    let taken = officer
        .post("/series", series_body("hop-bao"))
        .await
        .expect(StatusCode::CREATED);
    let slug = taken.json["slug"].as_str().unwrap();
    let again = officer
        .post("/series", series_body(slug))
        .await
        .problem(StatusCode::CONFLICT, "conflict");
    assert_eq!(again.fields(), ["slug taken"]);
}

#[tokio::test]
async fn a_create_sent_twice_happens_once() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (series, _) = house.drafted(&officer).await;
    let send = async |key: &str, body| {
        officer
            .send("POST", "/events", Some(body), &[("idempotency-key", key)])
            .await
    };
    let (one, two) = tokio::join!(send("k1", event_body(&series)), send("k1", event_body(&series)));
    let (one, two) = (one.expect(StatusCode::CREATED), two.expect(StatusCode::CREATED));
    assert_eq!(one.json, two.json);
    let other = send("k2", event_body(&series)).await.expect(StatusCode::CREATED);
    assert_ne!(one.id(), other.id());
    let mut changed = event_body(&series);
    changed["title"]["en"] = json!("Another");
    send("k1", changed)
        .await
        .problem(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused");
    // Somebody else's key of the same name is another key.
    let colleague = house.one(Role::Officer).await;
    let theirs = colleague
        .send(
            "POST",
            "/events",
            Some(event_body(&series)),
            &[("idempotency-key", "k1")],
        )
        .await;
    assert_ne!(theirs.expect(StatusCode::CREATED).id(), one.id());
}

#[tokio::test]
async fn a_refused_create_can_be_sent_again_with_the_same_key() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    officer
        .post("/series", series_body("hop-bao"))
        .await
        .expect(StatusCode::CREATED);
    let key = [("idempotency-key", "k")];
    officer
        .send("POST", "/series", Some(series_body("hop-bao")), &key)
        .await
        .expect(StatusCode::CONFLICT);
    officer
        .send("POST", "/series", Some(series_body("khac")), &key)
        .await
        .expect(StatusCode::CREATED);
}

#[tokio::test]
async fn a_guest_joins_the_team_by_address_and_leaves_it() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, event) = house.announced(&officer).await;
    let path = format!("/events/{event}/team");
    let guest = json!({"email": "dean@uni.example", "name": "Dr. Lê", "role": "speaker", "office": "Dean"});
    let added = officer.post(&path, guest).await.expect(StatusCode::CREATED).json;
    let team = officer.get(&path).await.expect(StatusCode::OK).json;
    assert_eq!(
        team,
        json!([{"person": added["person"], "name": "Dr. Lê", "role": "speaker", "office": "Dean"}])
    );
    let token = house.token_for("dean@uni.example").await;
    let me = house
        .visitor()
        .post("/session/link/redeem", json!({"token": token}))
        .await
        .expect(StatusCode::OK)
        .json;
    assert_eq!(
        me["me"]["roles"],
        json!([{"role": "speaker", "scope": "event", "id": event}])
    );
    let gone = format!("{path}/{}/speaker", added["person"].as_str().unwrap());
    officer
        .send("DELETE", &gone, None, &[])
        .await
        .expect(StatusCode::NO_CONTENT);
    officer
        .send("DELETE", &gone, None, &[])
        .await
        .problem(StatusCode::NOT_FOUND, "not-found");
    let nobody = officer
        .post(&path, json!({"person": uuid::Uuid::nil(), "role": "chair"}))
        .await;
    assert_eq!(
        nobody.problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid").fields(),
        ["person unknown"]
    );
}
