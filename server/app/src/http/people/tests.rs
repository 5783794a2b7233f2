use crate::http::testing::House;
use axum::http::StatusCode;
use rostrum_domain::person::Role;
use serde_json::json;

fn new(email: &str) -> serde_json::Value {
    json!({"name": "Bùi Thảo", "email": email, "password": null, "language": "vi",
           "roles": [{"role": "editor", "scope": "house", "id": null}]})
}

#[tokio::test]
async fn an_account_is_made_once_and_its_owner_gets_a_link() {
    let house = House::new().await;
    let admin = house.one(Role::Admin).await;
    admin
        .post("/staff", new("thao@house.example"))
        .await
        .expect(StatusCode::CREATED);
    let again = admin
        .post("/staff", new("Thao@House.example"))
        .await
        .problem(StatusCode::CONFLICT, "conflict");
    assert_eq!(again.fields(), ["email taken"]);
    let token = house.token_for("thao@house.example").await;
    let me = house
        .visitor()
        .post("/session/link/redeem", json!({"token": token}))
        .await
        .expect(StatusCode::OK)
        .json;
    assert_eq!(me["me"]["roles"][0]["role"], "editor");
}

#[tokio::test]
async fn two_administrators_editing_at_once_do_not_overwrite_each_other() {
    let house = House::new().await;
    let admin = house.one(Role::Admin).await;
    let made = admin
        .post("/staff", new("thao@house.example"))
        .await
        .expect(StatusCode::CREATED);
    let path = format!("/staff/{}", made.id());
    admin
        .edit(&path, 1, json!({"name": "Bùi Thị Thảo"}))
        .await
        .expect(StatusCode::OK);
    let late = admin
        .edit(&path, 1, json!({"roles": []}))
        .await
        .problem(StatusCode::PRECONDITION_FAILED, "stale");
    assert_eq!(late.json["current"]["name"], "Bùi Thị Thảo");
    let blind = admin.send("PATCH", &path, Some(json!({})), &[]).await;
    blind.problem(StatusCode::PRECONDITION_REQUIRED, "version-required");
}

#[tokio::test]
async fn the_house_is_never_without_an_administrator() {
    let house = House::new().await;
    let admin = house.one(Role::Admin).await;
    let path = format!("/staff/{}", admin.person.unwrap());
    admin
        .edit(&path, 1, json!({"disabled": true}))
        .await
        .problem(StatusCode::CONFLICT, "wrong-state");
    admin
        .edit(&path, 1, json!({"roles": []}))
        .await
        .problem(StatusCode::CONFLICT, "wrong-state");
    admin.get("/session").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn accreditation_is_not_given_by_the_staff_list() {
    let house = House::new().await;
    let admin = house.one(Role::Admin).await;
    let mut body = new("x@house.example");
    body["roles"] =
        json!([{"role": "journalist", "scope": "house", "id": null}, {"role": "chair", "scope": "event", "id": null}]);
    let refused = admin
        .post("/staff", body)
        .await
        .problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert_eq!(refused.fields(), ["roles.0 not_for_staff", "roles.1 scope_and_id"]);
}

#[tokio::test]
async fn a_list_comes_in_pages_without_gap_or_repetition() {
    let house = House::new().await;
    let admin = house.one(Role::Admin).await;
    for n in 0..5 {
        admin
            .post("/staff", new(&format!("p{n}@house.example")))
            .await
            .expect(StatusCode::CREATED);
    }
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = admin
            .get(&format!("/staff?limit=2&cursor={next}"))
            .await
            .expect(StatusCode::OK)
            .json;
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(cursor) => next = cursor.to_owned(),
            None => break,
        }
    }
    let mut unique = seen.clone();
    unique.dedup();
    assert_eq!((seen.len(), unique.len()), (6, 6));
}
