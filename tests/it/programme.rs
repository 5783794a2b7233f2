//! Series and events under many hands at once, and what the interface promises to programs.

use crate::house::{opened, refusal};
use anyhow::ensure;
use futures::future::join_all;
use reqwest::Method;
use rostrum_drill::client::Event;
use rostrum_tests::server::Options;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn events_announced_at_once_are_numbered_without_gap_or_twin() -> anyhow::Result<()> {
    let (_server, office) = opened(Options::default()).await?;
    let first = office.simple_event("hop-bao", "Briefing").await?;
    let first: Value = office.house.get(&format!("/api/v1/events/{}", first.id)).await?;
    let draft = |title: &str| {
        json!({
            "series": first["series"], "title": { "en": title }, "starts_at": first["starts_at"], "ends_at": first["ends_at"],
        })
    };
    let mut drafts: Vec<Event> = Vec::new();
    for n in 0..6 {
        drafts.push(office.plan(&draft(&format!("Briefing {n}"))).await?);
    }
    let announced = join_all(drafts.iter().map(|event| async {
        let path = format!("/api/v1/events/{}/announce", event.id);
        office.house.post::<Value>(&path, &json!({})).await
    }))
    .await;
    let mut numbers = BTreeSet::new();
    for event in announced {
        numbers.extend(event?["number"].as_u64());
    }
    ensure!(numbers.into_iter().collect::<Vec<_>>() == [2, 3, 4, 5, 6, 7]);
    Ok(())
}

#[tokio::test]
async fn a_create_sent_many_times_at_once_happens_once() -> anyhow::Result<()> {
    let (_server, office) = opened(Options::default()).await?;
    let body = json!({ "slug": "hop-bao", "name": { "en": "Briefing" }, "languages": ["en"], "zone": "UTC" });
    let key = [("idempotency-key", "one-click-too-many")];
    let sent = join_all((0..6).map(|_| {
        office
            .house
            .send::<Value>(Method::POST, "/api/v1/series", Some(&body), &key)
    }))
    .await;
    let mut ids = BTreeSet::new();
    for answer in sent {
        ids.insert(answer?["id"].to_string());
    }
    ensure!(ids.len() == 1, "{ids:?}");
    let other = json!({ "slug": "other", "name": { "en": "Other" }, "languages": ["en"], "zone": "UTC" });
    let reused = office
        .house
        .send::<Value>(Method::POST, "/api/v1/series", Some(&other), &key)
        .await;
    ensure!(refusal(reused)? == (422, "idempotency-key-reused".into()));
    Ok(())
}

#[tokio::test]
async fn the_interface_describes_itself() -> anyhow::Result<()> {
    let (_server, office) = opened(Options::default()).await?;
    let document: Value = office.house.get("/api/openapi.json").await?;
    ensure!(document["openapi"] == "3.1.0", "{}", document["openapi"]);
    let page = office.house.fetch("/api/docs").await?;
    let page = String::from_utf8_lossy(&page);
    for path in document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(path, _)| path)
    {
        ensure!(page.contains(path.as_str()), "{path} is not on the reference page");
    }
    ensure!(!page.contains("<script"), "the page needs no script");
    let metrics = office.house.fetch("/metrics").await?;
    ensure!(
        String::from_utf8_lossy(&metrics).contains("rostrum_http_requests_total"),
        "requests are counted"
    );
    Ok(())
}
