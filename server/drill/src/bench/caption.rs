//! How soon after somebody has finished a sentence its final caption is on a viewer's screen.

use super::{Measure, Server, machine, percentile};
use crate::{assets, office::now, signal::Signal};
use anyhow::Context;
use rostrum_domain::{room::view::CaptionsState, signal::ServerMessage, time::Timestamp};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// Loading the model takes a while on a cold machine.
const MODEL: Duration = Duration::from_secs(60);
const CAPTION: Duration = Duration::from_secs(30);
/// The end of an utterance that only its last caption line covers.
const LAST_WORDS: Duration = Duration::from_millis(1500);
/// Quieter than this is no speech.
const SPEECH_LEVEL: u8 = 50;

pub(super) async fn run(server: &Server) -> anyhow::Result<Vec<Measure>> {
    let (_chair, spokesperson) = server.live(None).await?;
    let viewer = server.viewer().await?;
    let machine_captions = viewer
        .signal
        .until(MODEL, |view| {
            let state = view.captioning.as_ref().map(|captions| &captions.state);
            matches!(state, Some(CaptionsState::Machine { .. }))
        })
        .await;
    let view = machine_captions.context("machine captions are on (is there a model? see deploy/models)")?;
    let engine = match view.captioning.as_ref().map(|captions| &captions.state) {
        Some(CaptionsState::Machine { engine }) => engine.clone(),
        _ => String::new(),
    };

    let mut delays = Vec::new();
    for voice in assets::speech()? {
        let voice = Arc::new(voice);
        let silent_end = voice
            .packets
            .iter()
            .rev()
            .take_while(|sound| sound.level >= SPEECH_LEVEL)
            .count();
        let silent_end = crate::voice::PACKET * u32::try_from(silent_end).unwrap_or(0);
        // A line that ends later than this holds the last words.
        let near_the_end = voice.duration().saturating_sub(silent_end + LAST_WORDS);
        let ends_after = now().saturating_add(near_the_end);
        let hearing = tokio::spawn(final_caption(viewer.signal.clone(), ends_after));
        spokesperson.say(&voice).await?;
        let ended = Instant::now().checked_sub(silent_end).context("the clock is young")?;
        let shown = timeout(CAPTION, hearing)
            .await
            .with_context(|| format!("no final caption for {:?}", voice.text))??;
        delays.push(shown.saturating_duration_since(ended).as_secs_f64());
    }
    let count = delays.len();
    Ok(vec![Measure {
        name: "caption_delay_s",
        value: percentile(&mut delays, 0.5),
        unit: "s",
        conditions: format!(
            "{machine}; median of {count} recorded utterances of 8 to 17 s, from the end of the last word to the final \
             caption at a viewer; {engine}",
            machine = machine()
        ),
    }])
}

/// When the final caption line that ends after `ends_after` arrived. Server and viewer share a clock: it is one machine.
async fn final_caption(signal: Signal, ends_after: Timestamp) -> Instant {
    let mut messages = signal.messages();
    loop {
        // A reader that fell behind goes on with what comes.
        let Ok(message) = messages.recv().await else { continue };
        if let ServerMessage::Caption { caption } = &*message
            && caption.done
            && caption.end >= ends_after
        {
            return Instant::now();
        }
    }
}
