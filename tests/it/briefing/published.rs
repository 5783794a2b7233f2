//! Said, asked, answered, released: the words reach the public page under the right names.

use super::{PATIENCE, Stage, questions, statements, words};
use anyhow::{Context, ensure};
use rostrum_domain::{
    person::Role,
    room::command::Outcome,
    transcript::{Segment, SegmentKind},
};
use rostrum_drill::{
    client::House,
    office::{Account, Office},
};
use rostrum_tests::server::binary;
use serde_json::{Value, json};
use std::process::Command;
use tokio::time::{Instant, sleep};

/// The bound: at most 15 words in a hundred wrong.
const MOST_ERRORS: f64 = 0.15;

#[tokio::test]
async fn what_is_said_is_published_under_who_said_it() -> anyhow::Result<()> {
    let mut stage = Stage::set().await?;
    let (statements, questions) = (statements()?, questions()?);
    stage.chair.announce("On the best of times").await?;
    stage.spokesperson.say(&statements[0]).await?;
    stage.chair.end_announcement().await?;
    stage.mai_on_air().await?;
    stage.mai.say(&questions[0]).await?;
    stage.spokesperson.say(&statements[1]).await?;
    stage.chair.step_down(Outcome::Answered).await?;
    stage.chair.end().await?;

    let (spokesperson, mai) = (stage.spokesperson_id, stage.mai_id);
    let answered = format!("{} {}", statements[0].text, statements[1].text);
    let asked = &questions[0].text;
    let segments = stage
        .transcript(|segments| {
            for (who, said) in [(spokesperson, &answered), (mai, asked)] {
                let rate = words::error_rate(said, &words::by(segments, who));
                ensure!(rate <= MOST_ERRORS, "{rate:.2} of the words are wrong");
            }
            Ok(())
        })
        .await?;
    let only = |wanted| move |segment: &&Segment| segment.speaker == Some(wanted);
    for segment in segments.iter().filter(only(mai)) {
        ensure!(
            segment.kind == SegmentKind::Question && segment.question.is_some(),
            "{segment:?}"
        );
        ensure!(
            segment.card.name == "Mai Trần",
            "the name of the registration: {segment:?}"
        );
        ensure!(
            segment.card.outlet.as_deref() == Some("Xinwen Daily"),
            "the outlet: {segment:?}"
        );
    }
    let kinds: Vec<SegmentKind> = segments
        .iter()
        .filter(only(spokesperson))
        .map(|segment| segment.kind)
        .collect();
    ensure!(kinds.first() == Some(&SegmentKind::Announcement), "{kinds:?}");
    ensure!(kinds.last() == Some(&SegmentKind::Answer), "{kinds:?}");

    let searched = "/en/search?q=SPRING+of+hope";
    let public = stage.briefing.office.house.visitor();
    let before = String::from_utf8(public.fetch(searched).await?.to_vec())?;
    ensure!(!before.contains("<mark>"), "found before it is released:\n{before}");
    release(&stage, &segments[0]).await?;
    let event = stage.briefing.office.house.event(stage.briefing.event).await?;
    ensure!(event.state == "published", "{event:?}");
    let page = format!("/en{}", event.public_path.context("a public address")?);
    let text = String::from_utf8(public.fetch(&format!("{page}.txt")).await?.to_vec())?;
    for wanted in ["Mai Trần", "Xinwen Daily", "leisure to consider", "spring of hope"] {
        ensure!(
            text.contains(wanted),
            "{wanted:?} is not in the published text:\n{text}"
        );
    }
    let captions = public.fetch(&format!("{page}.vtt")).await?;
    ensure!(captions.starts_with(b"WEBVTT"), "{captions:?}");
    let found = String::from_utf8(public.fetch(searched).await?.to_vec())?;
    ensure!(
        found.contains("<mark>") && found.contains(&format!("href=\"{page}?t=")),
        "not found once released:\n{found}"
    );
    let paper = public.fetch(&format!("{page}.pdf")).await?;
    ensure!(paper.starts_with(b"%PDF-1.7"), "the typeset edition");
    can_be_checked(&public, &page).await
}

