//! Off the record means that nothing is written down.

use super::{PATIENCE, Stage, statements, words};
use anyhow::{Context, ensure};
use rostrum_domain::room::view::CaptionsState;

#[tokio::test]
async fn off_the_record_nothing_is_written_down() -> anyhow::Result<()> {
    let stage = Stage::set().await?;
    let statements = statements()?;
    stage.chair.off_record().await?;
    let told = stage.mai.signal.until(PATIENCE, |view| {
        let captions = view.captioning.as_ref().map(|captions| &captions.state);
        let off = matches!(captions, Some(CaptionsState::Off { why }) if why == "off_record");
        off && view.room.as_ref().is_some_and(|room| !room.on_record)
    });
    told.await.context("everybody sees that the record is off")?;
    stage.spokesperson.say(&statements[0]).await?;
    stage.chair.on_record().await?;
    let seen = stage
        .mai
        .signal
        .until(PATIENCE, |view| view.room.as_ref().is_some_and(|room| room.on_record));
    seen.await.context("everybody sees that the record is on again")?;
    stage.spokesperson.say(&statements[1]).await?;
    stage.chair.end().await?;

    let written = stage
        .transcript(|segments| {
            let rate = words::error_rate(&statements[1].text, &words::by(segments, stage.spokesperson_id));
            ensure!(rate <= 0.15, "{rate:.2} of the words on the record are wrong");
            Ok(())
        })
        .await?;
    let text = words::by(&written, stage.spokesperson_id).to_lowercase();
    for secret in ["best of times", "wisdom", "foolishness", "incredulity"] {
        ensure!(!text.contains(secret), "{secret:?} was said off the record: {text}");
    }
    let captions = &stage.mai.signal.view().captions;
    ensure!(
        captions.iter().all(|line| !line.text.to_lowercase().contains("wisdom")),
        "a caption of what was said off the record: {captions:?}"
    );
    Ok(())
}
