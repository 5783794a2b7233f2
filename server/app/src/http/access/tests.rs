use super::*;
use crate::http::testing::House;
use axum::http::StatusCode;
use rostrum_domain::{
    id::EventId,
    person::Role,
    policy::{Held, Scope},
};
use serde_json::{Value, json};
use uuid::Uuid;

const ROLES: [Role; 10] = [
    Role::Admin,
    Role::Officer,
    Role::Chair,
    Role::Spokesperson,
    Role::Speaker,
    Role::Journalist,
    Role::Captioner,
    Role::Editor,
    Role::Reviewer,
    Role::Observer,
];

/// Every hole of the path filled with something that does not exist.
fn nowhere(path: &str) -> String {
    let id = Uuid::from_u128(7).to_string();
    path.split('/')
        .map(|part| match part {
            "{role}" => "chair",
            part if part.starts_with('{') => &id,
            part => part,
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// A body that passes every check of the address it is for, so that what answers is the permission.
fn body(path: &str) -> Value {
    let id = Uuid::from_u128(7);
    match path {
        "/events/{event}/team" => json!({"person": id, "role": "chair"}),
        "/events/{event}/cancel" => json!({"reason": "weather"}),
        "/events/{event}/questions" => json!({"topic": "t", "language": "en", "text": null}),
        "/events/{event}/commands" => json!({"id": id, "command": {"do": "open_doors"}}),
        "/events/{event}/segments" => {
            json!({"text": "t", "kind": "remarks", "start": 0, "end": 1, "language": "en", "after": null})
        }
        "/events/{event}/editions/submit" => json!({"reason": null}),
        "/events/{event}/editions/return" => json!({"note": "n"}),
        _ => json!({}),
    }
}

fn is_refusal(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

#[tokio::test]
async fn every_route_answers_each_role_as_the_table_of_permissions_says() {
    let house = House::new().await;
    let headers = [("if-match", "\"1\"")];
    for (method, path, access) in ROUTES {
        let send = async |browser: &crate::http::testing::Browser<'_>| {
            let body = (*method != "GET").then(|| body(path));
            browser.send(method, &nowhere(path), body, &headers).await.status
        };
        let nobody = send(&house.visitor()).await;
        match access {
            Public => assert_ne!(nobody, StatusCode::FORBIDDEN, "{method} {path}"),
            SignedIn | May(_) => assert_eq!(nobody, StatusCode::UNAUTHORIZED, "{method} {path}"),
            // No grant in the header: the handler says so, or, for the WebSocket, that this is no upgrade.
            Grant => assert!(nobody.is_client_error(), "{method} {path}: {nobody}"),
        }
        for role in ROLES {
            let status = send(&house.one(role).await).await;
            let allowed = match access {
                Public | SignedIn => true,
                May(action) => action.roles().contains(&role),
                Grant => continue,
            };
            assert_eq!(is_refusal(status), !allowed, "{role:?} {method} {path}: {status}");
        }
    }
}

#[tokio::test]
async fn a_role_in_one_event_opens_no_other() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let (_, mine) = house.announced(&officer).await;
    let (_, other) = house.announced(&officer).await;
    let mine: EventId = mine.parse().unwrap();
    let held = ROLES.map(|role| Held {
        role,
        scope: Scope::Event(mine),
    });
    let guest = house.staff(&held).await;
    let in_events = ROUTES
        .iter()
        .filter(|route| route.1.starts_with("/events/{event}") && matches!(route.2, May(_)));
    for (method, path, _) in in_events {
        let there = path
            .replace("{event}", &other)
            .replace("{person}", &Uuid::from_u128(7).to_string());
        let there = there.replace("{role}", "chair");
        let body = (*method != "GET").then(|| body(path));
        let status = guest.send(method, &there, body, &[("if-match", "\"1\"")]).await.status;
        assert_eq!(status, StatusCode::FORBIDDEN, "{method} {there}");
    }
    assert_eq!(guest.get(&format!("/events/{mine}")).await.status, StatusCode::OK);
    let listed = guest.get("/events").await.expect(StatusCode::OK).json;
    assert_eq!(
        listed["items"].as_array().unwrap().len(),
        1,
        "a guest sees the event they are invited to"
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_by_name() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let post = async |kind: &str, body: Vec<u8>| officer.send_bytes("POST", "/series", kind, Some(body), &[]).await;
    post("application/json", b"{".to_vec())
        .await
        .problem(StatusCode::BAD_REQUEST, "malformed");
    post("application/json", b"[]".to_vec())
        .await
        .problem(StatusCode::BAD_REQUEST, "malformed");
    post("application/json", vec![b' '; 200_000])
        .await
        .problem(StatusCode::PAYLOAD_TOO_LARGE, "too-large");
    officer
        .get("/nothing")
        .await
        .problem(StatusCode::NOT_FOUND, "not-found");
    officer
        .get("/events/not-an-id")
        .await
        .problem(StatusCode::NOT_FOUND, "not-found");
    officer
        .get("/events?cursor=%F0")
        .await
        .problem(StatusCode::BAD_REQUEST, "malformed");
    officer
        .get("/events?state=lost")
        .await
        .problem(StatusCode::BAD_REQUEST, "malformed");
    officer
        .send("PUT", "/series", Some(json!({})), &[])
        .await
        .problem(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed");
    let house_visitor = house.visitor();
    let text = house_visitor
        .send_bytes("POST", "/session", "text/plain", Some(b"hello".to_vec()), &[])
        .await;
    text.problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type");
}

#[tokio::test]
async fn another_site_cannot_use_the_cookie() {
    let house = House::new().await;
    let officer = house.one(Role::Officer).await;
    let from_elsewhere = [("sec-fetch-site", "cross-site")];
    officer
        .send("DELETE", "/session", None, &from_elsewhere)
        .await
        .problem(StatusCode::FORBIDDEN, "cross-site");
    officer.get("/session").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_browsers_on_our_side() {
    let house = House::new().await;
    for path in ["//livez", "//app/", "//nowhere", "/session", "//api/docs"] {
        let headers = house.visitor().get(path).await.headers;
        assert!(
            headers["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("frame-ancestors"),
            "{path}"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert!(
            headers.contains_key("x-request-id") && headers.contains_key("strict-transport-security"),
            "{path}"
        );
    }
}
