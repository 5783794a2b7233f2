//! How soon somebody who comes in sees the stage, and how soon a called journalist is seen.

use super::{Measure, Server, machine, percentile};
use crate::{
    assets::Portrait,
    people::PATIENCE,
    subscribe::{Counts, Slots, Subscriber},
};
use anyhow::Context;
use rostrum_domain::{
    person::Role,
    room::command::{Command, Outcome},
};
use std::{sync::Arc, time::Instant};

const JOINS: usize = 20;
const CALLS: usize = 10;

pub(super) async fn run(server: &Server) -> anyhow::Result<Vec<Measure>> {
    let picture = Arc::new(Portrait::Spokesperson.clip()?);
    let (chair, _spokesperson) = server.live(Some(picture)).await?;
    let viewer = server.somebody(Role::Observer);
    let grant = viewer.grant(server.event).await?;
    let mut joins = Vec::new();
    for _ in 0..JOINS {
        let subscriber = Subscriber::open(&viewer, &grant, Slots::STAGE).await?;
        let took = subscriber
            .first_picture(PATIENCE)
            .await
            .context("a picture at the viewer")?;
        joins.push(took.as_secs_f64() * 1e3);
        subscriber.close().await;
    }

    let mut journalist = server.journalist().await?;
    let picture = Arc::new(Portrait::Mai.clip()?);
    let mut calls = Vec::new();
    for _ in 0..CALLS {
        let subscriber = Subscriber::open(&viewer, &grant, Slots::STAGE).await?;
        subscriber
            .first_picture(PATIENCE)
            .await
            .context("a picture at the viewer")?;
        let question = journalist.raise_hand(None).await?;
        chair.list(question).await?;
        chair.call(question).await?;
        anyhow::ensure!(journalist.wait_called(PATIENCE).await, "the journalist is called");
        journalist.check_devices(Some(picture.clone())).await?;
        anyhow::ensure!(chair.wait_ready(PATIENCE).await, "the journalist is ready");

        let before = pictures(&subscriber.counts());
        let began = Instant::now();
        let on_air = chair.signal.command(Command::PutOnAir);
        let seen = subscriber.until(PATIENCE, |counts| pictures(counts) > before);
        let (on_air, seen) = tokio::join!(on_air, seen);
        on_air.context("put on air")?;
        let counts = seen.context("the journalist is seen")?;
        let first = counts
            .values()
            .filter_map(|slot| slot.first_picture)
            .max()
            .context("a first picture")?;
        calls.push(first.saturating_duration_since(began).as_secs_f64() * 1e3);

        chair.step_down(Outcome::Answered).await?;
        journalist.stop_showing().await;
        subscriber.close().await;
    }

    let machine = machine();
    Ok(vec![
        Measure {
            name: "join_first_frame_ms",
            value: percentile(&mut joins, 0.5),
            unit: "ms",
            conditions: format!(
                "{machine}; median of {JOINS} WHEP joins over loopback, from making the offer to the first whole VP8 \
                 picture (640×360, 15 fps) in the webrtc crate's client, whose ICE agent looks every 200 ms and needs two \
                 looks"
            ),
        },
        Measure {
            name: "call_on_air_ms",
            value: percentile(&mut calls, 0.5),
            unit: "ms",
            conditions: format!(
                "{machine}; median of {CALLS}, from sending PutOnAir to the journalist's first whole picture at a viewer \
                 in the gallery, over loopback"
            ),
        },
    ])
}

/// Slots that have shown a picture.
fn pictures(counts: &Counts) -> usize {
    counts.values().filter(|slot| slot.first_picture.is_some()).count()
}
