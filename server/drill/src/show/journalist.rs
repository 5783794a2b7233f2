//! One synthetic journalist: watches, asks again and again, answers when called.

use super::{cast::Reporter, script};
use crate::{client::House, people::Journalist, subscribe::Slots, voice::Voice};
use anyhow::Context;
use rostrum_domain::{
    id::EventId,
    room::{
        command::Zone,
        view::{ExchangeStep, Phase},
    },
};
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;

/// Between two questions of one person, so that the line is neither empty nor full.
const REST: Duration = Duration::from_secs(45);
/// Between the first questions of two people.
const STAGGER: Duration = Duration::from_secs(12);

pub(super) async fn attend(
    browser: House,
    event: EventId,
    reporter: &'static Reporter,
    voice: Arc<Voice>,
    number: usize,
) -> anyhow::Result<()> {
    let mut me = Journalist::enter(&browser, event).await.context(reporter.email)?;
    me.watch(Slots::STAGE).await?;
    let picture = Arc::new(reporter.portrait.clip()?);
    sleep(STAGGER * u32::try_from(number).unwrap_or(0)).await;
    for round in 0.. {
        if !waits(&me) {
            ask(&me, number, round).await?;
        }
        me.signal
            .until(Duration::MAX, |view| view.zone() == Some(Zone::Side) || view.closed)
            .await;
        anyhow::ensure!(!me.signal.view().closed, "{} was sent out of the room", reporter.email);
        if let Err(error) = take_the_floor(&mut me, &picture, &voice).await {
            // The chair may have moved on meanwhile: that is a journalist's fate, not an error of the show.
            tracing::debug!(%error, "{} lost the floor", reporter.email);
        }
        me.stop_showing().await;
        sleep(REST).await;
    }
    Ok(())
}

/// Whether a question of mine is still under way, from before a restart.
fn waits(me: &Journalist) -> bool {
    let view = me.signal.view();
    view.me
        .as_ref()
        .is_some_and(|me| me.questions.iter().any(|question| !question.state.is_over()))
}

async fn ask(me: &Journalist, number: usize, round: usize) -> anyhow::Result<()> {
    let topics = &script::QUESTIONS[number % script::QUESTIONS.len()];
    let (topic, text) = topics[round % topics.len()];
    // Before the event is live, a hand is not seen.
    if me.signal.view().phase() == Some(Phase::Live) && text.is_none() && round.is_multiple_of(2) {
        me.raise_hand(Some(topic)).await?;
    } else {
        me.submit(topic, text).await?;
    }
    Ok(())
}

async fn take_the_floor(
    me: &mut Journalist,
    picture: &Arc<crate::ivf::Clip>,
    voice: &Arc<Voice>,
) -> anyhow::Result<()> {
    me.check_devices(Some(picture.clone())).await?;
    me.wait_on_air().await?;
    sleep(Duration::from_millis(600)).await;
    me.say(voice).await?;
    // A follow-up is asked with the same breath when the chair gives one; then the chair ends the exchange.
    let follow_up = me
        .signal
        .until(Duration::from_secs(90), |view| {
            view.exchange()
                .is_none_or(|exchange| exchange.step == ExchangeStep::FollowUp)
        })
        .await;
    if follow_up.is_some_and(|view| view.exchange().is_some()) {
        me.say(voice).await?;
    }
    me.wait_stepped_down(Duration::from_secs(90)).await;
    Ok(())
}
