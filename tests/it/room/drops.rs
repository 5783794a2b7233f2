//! Networks that break, pages that reload, second devices, and a server that is killed: nobody loses a place, nothing
//! happens twice.

use super::{Briefing, PATIENCE, Raw};
use anyhow::{Context, ensure};
use rostrum_domain::{
    question::{QuestionDraft, QuestionState},
    room::{
        command::{Command, Outcome, Zone},
        view::{ExchangeStep, Phase, Section},
    },
    signal::{Bye, ServerMessage},
};

fn written() -> Command {
    Command::Submit {
        draft: QuestionDraft {
            topic: "Trade".into(),
            language: "en".into(),
            text: Some("When will the tariffs end?".into()),
        },
    }
}

#[tokio::test]
async fn the_line_is_called_in_order_and_everybody_sees_their_place() -> anyhow::Result<()> {
    let (_briefing, chair, mai, claire) = Briefing::live().await?;
    let first = mai.raise_hand(Some("Trade")).await?;
    let second = claire.raise_hand(None).await?;
    let place = |wanted| move |view: &rostrum_drill::signal::View| view.me.as_ref().and_then(|me| me.place) == wanted;
    claire
        .signal
        .until(PATIENCE, place(Some(2)))
        .await
        .context("second in line")?;
    chair.call(first).await?;
    claire
        .signal
        .until(PATIENCE, place(Some(1)))
        .await
        .context("next in line")?;
    mai.signal
        .until(PATIENCE, |view| view.zone() == Some(Zone::Side))
        .await
        .context("called")?;
    mai.command(Command::Ready).await?;
    chair
        .signal
        .until(PATIENCE, |view| {
            view.exchange().is_some_and(|now| now.step == ExchangeStep::Ready)
        })
        .await
        .context("ready")?;
    chair.put_on_air().await?;
    chair.step_down(Outcome::Answered).await?;
    mai.signal
        .until(PATIENCE, |view| {
            view.my_question(first).map(|mine| mine.state) == Some(QuestionState::Answered)
        })
        .await
        .context("answered")?;
    let view = chair.signal.view();
    let line = view.line.as_ref().context("the chair sees the line")?;
    ensure!(line.entries.iter().map(|entry| entry.question).collect::<Vec<_>>() == [second]);
    ensure!(line.entries[0].card.name == "Claire Dubois" && line.entries[0].card.outlet.as_deref() == Some("Le Jour"));
    Ok(())
}

#[tokio::test]
async fn a_cut_line_resumes_and_keeps_the_place() -> anyhow::Result<()> {
    let (_briefing, chair, mai, claire) = Briefing::live().await?;
    mai.raise_hand(None).await?;
    claire.raise_hand(None).await?;
    let before = claire.signal.view();
    claire.signal.cut();
    chair.announce("A visit").await?;
    let after = claire.signal.until(PATIENCE, |view| {
        view.connections > before.connections
            && view
                .room
                .as_ref()
                .is_some_and(|room| room.announcement.as_deref() == Some("A visit"))
    });
    let after = after.await.context("she hears what she missed")?;
    ensure!(after.snapshots == before.snapshots, "a short drop needs no snapshot");
    ensure!(after.me.as_ref().and_then(|me| me.place) == Some(2));
    Ok(())
}

#[tokio::test]
async fn a_command_sent_twice_happens_once() -> anyhow::Result<()> {
    let briefing = Briefing::announced().await?;
    let mut mai = Raw::enter(&briefing.mai, briefing.event, None).await?;
    let outcome = |message: &ServerMessage| match message {
        ServerMessage::Outcome { refused, question, .. } => Some((*refused, *question)),
        _ => None,
    };
    mai.give(7, written()).await?;
    let first = mai.until(outcome).await?;
    mai.give(7, written()).await?;
    ensure!(mai.until(outcome).await? == first);
    drop(mai);

    let mut again = Raw::enter(&briefing.mai, briefing.event, None).await?;
    again.give(7, written()).await?;
    let questions = again.until(|message| match message {
        ServerMessage::Welcome { me, .. } => Some(me.questions.len()),
        _ => None,
    });
    ensure!(questions.await? == 1);
    ensure!(again.until(outcome).await? == first);
    Ok(())
}

