//! The default engine on recorded human speech: thresholds on words, never exact texts.

use crate::{
    segments::pcm,
    support::{START, Speech, model_dir, track},
};
use rostrum_speech::{
    engine::{ClipRecognizer, EngineError, Hints},
    moonshine::Moonshine,
    opus_track::{OpusTrack, Sound},
    segmenter::Segmenter,
    wer::{WordErrors, word_errors},
};
use std::path::Path;

const READINGS: [&str; 3] = ["journalist-a-1", "journalist-a-2", "journalist-a-3"];
const ALL: [&str; 7] = [
    "journalist-a-1",
    "journalist-a-2",
    "journalist-a-3",
    "journalist-b-1",
    "spokesperson-1",
    "spokesperson-2",
    "spokesperson-3",
];

fn recognize(engine: &mut Moonshine, samples: &[f32]) -> String {
    let mut segmenter = Segmenter::default();
    let mut segments = segmenter.push(samples);
    segments.extend(segmenter.flush());
    let texts = segments.iter().filter(|segment| segment.speech).map(|segment| {
        let hypothesis = engine
            .recognize(&segment.samples, "en-GB", &Hints::default())
            .expect("the engine works");
        let confidence = hypothesis.confidence.expect("this engine knows how sure it is");
        assert!((0.0..=1.0).contains(&confidence));
        hypothesis.text
    });
    texts.collect::<Vec<_>>().join(" ")
}

fn errors(engine: &mut Moonshine, names: &[&str], hear: impl Fn(&str) -> Vec<f32>) -> WordErrors {
    names
        .iter()
        .map(|name| {
            let text = recognize(engine, &hear(name));
            let errors = word_errors(&Speech::load(name).words, &text);
            println!("{name}: {errors:?} {text}");
            errors
        })
        .sum()
}

/// As after a network that loses every twentieth packet.
fn lossy(name: &str) -> Vec<f32> {
    let mut decoder = OpusTrack::new().unwrap();
    let packets = Speech::load(name).track(track(1), START);
    let arrived = packets
        .into_iter()
        .enumerate()
        .filter(|(n, _)| n % 20 != 7)
        .map(|(_, packet)| packet);
    let sounds: Vec<Sound> = arrived.flat_map(|packet| decoder.push(packet)).collect();
    sounds
        .into_iter()
        .flat_map(|sound| match sound {
            Sound::Samples { samples, .. } => samples,
            Sound::Jump { .. } => panic!("single packets were lost"),
        })
        .collect()
}

#[test]
fn read_speech_is_written_down_with_at_most_a_tenth_of_its_words_wrong() {
    let Some(folder) = model_dir() else { return };
    let mut engine = Moonshine::load(&folder, None).expect("the model loads");
    let readings = errors(&mut engine, &READINGS, pcm);
    assert!(readings.words >= 60, "{readings:?}");
    assert!(readings.rate() <= 0.1, "{readings:?}");
    let all = errors(&mut engine, &ALL, pcm);
    assert!(all.rate() <= 0.1, "{all:?}");
}

#[test]
fn a_famous_sentence_is_understood() {
    let Some(folder) = model_dir() else { return };
    let mut engine = Moonshine::load(&folder, None).expect("the model loads");
    let text = recognize(&mut engine, &pcm("journalist-b-1")).to_lowercase();
    assert!(text.contains("ask what you can do for your country"), "{text}");
}

#[test]
fn losing_every_twentieth_packet_costs_hardly_a_word() {
    let Some(folder) = model_dir() else { return };
    let mut engine = Moonshine::load(&folder, None).expect("the model loads");
    let all = errors(&mut engine, &ALL, lossy);
    assert!(all.rate() <= 0.1, "{all:?}");
}

#[test]
fn a_language_it_was_not_made_for_is_refused() {
    let Some(folder) = model_dir() else { return };
    let mut engine = Moonshine::load(&folder, None).expect("the model loads");
    let refused = engine.recognize(&[0.0; 16_000], "vi", &Hints::default());
    assert!(matches!(refused, Err(EngineError::Language(lang)) if lang == "vi"));
}

#[test]
fn a_clip_too_short_to_hold_a_word_gives_none() {
    let Some(folder) = model_dir() else { return };
    let mut engine = Moonshine::load(&folder, None).expect("the model loads");
    assert_eq!(
        engine
            .recognize(&[0.1; 10], "en", &Hints::default())
            .expect("no failure")
            .text,
        ""
    );
}

#[test]
fn without_its_files_the_engine_says_which_one_is_missing() {
    let error = Moonshine::load(Path::new("/nonexistent"), None)
        .err()
        .expect("there is no such folder");
    assert!(error.to_string().contains("/nonexistent/encoder_model.ort"), "{error}");
}
