//! Where speech begins and ends.

use crate::support::{START, Speech, track};
use rostrum_speech::{
    engine::SAMPLE_RATE,
    opus_track::{OpusTrack, Sound},
    segmenter::{Segment, Segmenter},
};

pub fn pcm(name: &str) -> Vec<f32> {
    let mut decoder = OpusTrack::new().unwrap();
    let packets = Speech::load(name).track(track(1), START);
    let sounds = packets.into_iter().flat_map(|packet| decoder.push(packet));
    sounds
        .flat_map(|sound| match sound {
            Sound::Samples { samples, .. } => samples,
            Sound::Jump { .. } => panic!("the recording has no holes"),
        })
        .collect()
}

fn cut(samples: &[f32]) -> Vec<Segment> {
    let mut segmenter = Segmenter::default();
    // Pieces that fit neither packets nor frames.
    let mut segments: Vec<Segment> = samples.chunks(333).flat_map(|piece| segmenter.push(piece)).collect();
    segments.extend(segmenter.flush());
    segments
}

#[test]
fn silence_and_steady_noise_are_not_speech() {
    let noise: Vec<f32> = (0u32..160_000)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 16) as f32 / 65_536.0 * 0.02 - 0.01)
        .collect();
    for quiet in [vec![0.0; 160_000], noise] {
        assert!(cut(&quiet).iter().all(|segment| !segment.speech));
    }
}

#[test]
fn two_sentences_with_a_pause_between_are_two_segments() {
    let mut samples = pcm("journalist-a-1");
    let first = samples.len() as u64;
    samples.extend(vec![0.0; SAMPLE_RATE * 2]);
    let second = samples.len() as u64;
    samples.extend(pcm("journalist-a-1"));
    let segments = cut(&samples);
    assert_eq!(segments.len(), 2);
    assert!(segments.iter().all(|segment| segment.speech));
    assert!(segments[0].end() <= first + SAMPLE_RATE as u64 / 3);
    assert!(segments[1].start + SAMPLE_RATE as u64 / 3 >= second);
}

#[test]
fn sound_beyond_full_scale_is_heard_like_any_other() {
    let loud: Vec<f32> = pcm("journalist-a-1").iter().map(|sample| sample * 20.0).collect();
    assert!(loud.iter().any(|sample| sample.abs() > 1.0));
    assert!(cut(&loud).iter().any(|segment| segment.speech));
}

#[test]
fn a_segment_is_exactly_the_sound_at_its_position() {
    let samples = pcm("spokesperson-1");
    let segments = cut(&samples);
    assert!(!segments.is_empty());
    for segment in segments {
        let start = usize::try_from(segment.start).unwrap();
        assert_eq!(segment.samples, samples[start..start + segment.samples.len()]);
    }
}

#[test]
fn long_speech_is_cut_into_clips_without_losing_or_repeating_sound() {
    // Nobody pauses: the same half second of voice for a minute.
    let voice = &pcm("journalist-b-1")[SAMPLE_RATE..SAMPLE_RATE * 3 / 2];
    let samples: Vec<f32> = voice.iter().copied().cycle().take(SAMPLE_RATE * 60).collect();
    let segments = cut(&samples);
    assert!(segments.len() >= 5, "{} segments", segments.len());
    assert!(segments.iter().all(|segment| segment.samples.len() <= SAMPLE_RATE * 12));
    for pair in segments.windows(2) {
        assert_eq!(pair[0].end(), pair[1].start);
    }
}

#[test]
fn flushing_ends_a_sentence_in_the_middle_and_the_next_begins_after_it() {
    let samples = pcm("journalist-a-1");
    let mut segmenter = Segmenter::default();
    segmenter.push(&samples[..SAMPLE_RATE * 3]);
    let (start, _) = segmenter.speaking().expect("somebody speaks after three seconds");
    let first = segmenter.flush().expect("a sentence was being spoken");
    assert_eq!(first.start, start);
    assert!(first.end() <= (SAMPLE_RATE * 3) as u64);
    assert!(segmenter.speaking().is_none());
    let second = segmenter
        .push(&samples[SAMPLE_RATE * 3..])
        .into_iter()
        .chain(segmenter.flush())
        .next();
    assert!(second.expect("the rest is speech too").start + 256 >= first.end());
}

#[test]
fn a_jump_in_time_ends_a_sentence() {
    let samples = pcm("journalist-b-1");
    let mut segmenter = Segmenter::default();
    segmenter.push(&samples[..SAMPLE_RATE * 3]);
    assert!(segmenter.jump(SAMPLE_RATE as u64 * 100).is_some());
    segmenter.push(&samples);
    let (start, _) = segmenter.speaking().expect("the same words again");
    assert!(start >= SAMPLE_RATE as u64 * 100);
}