#[tokio::test]
async fn the_newer_device_has_the_seat() -> anyhow::Result<()> {
    let briefing = Briefing::announced().await?;
    let mut laptop = Raw::enter(&briefing.mai, briefing.event, None).await?;
    let seat = |message: &ServerMessage| match message {
        ServerMessage::Welcome { me, .. } => Some(me.seat),
        _ => None,
    };
    let first = laptop.until(seat).await?;
    let mut phone = Raw::enter(&briefing.mai, briefing.event, None).await?;
    ensure!(phone.until(seat).await? == first, "one person, one seat");
    ensure!(laptop.bye().await? == Some(Bye::Replaced));
    phone.give(1, written()).await?;
    phone
        .until(|message| matches!(message, ServerMessage::Outcome { refused: None, .. }).then_some(()))
        .await
}

#[tokio::test]
async fn a_killed_server_comes_back_with_floor_line_and_everybody() -> anyhow::Result<()> {
    let (mut briefing, chair, mai, claire) = Briefing::live().await?;
    let asked = mai.raise_hand(Some("Trade")).await?;
    let waiting = claire.raise_hand(None).await?;
    chair.call(asked).await?;
    chair.put_on_air().await?;
    let before = (mai.signal.view().connections, claire.signal.view().connections);

    briefing.server.kill().await?;
    briefing.server.start_again().await?;

    mai.signal
        .until(PATIENCE, |view| {
            view.connected && view.connections > before.0 && view.zone() == Some(Zone::Stage)
        })
        .await
        .context("Mai is back on air")?;
    let claire_view = claire.signal.until(PATIENCE, |view| {
        view.connected
            && view.connections > before.1
            && view.phase() == Some(Phase::Live)
            && view
                .me
                .as_ref()
                .is_some_and(|me| me.place == Some(1) && me.rules_accepted)
    });
    let claire_view = claire_view.await.context("Claire is back in line")?;
    ensure!(claire_view.exchange().map(|now| (now.question, now.step)) == Some((asked, ExchangeStep::OnAir)));

    chair.step_down(Outcome::Taken).await?;
    chair.call(waiting).await?;
    claire
        .signal
        .until(PATIENCE, |view| view.zone() == Some(Zone::Side))
        .await
        .context("called after the restart")?;
    Ok(())
}

#[tokio::test]
async fn what_is_sent_into_a_dying_server_is_stored_once() -> anyhow::Result<()> {
    let (mut briefing, chair, mai, _claire) = Briefing::live().await?;
    let sending = mai.signal.command(written());
    let dying = async {
        briefing.server.kill().await?;
        briefing.server.start_again().await
    };
    let (sent, died) = tokio::join!(sending, dying);
    died?;
    let question = sent?.context("the room names the question")?;
    let desk = chair.signal.until(PATIENCE, |view| {
        view.desk
            .as_ref()
            .is_some_and(|desk| desk.questions.iter().any(|stored| stored.id == question))
    });
    let desk = desk.await.context("the desk has it")?;
    ensure!(desk.desk.as_ref().is_some_and(|desk| desk.questions.len() == 1));
    Ok(())
}

#[tokio::test]
async fn the_floor_never_reads_the_text_of_a_question() -> anyhow::Result<()> {
    let (briefing, _chair, mai, _claire) = Briefing::live().await?;
    let mut claire = Raw::enter(&briefing.claire, briefing.event, None).await?;
    mai.submit("Trade", Some("a confidential sentence")).await?;
    let received = claire.until(|message| {
        let text = serde_json::to_string(message).unwrap_or_default();
        assert!(!text.contains("a confidential sentence"));
        let sections = match message {
            ServerMessage::Welcome { sections, .. } | ServerMessage::Notice { sections, .. } => sections,
            _ => return None,
        };
        let counted = |section: &Section| matches!(section, Section::Line(line) if line.totals.received == 1);
        sections.iter().any(counted).then_some(())
    });
    received.await
}

#[tokio::test]
async fn a_polite_stop_says_so_and_everybody_comes_back() -> anyhow::Result<()> {
    let mut briefing = Briefing::announced().await?;
    let mut mai = Raw::enter(&briefing.mai, briefing.event, None).await?;
    mai.until(|message| matches!(message, ServerMessage::Welcome { .. }).then_some(()))
        .await?;
    let pid = briefing.server.pid().to_string();
    ensure!(std::process::Command::new("kill").arg(pid).status()?.success());
    ensure!(mai.bye().await? == Some(Bye::Restarting));
    briefing.server.ended().await?;
    briefing.server.start_again().await?;
    let mut again = Raw::enter(&briefing.mai, briefing.event, None).await?;
    again
        .until(|message| matches!(message, ServerMessage::Welcome { .. }).then_some(()))
        .await
}
