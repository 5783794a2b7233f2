//! A bounded load run against a running server: viewers come, watch for a while, leave, and the report tells what they got.

use crate::{
    client::House,
    mint::Mint,
    subscribe::{LightSubscriber, Slots},
};
use anyhow::{Context, ensure};
use futures::{StreamExt, stream};
use rostrum_domain::{id::EventId, person::Role};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Most viewers of one run. Higher: the machine of the drill, not the server, becomes what is measured.
pub const MOST_VIEWERS: usize = 2_000;
/// Viewers that knock at the same time.
const AT_THE_DOOR: usize = 8;

pub struct Options {
    pub url: String,
    pub event: EventId,
    pub viewers: usize,
    pub seconds: u64,
}

/// What the viewers got.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub viewers: usize,
    /// Seconds until the last was connected.
    pub joined_in: f64,
    pub packets_per_second: f64,
    pub megabits_per_second: f64,
    /// The viewer who got least, against the one who got most: 1 is fair.
    pub evenness: f64,
    pub still_connected: usize,
}

pub async fn run(options: &Options, mint: &Mint) -> anyhow::Result<Report> {
    ensure!(
        (1..=MOST_VIEWERS).contains(&options.viewers),
        "between 1 and {MOST_VIEWERS} viewers, please"
    );
    more_files()?;
    let house = House::new(&options.url);
    let began = Instant::now();
    let audience = gather(&house, options.event, options.viewers, Slots::STAGE, mint).await?;
    let joined_in = began.elapsed().as_secs_f64();

    let before: Vec<(u64, u64)> = audience.iter().map(LightSubscriber::received).collect();
    let watched = Instant::now();
    sleep(Duration::from_secs(options.seconds)).await;
    let seconds = watched.elapsed().as_secs_f64();
    let got: Vec<(u64, u64)> = audience
        .iter()
        .zip(&before)
        .map(|(viewer, before)| {
            let after = viewer.received();
            (after.0 - before.0, after.1 - before.1)
        })
        .collect();
    let still_connected = audience.iter().filter(|viewer| viewer.connected()).count();
    disperse(&audience).await;

    let packets: u64 = got.iter().map(|got| got.0).sum();
    let bytes: u64 = got.iter().map(|got| got.1).sum();
    let most = got.iter().map(|got| got.0).max().unwrap_or(0).max(1);
    let least = got.iter().map(|got| got.0).min().unwrap_or(0);
    Ok(Report {
        viewers: options.viewers,
        joined_in,
        packets_per_second: packets as f64 / seconds,
        megabits_per_second: bytes as f64 * 8.0 / 1e6 / seconds,
        evenness: least as f64 / most as f64,
        still_connected,
    })
}

/// Lets light viewers in, a few at a time.
pub(crate) async fn gather(
    house: &House,
    event: EventId,
    viewers: usize,
    slots: Slots,
    mint: &Mint,
) -> anyhow::Result<Vec<LightSubscriber>> {
    let joins = stream::iter(0..viewers).map(|number| async move {
        let grant = mint(event, Role::Observer);
        let joined = LightSubscriber::open(house, &grant, slots).await;
        joined.with_context(|| format!("viewer {number} comes in"))
    });
    let mut joins = joins.buffer_unordered(AT_THE_DOOR);
    let mut audience = Vec::with_capacity(viewers);
    while let Some(viewer) = joins.next().await {
        audience.push(viewer?);
    }
    Ok(audience)
}

pub(crate) async fn disperse(audience: &[LightSubscriber]) {
    stream::iter(audience)
        .for_each_concurrent(AT_THE_DOOR, LightSubscriber::close)
        .await;
}

/// Every viewer is a socket: raises the soft limit of open files to the hard one.
pub(crate) fn more_files() -> anyhow::Result<()> {
    rlimit::increase_nofile_limit(u64::MAX).context("raise the limit of open files")?;
    Ok(())
}
