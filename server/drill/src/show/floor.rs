//! What the synthetic chair does: announcements, the desk, calls, answers, in turn and for ever. A person's question is
//! treated like any other; a person who is called is waited for.

use super::script;
use crate::{
    assets,
    office::now,
    people::{Chair, Spokesperson},
    signal::CommandError,
    voice::Voice,
};
use rostrum_domain::{
    id::QuestionId,
    question::QuestionState,
    room::{
        command::{Command, Outcome, Refusal},
        view::{ExchangeStep, Phase},
    },
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, timeout};

/// How long a called person may take to switch on camera and microphone.
const DEVICE_CHECK: Duration = Duration::from_secs(60);
/// Longest question of a person.
const QUESTION: Duration = Duration::from_secs(60);
/// Silence that ends a person's question.
const SILENCE: Duration = Duration::from_secs(4);
/// A question lies this long on the desk before it is listed: somebody who plays the officer may be quicker.
const DESK: Duration = Duration::from_secs(8);
/// Between two pieces of business.
const BREATH: Duration = Duration::from_secs(4);

/// Holds the floor until the event has ended; an error means that the room was lost.
pub(super) async fn hold(chair: &Chair, spokesperson: &Spokesperson) -> anyhow::Result<()> {
    let statements: Vec<Arc<Voice>> = assets::statements()?.into_iter().map(Arc::new).collect();
    for turn in 0.. {
        let view = chair.signal.view();
        if view.phase() == Some(Phase::Ended) {
            return Ok(());
        }
        anyhow::ensure!(
            !view.closed && !spokesperson.signal.view().closed,
            "sent out of the room"
        );
        let statement = &statements[turn % statements.len()];
        let held = async {
            if turn.is_multiple_of(4) {
                announce(
                    chair,
                    spokesperson,
                    script::ANNOUNCEMENTS[(turn / 4) % script::ANNOUNCEMENTS.len()],
                    statement,
                )
                .await
            } else {
                tidy_desk(chair).await?;
                exchange(chair, spokesperson, statement, turn % 3 == 2).await
            }
        };
        if let Err(error) = held.await {
            // Somebody else may run the floor too: the next turn looks at the room afresh.
            tracing::debug!(error = format!("{error:#}"), "a turn was cut short");
        }
        sleep(BREATH).await;
    }
    Ok(())
}

async fn announce(
    chair: &Chair,
    spokesperson: &Spokesperson,
    title: &str,
    statement: &Arc<Voice>,
) -> anyhow::Result<()> {
    chair.announce(title).await?;
    let said = spokesperson.say(statement).await;
    chair.end_announcement().await?;
    said
}

/// Lists what has lain on the desk long enough.
async fn tidy_desk(chair: &Chair) -> anyhow::Result<()> {
    let view = chair.signal.view();
    let Some(desk) = &view.desk else { return Ok(()) };
    let before = now().micros() - DESK.as_micros() as i64;
    for question in &desk.questions {
        if question.state == QuestionState::Submitted && question.submitted_at.micros() < before {
            chair.list(question.id).await?;
        }
    }
    Ok(())
}

async fn exchange(
    chair: &Chair,
    spokesperson: &Spokesperson,
    answer: &Arc<Voice>,
    follow_up: bool,
) -> anyhow::Result<()> {
    if chair.signal.view().exchange().is_none() && !call_next(chair).await? {
        return Ok(());
    }
    if !chair.wait_ready(DEVICE_CHECK).await {
        // Nobody came: back into the line, behind the others.
        return chair.step_down(Outcome::Requeue).await;
    }
    chair.put_on_air().await?;
    listen(chair).await;
    if chair.signal.view().exchange().is_none() {
        return Ok(());
    }
    spokesperson.say(answer).await?;
    if follow_up && chair.allow_follow_up().await.is_ok() {
        listen(chair).await;
        spokesperson.say(answer).await?;
    }
    sleep(Duration::from_secs(2)).await;
    chair
        .step_down(if follow_up { Outcome::Taken } else { Outcome::Answered })
        .await
}

/// Calls the first in line who is in the room; `false` when there is nobody.
async fn call_next(chair: &Chair) -> anyhow::Result<bool> {
    let line: Vec<QuestionId> = chair
        .signal
        .view()
        .desk
        .as_ref()
        .map(|desk| desk.line.clone())
        .unwrap_or_default();
    for question in line {
        match chair.signal.command(Command::Call { question }).await {
            Ok(_) => return Ok(true),
            Err(CommandError::Refused(Refusal::AskerAbsent | Refusal::WrongState | Refusal::NoSuchQuestion)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

/// Waits until the journalist on air has asked: they spoke, then were silent for a while, or left.
async fn listen(chair: &Chair) {
    let asking = async {
        let mut view = chair.signal.watch();
        let mut spoke = false;
        let mut silent_since = Instant::now();
        loop {
            let now = view.borrow_and_update().clone();
            let Some(exchange) = now.exchange() else { return };
            if !matches!(exchange.step, ExchangeStep::OnAir | ExchangeStep::FollowUp) && spoke {
                return;
            }
            let seat = exchange.seat;
            let speaking = now.stage.iter().flat_map(|stage| &stage.seats).any(|on_stage| {
                on_stage.seat == seat
                    && on_stage
                        .sources
                        .iter()
                        .any(|source| Some(source.source) == now.speaking)
            });
            if speaking {
                spoke = true;
                silent_since = Instant::now();
            } else if spoke && silent_since.elapsed() > SILENCE {
                return;
            }
            // The view also changes when somebody falls silent; the timeout sees the silence last.
            if let Ok(Err(_)) = timeout(Duration::from_millis(500), view.changed()).await {
                return;
            }
        }
    };
    // Somebody who never says a word, or never ends, is answered all the same.
    let _ = timeout(QUESTION, asking).await;
}
