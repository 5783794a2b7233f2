//! Words on the screen and in the transcript: whose they are, and what they were.

use super::{Briefing, PATIENCE, media::stage};
use anyhow::{Context, ensure};
use rostrum_domain::{
    room::{command::Command, view::CaptionsState},
    transcript::{Origin, SegmentKind},
};
use rostrum_drill::{
    assets::{questions, statements},
    people::Spokesperson,
    signal::View,
    voice::Voice,
};
use serde_json::Value;
use std::{sync::Arc, time::Duration};

/// The engine works beside everything else that a test run does.
const ENGINE: Duration = Duration::from_secs(120);

/// How many of the spoken words are in the text, 0 to 1.
fn heard(voice: &Voice, text: &str) -> f64 {
    let words = |text: &str| -> Vec<String> {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (said, heard) = (words(&voice.text), words(text));
    said.iter().filter(|word| heard.contains(word)).count() as f64 / said.len().max(1) as f64
}

fn said_by(view: &View, name: &str) -> String {
    let lines = view
        .captions
        .iter()
        .filter(|caption| caption.done && caption.card.name == name);
    lines.map(|caption| caption.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn question_and_answer_are_captioned_and_stored_under_their_speakers() -> anyhow::Result<()> {
    let (briefing, chair, mut mai, _claire) = Briefing::live().await?;
    let spokesperson = Spokesperson::enter(&briefing.spokesperson, briefing.event, None).await?;
    stage(&chair).await?;
    let ready = chair.signal.until(ENGINE, |view| {
        view.captioning
            .as_ref()
            .is_some_and(|now| matches!(now.state, CaptionsState::Machine { .. }))
    });
    ready
        .await
        .context("the engine is ready: the models are fetched by `make models`")?;
    let question = mai.raise_hand(None).await?;
    chair.call(question).await?;
    ensure!(mai.wait_called(PATIENCE).await);
    mai.check_devices(None).await?;
    chair.put_on_air().await?;

    let asked = Arc::new(questions()?.into_iter().next().context("a question")?);
    let answered = Arc::new(statements()?.into_iter().next().context("a statement")?);
    mai.say(&asked).await?;
    spokesperson.say(&answered).await?;
    let shown = chair.signal.until(ENGINE, |view| {
        heard(&asked, &said_by(view, "Mai Trần")) > 0.8 && heard(&answered, &said_by(view, "Minh Lê")) > 0.8
    });
    shown
        .await
        .with_context(|| format!("captions; there are {:#?}", chair.signal.view().captions))?;

    let path = format!("/api/v1/events/{}/transcript", briefing.event);
    let transcript: Value = briefing.chair.get(&path).await?;
    let segments = transcript["segments"].as_array().context("segments")?;
    let text = |name: &str, kind: &str| {
        let own = segments.iter().filter(|segment| {
            segment["card"]["name"] == name
                && segment["kind"] == kind
                && segment["question"] == question.to_string()
                && segment["take"].is_string()
        });
        own.filter_map(|segment| segment["text"].as_str())
            .collect::<Vec<_>>()
            .join(" ")
    };
    ensure!(heard(&asked, &text("Mai Trần", "question")) > 0.8, "{segments:#?}");
    ensure!(heard(&answered, &text("Minh Lê", "answer")) > 0.8, "{segments:#?}");
    Ok(())
}

#[tokio::test]
async fn a_captioner_types_where_no_engine_listens() -> anyhow::Result<()> {
    let (briefing, chair, mai, _claire) = Briefing::live().await?;
    let captioner = briefing
        .hire("Hoa Võ", "hoa@press.example", rostrum_domain::person::Role::Captioner)
        .await?;
    let captioner = rostrum_drill::people::Viewer::enter(&captioner, briefing.event).await?;
    let seat = chair.seat();
    let (text, language) = ("Xin chào các bạn.".to_owned(), "vi".to_owned());
    captioner.command(Command::TypeCaption { seat, text, language }).await?;
    let shown = mai.signal.until(PATIENCE, |view| {
        view.captions.iter().any(|caption| {
            caption.origin == Origin::Captioner
                && caption.kind == SegmentKind::Remarks
                && caption.card.name == "Lan Phạm"
                && caption.text == "Xin chào các bạn."
        })
    });
    shown
        .await
        .context("the line is shown to everybody, under the chair's name")?;
    Ok(())
}
