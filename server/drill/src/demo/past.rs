//! The demonstration's past briefing is a real one: held by the cast in about a minute and a half, recorded, recognised,
//! edited by one person and released by another.

use super::OFFICER;
use crate::{
    assets::{self, Portrait},
    client::House,
    office::{Office, now},
    people::{Chair, Journalist, PATIENCE, Spokesperson},
    show::{HOUSE_PASSWORD, MINISTRY, PRESS},
    voice::Voice,
};
use anyhow::{Context, ensure};
use rostrum_domain::{
    id::{EventId, PersonId, QuestionId},
    room::command::Outcome,
    time::Timestamp,
    transcript::{Segment, SegmentKind},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;

/// Pause between two speakers.
const BREATH: Duration = Duration::from_millis(1500);
/// Recognition trails the end; without an engine there is nothing to wait for.
const RECOGNITION: Duration = Duration::from_secs(25);
/// Pause between two looks at the transcript: longer than the recogniser takes for one utterance.
const LOOK: Duration = Duration::from_secs(3);

/// Something that was said, as the cast knows it.
struct Said {
    speaker: PersonId,
    kind: SegmentKind,
    question: Option<QuestionId>,
    start: Timestamp,
    end: Timestamp,
    text: String,
}

/// Holds the event, unless it has been held, and publishes its record. A run that was cut short is taken up again: a room
/// left live is ended, a record left unpublished is published as the machine heard it.
pub async fn hold_and_publish(house: &House, event: EventId) -> anyhow::Result<()> {
    let office = Office::sign_in(house, OFFICER.email, HOUSE_PASSWORD).await?;
    let state = office.house.event(event).await.context("read the past briefing")?.state;
    let said = match state.as_str() {
        "announced" => hold(house, &office, event).await.context("hold the past briefing")?,
        "live" => {
            chair(house, event).await?.end().await?;
            Vec::new()
        }
        "ended" => Vec::new(),
        _ => return Ok(()),
    };
    publish(house, event, &said).await.context("publish the past briefing")
}

async fn chair(house: &House, event: EventId) -> anyhow::Result<Chair> {
    let desk = house.visitor();
    let email = MINISTRY[0].email;
    desk.sign_in(email, HOUSE_PASSWORD).await.context(email)?;
    Chair::enter(&desk, event).await
}

async fn hold(house: &House, office: &Office, event: EventId) -> anyhow::Result<Vec<Said>> {
    let spokesperson = &MINISTRY[1];
    let speaker = house.visitor();
    let speaker_id = speaker
        .sign_in(spokesperson.email, HOUSE_PASSWORD)
        .await
        .context(spokesperson.email)?
        .person
        .id;
    let mut chair = chair(house, event).await?;
    chair.open_doors().await?;
    let picture = |portrait: Portrait| anyhow::Ok(Some(Arc::new(portrait.clip()?)));
    chair.show(picture(Portrait::Chair)?).await?;
    let spokesperson = Spokesperson::enter(&speaker, event, picture(spokesperson.portrait)?).await?;
    let mut press = Vec::new();
    for reporter in &PRESS[1..3] {
        let browser = office.join(event, reporter.email).await?;
        let id = browser.whoami().await?.person.id;
        press.push((Journalist::enter(&browser, event).await?, id, reporter.portrait));
    }
    chair.go_live().await?;
    spokesperson.wait_on_stage().await?;
    sleep(BREATH).await;

    let statements: Vec<Arc<Voice>> = assets::statements()?.into_iter().map(Arc::new).collect();
    let questions: Vec<Arc<Voice>> = assets::questions()?.into_iter().map(Arc::new).collect();
    let mut said = Vec::new();
    chair.announce("On the best and the worst of times").await?;
    let (start, end) = timed(spokesperson.say(&statements[0])).await?;
    chair.end_announcement().await?;
    let utterance = |speaker, kind, question, (start, end), voice: &Voice| Said {
        speaker,
        kind,
        question,
        start,
        end,
        text: voice.text.clone(),
    };
    said.push(utterance(
        speaker_id,
        SegmentKind::Announcement,
        None,
        (start, end),
        &statements[0],
    ));

    let asked = [
        ("The Norland settlement", &questions[0]),
        ("What citizens can do", &questions[3]),
    ];
    for (((journalist, id, portrait), (topic, voice)), answer) in press.iter_mut().zip(asked).zip(&statements[1..]) {
        let question = journalist.submit(topic, None).await?;
        chair.list(question).await?;
        chair.call(question).await?;
        ensure!(journalist.wait_called(PATIENCE).await, "the journalist is called");
        journalist.check_devices(picture(*portrait)?).await?;
        ensure!(chair.wait_ready(PATIENCE).await, "the journalist is ready");
        chair.put_on_air().await?;
        journalist.wait_on_air().await?;
        sleep(BREATH).await;
        let times = timed(journalist.say(voice)).await?;
        said.push(utterance(*id, SegmentKind::Question, Some(question), times, voice));
        sleep(BREATH).await;
        let times = timed(spokesperson.say(answer)).await?;
        said.push(utterance(
            speaker_id,
            SegmentKind::Answer,
            Some(question),
            times,
            answer,
        ));
        sleep(BREATH).await;
        chair.step_down(Outcome::Answered).await?;
        journalist.stop_showing().await;
    }
    chair.end().await?;
    for (journalist, _, _) in press {
        journalist.0.leave().await;
    }
    spokesperson.0.leave().await;
    chair.0.leave().await;
    Ok(said)
}

async fn timed(saying: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<(Timestamp, Timestamp)> {
    let start = now();
    saying.await?;
    Ok((start, now()))
}

#[derive(Debug, Deserialize)]
struct Transcript {
    segments: Vec<Segment>,
}

/// The editor brings the machine's text to what was said; the reviewer releases it.
async fn publish(house: &House, event: EventId, said: &[Said]) -> anyhow::Result<()> {
    let editor = Office::sign_in(house, "editor@demo.example", HOUSE_PASSWORD)
        .await?
        .house;
    wait_for_text(&editor, event, said).await?;
    wait_for_programme(&editor, event).await?;
    for utterance in said {
        correct(&editor, event, utterance).await?;
    }
    editor
        .post::<Value>(&format!("/api/v1/events/{event}/editions/submit"), &json!({}))
        .await
        .context("submit the record")?;
    let reviewer = Office::sign_in(house, "reviewer@demo.example", HOUSE_PASSWORD)
        .await?
        .house;
    reviewer
        .post::<Value>(&format!("/api/v1/events/{event}/editions/release"), &json!({}))
        .await
        .context("release the record")?;
    Ok(())
}

async fn transcript(editor: &House, event: EventId) -> anyhow::Result<Vec<Segment>> {
    let found: Transcript = editor
        .get(&format!("/api/v1/events/{event}/transcript"))
        .await
        .context("read the transcript")?;
    Ok(found.segments)
}

/// Waits until everybody's words are recognised and no more come, or until it is clear that nothing recognises them.
async fn wait_for_text(editor: &House, event: EventId, said: &[Said]) -> anyhow::Result<()> {
    let mut before = Vec::new();
    for _ in 0..RECOGNITION.as_secs() / LOOK.as_secs() {
        let segments = transcript(editor, event).await?;
        let complete = said
            .iter()
            .all(|utterance| segments.iter().any(|segment| belongs(segment, utterance)));
        if complete && segments == before {
            return Ok(());
        }
        before = segments;
        sleep(LOOK).await;
    }
    Ok(())
}

#[derive(Debug, Deserialize)]
struct Editions {
    programme: Programme,
}

#[derive(Debug, Deserialize)]
struct Programme {
    state: Option<String>,
}

/// The edition carries the checksum of the programme file: it can only be released when the file is made, or has failed.
async fn wait_for_programme(editor: &House, event: EventId) -> anyhow::Result<()> {
    loop {
        let found: Editions = editor
            .get(&format!("/api/v1/events/{event}/editions"))
            .await
            .context("read the state of the record")?;
        if found.programme.state.as_deref() != Some("pending") {
            return Ok(());
        }
        sleep(LOOK).await;
    }
}

/// Whether the middle of the segment lies in the utterance, and the desk has not taken it out.
fn belongs(segment: &Segment, said: &Said) -> bool {
    let middle = segment.start.micros().midpoint(segment.end.micros());
    !segment.struck
        && segment.speaker == Some(said.speaker)
        && (said.start.micros()..=said.end.micros()).contains(&middle)
}

/// One utterance becomes one segment with the right words.
async fn correct(editor: &House, event: EventId, said: &Said) -> anyhow::Result<()> {
    loop {
        let segments = transcript(editor, event).await?;
        let mine: Vec<&Segment> = segments.iter().filter(|segment| belongs(segment, said)).collect();
        match mine.as_slice() {
            [] => return add(editor, event, &segments, said).await,
            [one] => return edit(editor, one, said).await,
            [first, ..] => {
                let path = format!("/api/v1/segments/{}/merge", first.id);
                editor
                    .change::<Value>(reqwest::Method::POST, &path, u64::from(first.revision), &json!({}))
                    .await
                    .context("join two segments")?;
            }
        }
    }
}

async fn edit(editor: &House, segment: &Segment, said: &Said) -> anyhow::Result<()> {
    let body = json!({
        "text": said.text,
        "kind": said.kind,
        "question": said.question,
        "reason": "recognition",
    });
    let path = format!("/api/v1/segments/{}", segment.id);
    editor
        .change::<Value>(reqwest::Method::PATCH, &path, u64::from(segment.revision), &body)
        .await
        .context("correct a segment")?;
    Ok(())
}

async fn add(editor: &House, event: EventId, segments: &[Segment], said: &Said) -> anyhow::Result<()> {
    let before = segments.iter().rfind(|segment| segment.start < said.start);
    let body = json!({
        "after": before.map(|segment| segment.id),
        "speaker": said.speaker,
        "kind": said.kind,
        "question": said.question,
        "start": said.start,
        "end": said.end,
        "language": "en",
        "text": said.text,
        "reason": "recognition",
    });
    let path = format!("/api/v1/events/{event}/segments");
    editor.post::<Value>(&path, &body).await.context("write a segment")?;
    Ok(())
}
