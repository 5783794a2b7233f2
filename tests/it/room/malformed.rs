//! Bad input at the socket and at the media doors: a typed goodbye or refusal, and a server that goes on.

use super::{Briefing, Raw};
use anyhow::{Context, ensure};
use rostrum_domain::{
    room::command::{Command, Refusal},
    signal::{Bye, ClientMessage, ServerMessage},
    time::Timestamp,
};
use rostrum_drill::client::House;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn nonsense_is_answered_with_a_goodbye_and_hurts_nobody() -> anyhow::Result<()> {
    let briefing = Briefing::announced().await?;
    let (house, event) = (&briefing.mai, briefing.event);
    let nonsense = [
        Message::text("{"),
        Message::text(r#"{"type":"command"}"#),
        Message::text(r#"{"type":"hello","grant":7,"resume":"x"}"#),
        Message::text("\u{0}".repeat(100)),
        Message::text(format!(
            r#"{{"type":"hello","grant":"{}","resume":null}}"#,
            "a".repeat(40_000)
        )),
        Message::binary(vec![0xFF; 16]),
    ];
    for message in nonsense {
        // Before and after the greeting.
        let mut stranger = Raw::connect(house, event).await?;
        stranger.send(message.clone()).await?;
        ensure!(
            matches!(stranger.bye().await?, Some(Bye::Malformed) | None),
            "{message:?}"
        );
        let mut guest = Raw::enter(house, event, None).await?;
        guest
            .until(|message| matches!(message, ServerMessage::Welcome { .. }).then_some(()))
            .await?;
        guest.send(message.clone()).await?;
        ensure!(matches!(guest.bye().await?, Some(Bye::Malformed) | None), "{message:?}");
    }
    let mut guest = Raw::enter(house, event, Some(u64::MAX)).await?;
    guest
        .until(|message| matches!(message, ServerMessage::Welcome { .. }).then_some(()))
        .await
}

#[tokio::test]
async fn a_grant_opens_only_its_own_door() -> anyhow::Result<()> {
    let briefing = Briefing::announced().await?;
    let grant = briefing.mai.grant(briefing.event).await?;
    for token in [
        grant.whep_grant.clone(),
        String::new(),
        "a.b.c".into(),
        format!("{}x", grant.signal_grant),
    ] {
        let mut raw = Raw::connect(&briefing.mai, briefing.event).await?;
        raw.say(&ClientMessage::Hello {
            grant: token,
            resume: None,
        })
        .await?;
        ensure!(raw.bye().await? == Some(Bye::BadGrant));
    }
    let elsewhere = rostrum_domain::id::EventId(uuid::Uuid::from_u128(7));
    let mut raw = Raw::connect(&briefing.mai, elsewhere).await?;
    raw.say(&ClientMessage::Hello {
        grant: grant.signal_grant,
        resume: None,
    })
    .await?;
    ensure!(raw.bye().await? == Some(Bye::BadGrant));
    Ok(())
}

#[tokio::test]
async fn a_flood_is_slowed_then_cut() -> anyhow::Result<()> {
    let briefing = Briefing::announced().await?;
    let mut flood = Raw::enter(&briefing.mai, briefing.event, None).await?;
    for n in 0..100 {
        flood.give(1000 + n, Command::LowerHand).await?;
    }
    flood
        .until(|message| {
            matches!(
                message,
                ServerMessage::Outcome {
                    refused: Some(Refusal::TooFast),
                    ..
                }
            )
            .then_some(())
        })
        .await?;
    for _ in 0..1000 {
        // The server may have hung up already: that is what is waited for.
        let _ = flood
            .say(&ClientMessage::Ping {
                at: Timestamp::default(),
            })
            .await;
    }
    ensure!(matches!(flood.bye().await, Ok(Some(Bye::TooFast) | None)));
    Ok(())
}

#[tokio::test]
async fn media_doors_refuse_what_they_cannot_use() -> anyhow::Result<()> {
    let briefing = Briefing::announced().await?;
    let grant = briefing.chair.grant(briefing.event).await?;
    let whip = grant.whip_grant.clone().context("the chair may publish")?;
    let base = briefing.server.url();
    let sdp = "application/sdp";
    ensure!(knock(base, &grant.whip_url, Some(&whip), sdp, "v=0").await? == 400);
    ensure!(knock(base, &grant.whip_url, Some(&whip), sdp, "").await? == 400);
    ensure!(knock(base, &grant.whip_url, Some(&whip), sdp, &"a=x\r\n".repeat(20_000)).await? == 413);
    ensure!(knock(base, &grant.whip_url, Some(&whip), "text/plain", "v=0").await? == 415);
    ensure!(knock(base, &grant.whip_url, Some(&grant.whep_grant), sdp, "v=0").await? == 401);
    ensure!(knock(base, &grant.whip_url, None, sdp, "v=0").await? == 401);
    ensure!(knock(base, &grant.whep_url, Some(&grant.whep_grant), sdp, "v=0").await? == 400);

    // A journalist who was not called may not be heard.
    let grant = briefing.mai.grant(briefing.event).await?;
    let whip = grant.whip_grant.context("journalists hold a grant; the plan decides")?;
    ensure!(knock(base, &grant.whip_url, Some(&whip), sdp, "v=0").await? == 403);
    let house = House::new(base);
    ensure!(house.get::<serde_json::Value>("/readyz").await.is_ok() || house.fetch("/readyz").await.is_ok());
    Ok(())
}

async fn knock(base: &str, path: &str, token: Option<&str>, kind: &str, offer: &str) -> anyhow::Result<u16> {
    let mut request = reqwest::Client::new()
        .post(format!("{base}{path}"))
        .header("Content-Type", kind);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    Ok(request.body(offer.to_owned()).send().await?.status().as_u16())
}
