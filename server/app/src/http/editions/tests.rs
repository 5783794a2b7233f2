use crate::{
    http::testing::{Answer, Browser, House},
    publication::testing::{Briefing, at, id},
};
use axum::http::{StatusCode, header};
use rostrum_domain::{
    id::{EventId, SegmentId},
    person::Role,
};
use serde_json::{Value, json};

/// A briefing that was held, behind the router.
async fn held() -> (House, EventId) {
    let Briefing {
        app,
        clock,
        folder,
        event,
        ..
    } = Briefing::held().await;
    (House::of(app, clock, folder), event)
}

async fn act(browser: &Browser<'_>, n: u128, act: &str, revision: u64, body: Value) -> Answer {
    let path = format!("/segments/{}/{act}", id::<SegmentId>(n));
    browser
        .send("POST", &path, Some(body), &[("if-match", &format!("\"{revision}\""))])
        .await
}

fn segment(n: u128) -> String {
    format!("/segments/{}", id::<SegmentId>(n))
}

#[tokio::test]
async fn from_the_machines_words_to_the_public_page() {
    let (house, event) = held().await;
    let (editor, reviewer) = (house.one(Role::Editor).await, house.one(Role::Reviewer).await);
    let transcript = editor
        .get(&format!("/events/{event}/transcript"))
        .await
        .expect(StatusCode::OK)
        .json;
    assert_eq!(transcript["segments"].as_array().unwrap().len(), 4);
    assert_eq!(transcript["speakers"].as_array().unwrap().len(), 2);
    assert_eq!(transcript["edition"]["state"], "draft");

    let fix = json!({"text": "Việt Nam respects international law.", "reason": "name"});
    let edited = editor.edit(&segment(33), 1, fix).await.expect(StatusCode::OK);
    assert_eq!(edited.headers[header::ETAG], "\"2\"");
    act(&editor, 34, "strike", 1, json!({})).await.expect(StatusCode::OK);
    let history = editor
        .get(&format!("{}/revisions", segment(33)))
        .await
        .expect(StatusCode::OK)
        .json;
    assert_eq!(history["items"][0]["author_name"], Value::Null);
    assert_eq!(history["items"][2]["author_name"], "Phạm Vân");

    house.pass(1);
    let submitted = editor
        .post(&format!("/events/{event}/editions/submit"), json!({}))
        .await
        .expect(StatusCode::OK);
    assert_eq!(submitted.json["submitted_by"], editor.person.unwrap().to_string());
    let frozen = json!({"text": "Anything.", "reason": "style"});
    let refused = editor
        .edit(&segment(32), 1, frozen)
        .await
        .problem(StatusCode::CONFLICT, "wrong-state");
    assert_eq!(refused.json["code"], "under_review");

    let release = format!("/events/{event}/editions/release");
    editor
        .post(&release, json!({}))
        .await
        .problem(StatusCode::FORBIDDEN, "forbidden");
    let edition = reviewer.post(&release, json!({})).await.expect(StatusCode::OK).json;
    assert_eq!(
        (&edition["number"], &edition["path"]),
        (&json!(1), &json!("/hop-bao/2026/1"))
    );
    let page = house
        .visitor()
        .get("//en/hop-bao/2026/1.json")
        .await
        .expect(StatusCode::OK)
        .json;
    assert_eq!(
        page["record"]["content"]["blocks"][2]["segments"][0]["text"],
        "Việt Nam respects international law."
    );
}

#[tokio::test]
async fn who_holds_both_roles_still_needs_another() {
    let (house, event) = held().await;
    let both = |role| rostrum_domain::policy::Held {
        role,
        scope: rostrum_domain::policy::Scope::House,
    };
    let one = house.staff(&[both(Role::Editor), both(Role::Reviewer)]).await;
    house.pass(1);
    one.post(&format!("/events/{event}/editions/submit"), json!({}))
        .await
        .expect(StatusCode::OK);
    let own = one.post(&format!("/events/{event}/editions/release"), json!({})).await;
    assert_eq!(
        own.problem(StatusCode::FORBIDDEN, "forbidden").json["code"],
        "four_eyes"
    );
    let note = json!({"note": "Read the second answer again."});
    let returned = one
        .post(&format!("/events/{event}/editions/return"), note)
        .await
        .expect(StatusCode::OK);
    assert_eq!(
        (&returned.json["state"], &returned.json["note"]),
        (&json!("draft"), &json!("Read the second answer again."))
    );
}

#[tokio::test]
async fn edits_say_what_they_saw_and_are_told_why_not() {
    let (house, event) = held().await;
    let editor = house.one(Role::Editor).await;
    let words = json!({"text": "Other words.", "reason": "recognition"});
    editor
        .send("PATCH", &segment(33), Some(words.clone()), &[])
        .await
        .problem(StatusCode::PRECONDITION_REQUIRED, "version-required");
    let stale = editor
        .edit(&segment(33), 0, words)
        .await
        .problem(StatusCode::PRECONDITION_FAILED, "stale");
    assert_eq!(stale.json["current"]["revision"], 1);
    for (body, field) in [
        (json!({"text": "  ", "reason": "style"}), "text empty"),
        (
            json!({"speaker": id::<SegmentId>(9), "reason": "name"}),
            "speaker not_in_roster",
        ),
        (
            json!({"question": id::<SegmentId>(9), "reason": "sense"}),
            "question unknown_question",
        ),
        (json!({"end": at(41), "reason": "style"}), "end overlap"),
    ] {
        let refused = editor
            .edit(&segment(33), 1, body)
            .await
            .problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
        assert_eq!(refused.fields(), [field]);
    }
    let same = json!({"text": "Viet Nam respects international law.", "reason": "style"});
    assert_eq!(
        editor.edit(&segment(33), 1, same).await.expect(StatusCode::OK).json["revision"],
        1
    );
    editor
        .edit(&segment(99), 1, json!({"text": "x", "reason": "style"}))
        .await
        .problem(StatusCode::NOT_FOUND, "not-found");
    let halves = act(&editor, 33, "split", 1, json!({"at": 9, "time": at(30)}))
        .await
        .expect(StatusCode::OK);
    assert_eq!(halves.json["items"][1]["text"], "respects international law.");
    let added = json!({"kind": "stage_note", "language": "en", "text": "laughter", "start": at(46), "end": at(47)});
    let added = editor
        .post(&format!("/events/{event}/segments"), added)
        .await
        .expect(StatusCode::CREATED);
    assert_eq!(added.json["origin"], "editor");
}

#[tokio::test]
async fn the_desk_is_for_the_house_only() {
    let (house, event) = held().await;
    let transcript = format!("/events/{event}/transcript");
    house
        .visitor()
        .get(&transcript)
        .await
        .problem(StatusCode::UNAUTHORIZED, "not-signed-in");
    let journalist = house.one(Role::Journalist).await;
    journalist
        .get(&transcript)
        .await
        .problem(StatusCode::FORBIDDEN, "forbidden");
    let reviewer = house.one(Role::Reviewer).await;
    reviewer.get(&transcript).await.expect(StatusCode::OK);
    let words = json!({"text": "Mine.", "reason": "style"});
    reviewer
        .edit(&segment(33), 1, words)
        .await
        .problem(StatusCode::FORBIDDEN, "forbidden");
}
