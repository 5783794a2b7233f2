//! Set-up, sign-in, and what keeps strangers out.

use crate::house::{ADMIN, opened, refusal};
use anyhow::ensure;
use reqwest::{StatusCode, header};
use rostrum_drill::client::House;
use rostrum_tests::server::Options;
use serde_json::{Value, json};

fn sign_in(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

#[tokio::test]
async fn a_sign_in_survives_the_death_of_the_server_and_ends_by_hand() -> anyhow::Result<()> {
    let (mut server, office) = opened(Options::default()).await?;
    server.kill().await?;
    server.start_again().await?;
    office.house.whoami().await?;
    ensure!(
        server.printed("/app/setup?token=").is_err(),
        "nobody can set it up a second time"
    );
    office.house.delete("/api/v1/session").await?;
    ensure!(refusal(office.house.whoami().await)? == (401, "not-signed-in".into()));
    Ok(())
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down() -> anyhow::Result<()> {
    let (_server, office) = opened(Options::default().set("ROSTRUM_LIMITS__SIGN_IN", 4)).await?;
    let guess = async || {
        let house = office.house.visitor();
        refusal(
            house
                .post::<Value>("/api/v1/session", &sign_in(ADMIN.email, "not the password"))
                .await,
        )
    };
    for _ in 0..4 {
        ensure!(guess().await? == (401, "bad-credentials".into()));
    }
    ensure!(guess().await? == (429, "too-many-requests".into()));
    let response = reqwest::Client::new()
        .post(format!("{}/api/v1/session", office.house.base()))
        .json(&sign_in(ADMIN.email, "not the password"))
        .send()
        .await?;
    ensure!(
        response.headers().contains_key(header::RETRY_AFTER),
        "it says how long to wait"
    );
    Ok(())
}

#[tokio::test]
async fn nobody_borrows_an_address_to_escape_the_limit() -> anyhow::Result<()> {
    let (_server, office) = opened(Options::default().set("ROSTRUM_LIMITS__JOIN", 5)).await?;
    let client = reqwest::Client::new();
    let mut last = StatusCode::OK;
    for n in 0..8 {
        let response = client
            .post(format!("{}/api/v1/join", office.house.base()))
            .header("x-forwarded-for", format!("203.0.113.{n}"))
            .json(&json!({ "token": "guess" }))
            .send()
            .await?;
        last = response.status();
    }
    ensure!(last == StatusCode::TOO_MANY_REQUESTS, "{last}");
    Ok(())
}

#[tokio::test]
async fn a_page_of_another_site_cannot_act_for_who_is_signed_in() -> anyhow::Result<()> {
    let (_server, office) = opened(Options::default()).await?;
    let from = async |headers: &[(&'static str, &'static str)]| {
        let mut request = reqwest::Client::new().post(format!("{}/api/v1/session", office.house.base()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        anyhow::Ok(
            request
                .json(&sign_in(ADMIN.email, ADMIN.password))
                .send()
                .await?
                .status(),
        )
    };
    ensure!(from(&[("sec-fetch-site", "cross-site")]).await? == StatusCode::FORBIDDEN);
    ensure!(from(&[("origin", "https://elsewhere.example")]).await? == StatusCode::FORBIDDEN);
    ensure!(from(&[("sec-fetch-site", "same-origin")]).await? == StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn every_door_of_the_house_is_closed_to_a_stranger() -> anyhow::Result<()> {
    let (_server, office) = opened(Options::default()).await?;
    let event = office.simple_event("hop-bao", "Briefing").await?;
    let stranger: House = office.house.visitor();
    for path in [
        "/session",
        "/staff",
        "/series",
        "/events",
        "/outbox",
        "/me/registrations",
        "/me/questions",
        "/events/{event}",
        "/events/{event}/team",
        "/events/{event}/registrations",
        "/events/{event}/questions",
        "/events/{event}/takes",
        "/events/{event}/transcript",
        "/events/{event}/editions",
    ] {
        let path = format!("/api/v1{}", path.replace("{event}", &event.id.to_string()));
        ensure!(
            refusal(stranger.get::<Value>(&path).await)? == (401, "not-signed-in".into()),
            "{path}"
        );
    }
    Ok(())
}