/// The signed edition is genuine to anybody with the binary, and not with one word changed; its recording is the file
/// whose checksum was signed.
async fn can_be_checked(public: &House, page: &str) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (signed, forged) = (folder.path().join("signed.json"), folder.path().join("forged.json"));
    let bundle = public.fetch(&format!("{page}.edition.json")).await?;
    std::fs::write(&signed, &bundle)?;
    let text = String::from_utf8(bundle.to_vec())?;
    std::fs::write(&forged, text.replacen("leisure", "pleasure", 1))?;
    let content: Value = serde_json::from_str(&text)?;
    let key = content["signature"]["key_id"].as_str().context("a key id")?;
    for (file, code) in [(&signed, 0), (&forged, 1), (&folder.path().join("nothing.json"), 2)] {
        let verdict = Command::new(binary())
            .arg("verify")
            .arg(file)
            .args(["--key", key])
            .output()?;
        ensure!(verdict.status.code() == Some(code), "{}: {verdict:?}", file.display());
    }
    let media = &content["manifest"]["media"][0];
    let edition = content["manifest"]["edition_id"].as_str().context("an edition")?;
    let programme = public.fetch(&format!("/media/{edition}/programme.webm")).await?;
    ensure!(Some(programme.len() as u64) == media["bytes"].as_u64(), "{media}");
    let path = folder.path().join("programme.webm");
    std::fs::write(&path, &programme)?;
    let asked = ["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0"];
    let probe = Command::new("ffprobe")
        .args(asked)
        .arg(&path)
        .output()
        .context("ffprobe")?;
    let streams = String::from_utf8_lossy(&probe.stdout).into_owned();
    ensure!(streams.contains("opus") && streams.contains("vp8"), "{streams}");
    Ok(())
}

/// One person corrects a word and submits, another releases.
async fn release(stage: &Stage, segment: &Segment) -> anyhow::Result<()> {
    let office = &stage.briefing.office;
    let event = stage.briefing.event;
    let account = |name, email, roles| Account {
        name,
        email,
        password: "correct horse battery",
        language: "en",
        roles,
    };
    let editor = account("Thảo Bùi", "editor@press.example", &[Role::Editor]);
    let reviewer = account("Sơn Hoàng", "reviewer@press.example", &[Role::Reviewer]);
    for hired in [&editor, &reviewer] {
        office.hire(hired).await?;
    }
    let editor = Office::sign_in(&office.house, editor.email, editor.password)
        .await?
        .house;
    let reviewer = Office::sign_in(&office.house, reviewer.email, reviewer.password)
        .await?
        .house;
    let body = json!({ "text": format!("Good afternoon. {}", segment.text), "reason": "recognition" });
    let path = format!("/api/v1/segments/{}", segment.id);
    editor
        .change::<Value>(reqwest::Method::PATCH, &path, u64::from(segment.revision), &body)
        .await?;
    let editions = format!("/api/v1/events/{event}/editions");
    // The programme file is made by a job.
    let until = Instant::now() + PATIENCE;
    loop {
        let state: Value = editor.get(&editions).await?;
        if state["programme"]["state"] == "ready" {
            break;
        }
        ensure!(Instant::now() < until, "no programme file: {state}");
        sleep(std::time::Duration::from_millis(200)).await;
    }
    editor
        .post::<Value>(&format!("{editions}/submit"), &json!({}))
        .await
        .context("submit")?;
    let release = format!("{editions}/release");
    let own = editor.post::<Value>(&release, &json!({})).await;
    ensure!(own.is_err(), "nobody releases what they edited");
    reviewer.post::<Value>(&release, &json!({})).await.context("release")?;
    Ok(())
}
