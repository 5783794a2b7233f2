//! A disk without room stops the recording, with an alarm for the chair, and never the briefing.

use super::{Briefing, PATIENCE};
use anyhow::{Context, ensure};
use rostrum_domain::room::view::{Alarm, Phase};
use rostrum_drill::{
    assets::Portrait,
    people::{Chair, Journalist, Spokesperson},
    signal::View,
    subscribe::Slots,
};
use rostrum_tests::{TestServer, server::Options};
use std::sync::Arc;

/// More than any disk has: a million GiB.
const RESERVE_MIB: u64 = 1 << 30;

fn disk_full(view: &View) -> Option<&Alarm> {
    let alarms = &view.alarms.as_ref()?.alarms;
    alarms.iter().find(|alarm| alarm.alarm == "disk_full")
}

#[tokio::test]
async fn a_disk_without_room_stops_the_recording_and_not_the_briefing() -> anyhow::Result<()> {
    let options = Options::default().set("ROSTRUM_RECORDING__RESERVE_MIB", RESERVE_MIB);
    let briefing = Briefing::announced_at(TestServer::start_with(options).await?).await?;
    let chair = Chair::enter(&briefing.chair, briefing.event).await?;
    let picture = Some(Arc::new(Portrait::Spokesperson.clip()?));
    let _spokesperson = Spokesperson::enter(&briefing.spokesperson, briefing.event, picture).await?;
    let mut mai = Journalist::enter(&briefing.mai, briefing.event).await?;
    chair.go_live().await?;

    let alarmed = chair.signal.until(PATIENCE, |view| disk_full(view).is_some()).await;
    alarmed.context("the chair is told that the disk is full")?;
    let screen = mai.watch(Slots::STAGE).await?;
    screen
        .first_picture(PATIENCE)
        .await
        .context("the stage is seen all the same")?;
    let view = mai.signal.view();
    ensure!(
        view.phase() == Some(Phase::Live),
        "the briefing goes on: {:?}",
        view.phase()
    );
    ensure!(
        disk_full(&view).is_none(),
        "the gallery has no use for the house's alarms"
    );
    Ok(())
}
