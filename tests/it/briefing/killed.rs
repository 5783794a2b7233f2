//! The server is killed in the middle of a question, and the briefing goes on where it was.

use super::{PATIENCE, Stage, questions, statements, words};
use anyhow::{Context, ensure};
use rostrum_domain::room::view::{ExchangeStep, Phase};
use rostrum_drill::{
    people::Journalist,
    subscribe::{Counts, Slots},
};

fn pictures(counts: &Counts) -> usize {
    counts.values().filter(|slot| slot.first_picture.is_some()).count()
}

#[tokio::test]
async fn a_killed_server_takes_up_the_exchange_with_picture_and_sound() -> anyhow::Result<()> {
    let mut stage = Stage::set().await?;
    let mut claire = Journalist::enter(&stage.briefing.claire, stage.briefing.event).await?;
    let screen = claire.watch(Slots::STAGE).await?;
    let waiting = claire.raise_hand(Some("What comes after")).await?;
    stage.mai_on_air().await?;
    screen
        .until(PATIENCE, |counts| pictures(counts) == 2)
        .await
        .context("both are seen")?;
    let question = stage.chair.signal.view().exchange().context("an exchange")?.question;
    let connections = claire.signal.view().connections;

    stage.briefing.server.kill().await?;
    stage.briefing.server.start_again().await?;

    for attendee in [&stage.chair.0, &stage.spokesperson.0, &stage.mai.0, &claire.0] {
        let back = attendee.signal.until(PATIENCE, |view| {
            view.connected && view.connections > 1 && view.phase() == Some(Phase::Live)
        });
        back.await.context("everybody comes back by themselves")?;
    }
    let view = claire.signal.view();
    ensure!(
        view.connections == connections + 1,
        "one connection was enough: {}",
        view.connections
    );
    let exchange = view.exchange().context("the exchange goes on")?;
    ensure!(
        exchange.question == question && exchange.step == ExchangeStep::OnAir,
        "{exchange:?}"
    );
    let place = view.me.as_ref().and_then(|me| me.place);
    ensure!(place == Some(1), "Claire is next, as before: {place:?}");
    ensure!(view.my_question(waiting).is_some(), "her question is kept");

    let screen = claire.screen().await?;
    screen
        .until(PATIENCE, |counts| pictures(counts) == 2)
        .await
        .context("both are seen again")?;
    let (statements, questions) = (statements()?, questions()?);
    stage.mai.say(&questions[0]).await?;
    stage.spokesperson.say(&statements[1]).await?;
    stage.chair.end().await?;
    stage
        .transcript(|segments| {
            for (who, said) in [
                (stage.mai_id, &questions[0].text),
                (stage.spokesperson_id, &statements[1].text),
            ] {
                let rate = words::error_rate(said, &words::by(segments, who));
                ensure!(rate <= 0.25, "{rate:.2} of the words after the restart are wrong");
            }
            Ok(())
        })
        .await?;
    Ok(())
}
