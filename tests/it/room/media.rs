//! Pictures and sound through the whole server: who sees the stage, what is recorded and what is not.

use super::{Briefing, PATIENCE};
use anyhow::{Context, ensure};
use rostrum_domain::room::view::ExchangeStep;
use rostrum_drill::{
    assets::{Portrait, statements},
    people::{Chair, Spokesperson},
    subscribe::{Counts, Slots},
};
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

fn pictures(counts: &Counts) -> usize {
    counts.values().filter(|slot| slot.first_picture.is_some()).count()
}

#[tokio::test]
async fn the_gallery_sees_the_stage_and_then_the_journalist_on_air() -> anyhow::Result<()> {
    let (briefing, chair, mut mai, mut claire) = Briefing::live().await?;
    let picture = Arc::new(Portrait::Spokesperson.clip()?);
    let _spokesperson = Spokesperson::enter(&briefing.spokesperson, briefing.event, Some(picture)).await?;
    stage(&chair).await?;
    let screen = mai.watch(Slots::STAGE).await?;
    screen
        .first_picture(PATIENCE)
        .await
        .context("the spokesperson is seen")?;
    mai.signal
        .until(PATIENCE, |view| {
            view.slots.values().flatten().any(|slot| slot.source.is_some())
        })
        .await
        .context("the client is told what its slots show")?;

    let question = claire.raise_hand(None).await?;
    chair.call(question).await?;
    ensure!(claire.wait_called(PATIENCE).await);
    claire.check_devices(Some(Arc::new(Portrait::Mai.clip()?))).await?;
    chair
        .signal
        .until(PATIENCE, |view| {
            view.exchange().is_some_and(|now| now.step == ExchangeStep::Ready)
        })
        .await
        .context("ready")?;
    ensure!(
        pictures(&screen.counts()) == 1,
        "the side room is not shown to the gallery"
    );
    chair.put_on_air().await?;
    screen
        .until(PATIENCE, |counts| pictures(counts) == 2)
        .await
        .context("the journalist is seen")?;
    Ok(())
}

#[tokio::test]
async fn what_is_said_on_the_record_is_recorded_and_survives_a_kill() -> anyhow::Result<()> {
    let (mut briefing, chair, _mai, _claire) = Briefing::live().await?;
    let picture = Arc::new(Portrait::Spokesperson.clip()?);
    let spokesperson = Spokesperson::enter(&briefing.spokesperson, briefing.event, Some(picture)).await?;
    stage(&chair).await?;
    let voice = Arc::new(statements()?.into_iter().next().context("a statement")?);
    spokesperson.say(&voice).await?;
    chair.off_record().await?;
    let finished = takes(&briefing, |takes| {
        takes.len() == 2 && takes.iter().all(|take| take["state"] == "finished")
    });
    let finished = finished.await.context("picture and sound, both finished")?;
    ensure!(
        finished
            .iter()
            .all(|take| take["duration_ms"].as_u64().is_some_and(|ms| ms > 500)),
        "{finished:?}"
    );

    spokesperson.say(&voice).await?;
    ensure!(
        takes(&briefing, |_| true).await?.len() == 2,
        "nothing is captured off the record"
    );

    chair.on_record().await?;
    spokesperson.say(&voice).await?;
    takes(&briefing, |takes| {
        takes.iter().filter(|take| take["state"] == "recording").count() == 2
    })
    .await
    .context("recording again")?;
    briefing.server.kill().await?;
    briefing.server.start_again().await?;
    let recovered = takes(&briefing, |takes| {
        takes.iter().filter(|take| take["state"] == "recovered").count() == 2
    });
    let recovered = recovered.await.context("recovered")?;
    for take in recovered.iter().filter(|take| take["state"] == "recovered") {
        ensure!(take["duration_ms"].as_u64().is_some_and(|ms| ms > 500), "{take}");
        let url = take["url"].as_str().context("an address")?;
        let file = briefing.chair.fetch(url).await?;
        ensure!(file.starts_with(&[0x1A, 0x45, 0xDF, 0xA3]), "a Matroska file");
    }
    Ok(())
}

/// The event was live before the spokesperson came: the chair brings them on stage.
pub(super) async fn stage(chair: &Chair) -> anyhow::Result<()> {
    use rostrum_domain::{
        person::Role,
        room::command::{Command, Zone},
    };
    let there = chair.signal.until(PATIENCE, |view| {
        view.team
            .as_ref()
            .is_some_and(|team| team.seats.iter().any(|seat| seat.role == Role::Spokesperson))
    });
    let view = there.await.context("the spokesperson is in the green room")?;
    let team = view.team.as_ref().context("the chair sees the team")?;
    let seat = team
        .seats
        .iter()
        .find(|seat| seat.role == Role::Spokesperson)
        .context("a seat")?
        .seat;
    chair.command(Command::Move { seat, to: Zone::Stage }).await
}

/// The takes, once they are as wanted.
async fn takes(briefing: &Briefing, wanted: impl Fn(&[Value]) -> bool) -> anyhow::Result<Vec<Value>> {
    let path = format!("/api/v1/events/{}/takes", briefing.event);
    let until = Instant::now() + PATIENCE;
    loop {
        let mut answer: Value = briefing.chair.get(&path).await?;
        if let Value::Array(takes) = answer["items"].take() {
            if wanted(&takes) {
                return Ok(takes);
            }
            ensure!(Instant::now() < until, "still {takes:#?}");
        }
        sleep(Duration::from_millis(100)).await;
    }
}
