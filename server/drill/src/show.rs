//! The live demonstration: a chair, a spokesperson and four journalists hold a briefing for ever, through the same doors as
//! everybody. A person who watches alone sees announcements, the line, calls and captions move, and may ask and be called.
//! Survives restarts of the server; stops when the event has ended.

mod cast;
mod floor;
mod journalist;
mod script;

pub use cast::{HOUSE_PASSWORD, MINISTRY, Member, PRESS, Reporter};

use crate::{
    assets,
    client::House,
    people::{Chair, Spokesperson},
};
use anyhow::Context;
use cast::Browsers;
use rostrum_domain::{id::EventId, room::view::Phase};
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::sleep};

/// Pause before signing in is tried again: below the server's limit of sign-ins per minute.
const SIGN_IN_PAUSE: Duration = Duration::from_secs(25);
/// Pause before the cast comes again after something went wrong.
const PAUSE: Duration = Duration::from_secs(3);
/// What the cast does before going live, so that somebody who looks at once sees the holding card.
const DOORS_OPEN: Duration = Duration::from_secs(6);

pub struct Options {
    pub url: String,
    /// The event to hold; `None`: the first that is live or announced for now.
    pub event: Option<EventId>,
    pub password: String,
}

/// Runs until the event ends.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let house = House::new(&options.url);
    let (browsers, event) = loop {
        match Browsers::open(&house, &options.password, options.event).await {
            Ok(Some(signed_in)) => break signed_in,
            Ok(None) => return Ok(()),
            Err(error) => tracing::info!(error = format!("{error:#}"), "the cast is not let in yet"),
        }
        sleep(SIGN_IN_PAUSE).await;
    };
    loop {
        match perform(&browsers, event).await {
            Ok(()) => return Ok(()),
            Err(error) => tracing::info!(error = format!("{error:#}"), "the show starts again"),
        }
        sleep(PAUSE).await;
    }
}

async fn perform(browsers: &Browsers, event: EventId) -> anyhow::Result<()> {
    let mut chair = Chair::enter(&browsers.chair, event).await?;
    if chair.signal.view().phase() == Some(Phase::Ended) {
        return Ok(());
    }
    if chair.signal.view().phase() == Some(Phase::Closed) {
        chair.open_doors().await?;
    }
    chair.show(Some(Arc::new(cast::CHAIR.portrait.clip()?))).await?;
    let picture = Arc::new(cast::SPOKESPERSON.portrait.clip()?);
    let spokesperson = Spokesperson::enter(&browsers.spokesperson, event, Some(picture)).await?;

    // Dropped with this function, whichever way it ends: nobody is left in the room twice.
    let mut press = JoinSet::new();
    let speech = assets::questions()?;
    for (index, (reporter, browser)) in cast::CORPS.iter().zip(&browsers.press).enumerate() {
        let voice = Arc::new(speech[index % speech.len()].clone());
        press.spawn(journalist::attend(browser.clone(), event, reporter, voice, index));
    }

    if chair.signal.view().phase() == Some(Phase::Doors) {
        sleep(DOORS_OPEN).await;
        chair.go_live().await?;
    }
    spokesperson.wait_on_stage().await?;
    tracing::info!(%event, "the briefing is live");
    tokio::select! {
        result = floor::hold(&chair, &spokesperson) => result,
        Some(left) = press.join_next() => {
            left.context("a journalist's task")?.context("a journalist left")?;
            anyhow::bail!("a journalist left")
        }
    }
}
