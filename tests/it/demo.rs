//! `serve --demo`: somebody who tries it alone finds a published record, a living briefing, and is called in their turn.

use anyhow::{Context, ensure};
use rostrum_domain::{question::QuestionState, room::view::Phase};
use rostrum_drill::{
    assets::{self, Portrait},
    client::{Event, House, Page, token_in},
    office::Office,
    people::{Chair, Journalist},
    show::HOUSE_PASSWORD,
    subscribe::Slots,
};
use rostrum_tests::{TestServer, server::Options};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

const PATIENCE: Duration = Duration::from_secs(30);
/// A turn of the show takes up to a minute, and three may come first.
const TURNS: Duration = Duration::from_secs(240);

#[tokio::test]
async fn one_person_alone_sees_a_briefing_and_takes_part() -> anyhow::Result<()> {
    let server = TestServer::start_with(Options::default().arg("--demo")).await?;
    let link = printed(&server, "  journalist    ").await?;
    let token = token_in(&link, "token=").context("the link has a token")?.to_owned();
    let house = House::new(server.url());
    house
        .redeem_link(&token)
        .await
        .context("the journalist's link signs in")?;
    let officer = Office::sign_in(&house, "officer@demo.example", HOUSE_PASSWORD)
        .await?
        .house;
    let events: Page<Event> = officer.get("/api/v1/events").await?;
    let numbered = |number| {
        events
            .items
            .iter()
            .find(|event| event.number == Some(number))
            .context("an announced event")
    };
    let (past, live, upcoming) = (numbered(1)?, numbered(2)?, numbered(3)?);
    ensure!(upcoming.state == "announced", "{upcoming:?}");

    let mut me = Journalist::enter(&house, live.id).await?;
    me.signal
        .until(PATIENCE, |view| view.phase() == Some(Phase::Live))
        .await
        .context("the briefing goes live")?;
    let screen = me.watch(Slots::STAGE).await?;
    screen.first_picture(PATIENCE).await.context("the stage is seen")?;
    let question = me.raise_hand(Some("From the person who tries this")).await?;
    ensure!(me.wait_called(TURNS).await, "called in turn");
    me.check_devices(Some(Arc::new(Portrait::Mai.clip()?))).await?;
    me.wait_on_air().await?;
    let voice = assets::questions()?.into_iter().next().context("a voice")?;
    me.say(&Arc::new(voice)).await?;
    let answered = me.signal.until(TURNS, |view| {
        view.my_question(question)
            .is_some_and(|mine| matches!(mine.state, QuestionState::Answered | QuestionState::Taken))
    });
    answered.await.context("answered, and stepped down")?;

    let until = Instant::now() + TURNS;
    while officer.event(past.id).await?.state != "published" {
        ensure!(Instant::now() < until, "the past briefing is published");
        sleep(Duration::from_millis(500)).await;
    }
    let path = officer.event(past.id).await?.public_path.context("a public address")?;
    let record = String::from_utf8(house.visitor().fetch(&format!("/en{path}.txt")).await?.to_vec())?;
    for words in ["Nguyễn Hà", "Claire Dubois", "Le Jour", "the spring of hope"] {
        ensure!(record.contains(words), "{words:?} is not in the record:\n{record}");
    }

    // Somebody who plays the chair ends the briefing: another one is held.
    let desk = Office::sign_in(&house, "chair@demo.example", HOUSE_PASSWORD)
        .await?
        .house;
    Chair::enter(&desk, live.id).await?.end().await?;
    let until = Instant::now() + TURNS;
    loop {
        let events: Page<Event> = officer.get("/api/v1/events").await?;
        if events
            .items
            .iter()
            .any(|event| event.number == Some(4) && event.state == "live")
        {
            return Ok(());
        }
        ensure!(Instant::now() < until, "another briefing is live");
        sleep(Duration::from_millis(500)).await;
    }
}

/// What follows `before` on a line, as soon as it is printed.
async fn printed(server: &TestServer, before: &str) -> anyhow::Result<String> {
    let until = Instant::now() + PATIENCE;
    loop {
        match server.printed(before) {
            Ok(found) => return Ok(found),
            Err(error) => ensure!(Instant::now() < until, error),
        }
        sleep(Duration::from_millis(100)).await;
    }
}
