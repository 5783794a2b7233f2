use super::*;
use proptest::prelude::*;
use rostrum_domain::id::SourceId;
use uuid::Uuid;

const START: i64 = 1_800_000_000_000_000;

/// 20 ms packets of a tone, as a browser would send them.
fn packets(count: u16) -> Vec<AudioPacket> {
    let mut encoder = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip).unwrap();
    (0..count)
        .map(|n| {
            let tone: Vec<f32> = (0..960u32)
                .map(|i| {
                    ((f64::from(u32::from(n) * 960 + i) / 48_000.0 * 220.0 * std::f64::consts::TAU).sin() * 0.5) as f32
                })
                .collect();
            AudioPacket {
                track: SourceId(Uuid::nil()),
                sequence: 65_530u16.wrapping_add(n),
                rtp_timestamp: (u32::MAX - 2000).wrapping_add(u32::from(n) * 960),
                captured_at: Timestamp::from_micros(START + i64::from(n) * 20_000),
                payload: encoder.encode_vec_float(&tone, 1275).unwrap(),
            }
        })
        .collect()
}

fn hear(packets: impl IntoIterator<Item = AudioPacket>) -> Vec<Sound> {
    let mut track = OpusTrack::new().unwrap();
    let mut out: Vec<Sound> = packets.into_iter().flat_map(|packet| track.push(packet)).collect();
    out.extend(track.flush());
    out
}

/// All samples; panics unless positions are continuous.
fn pcm(sounds: &[Sound]) -> Vec<f32> {
    let mut all = Vec::new();
    for sound in sounds {
        let Sound::Samples { position, samples, .. } = sound else {
            panic!("an unexpected jump")
        };
        assert_eq!(*position, all.len() as u64);
        all.extend_from_slice(samples);
    }
    all
}

fn loudness(samples: &[f32]) -> f32 {
    (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
}

#[test]
fn packets_become_continuous_sound_over_the_wrap_of_both_counters() {
    let sound = pcm(&hear(packets(50)));
    assert_eq!(sound.len(), SAMPLE_RATE);
    assert!(loudness(&sound[3200..]) > 0.3);
}

#[test]
fn order_and_repetition_on_the_network_do_not_matter() {
    let sent = packets(50);
    let mut shuffled = sent.clone();
    for swap in [(3, 5), (10, 11), (20, 26), (48, 49)] {
        shuffled.swap(swap.0, swap.1);
    }
    shuffled.insert(30, sent[12].clone());
    assert_eq!(pcm(&hear(shuffled)), pcm(&hear(sent)));
}

#[test]
fn a_lost_packet_is_concealed_not_cut_out() {
    let mut received = packets(50);
    received.remove(25);
    let sound = pcm(&hear(received));
    assert_eq!(sound.len(), SAMPLE_RATE);
    assert!(
        loudness(&sound[25 * 320..26 * 320]) > 0.1,
        "the hole must not be silent"
    );
}

#[test]
fn a_long_loss_fades_to_silence_and_keeps_the_time() {
    let mut received = packets(100);
    received.drain(25..75);
    let sound = pcm(&hear(received));
    assert_eq!(sound.len(), 2 * SAMPLE_RATE);
    assert!(loudness(&sound[40 * 320..70 * 320]) < 0.01);
}

#[test]
fn a_pause_in_sending_is_silence() {
    let mut received = packets(100);
    for (n, packet) in received[50..].iter_mut().enumerate() {
        packet.rtp_timestamp = packet.rtp_timestamp.wrapping_add(48_000);
        packet.captured_at = Timestamp::from_micros(START + (n as i64 + 100) * 20_000);
    }
    let sound = pcm(&hear(received));
    assert_eq!(sound.len(), 3 * SAMPLE_RATE);
    assert!(loudness(&sound[SAMPLE_RATE + 1600..2 * SAMPLE_RATE]) < 1e-6);
}

#[test]
fn a_very_long_pause_is_skipped_without_making_all_its_silence() {
    let mut received = packets(100);
    for packet in &mut received[50..] {
        packet.rtp_timestamp = packet.rtp_timestamp.wrapping_add(48_000 * 3600);
        packet.captured_at = packet.captured_at.saturating_add(std::time::Duration::from_secs(3600));
    }
    let sounds = hear(received);
    assert!(sounds.contains(&Sound::Jump {
        position: (3601 * SAMPLE_RATE) as u64
    }));
    let made: usize = sounds
        .iter()
        .map(|s| {
            if let Sound::Samples { samples, .. } = s {
                samples.len()
            } else {
                0
            }
        })
        .sum();
    assert_eq!(made, 4 * SAMPLE_RATE);
}

#[test]
fn when_the_clocks_disagree_the_capture_times_win() {
    let mut received = packets(100);
    // The copy was interrupted for ten seconds (off the record); its RTP times were made to look continuous.
    for packet in &mut received[50..] {
        packet.captured_at = packet.captured_at.saturating_add(std::time::Duration::from_secs(10));
    }
    let sounds = hear(received);
    let resumed = sounds.iter().find_map(|sound| match sound {
        Sound::Jump { position } => Some(*position),
        Sound::Samples { .. } => None,
    });
    assert_eq!(resumed, Some(11 * SAMPLE_RATE as u64));
}

#[test]
fn a_sender_that_starts_again_is_heard_again() {
    let before = packets(50);
    let after = packets(150).into_iter().map(|mut packet| {
        packet.sequence = packet.sequence.wrapping_sub(1000);
        packet.rtp_timestamp = packet.rtp_timestamp.wrapping_add(123_456_789);
        packet.captured_at = packet
            .captured_at
            .saturating_add(std::time::Duration::from_millis(1000));
        packet
    });
    let sounds = hear(before.into_iter().chain(after));
    let Some(Sound::Samples { position, samples, .. }) = sounds.last() else {
        panic!("nothing was heard")
    };
    assert_eq!(position + samples.len() as u64, 4 * SAMPLE_RATE as u64);
}

#[test]
fn a_packet_that_is_not_opus_takes_its_time_and_harms_nothing_else() {
    let mut received = packets(50);
    received[25].payload = vec![0xff; 3];
    assert_eq!(pcm(&hear(received)).len(), SAMPLE_RATE);
}

proptest! {
    #[test]
    fn no_packet_can_break_it(raw in prop::collection::vec(
        (any::<u16>(), any::<u32>(), any::<i64>(), prop::collection::vec(any::<u8>(), 0..60)), 0..60
    )) {
        let received = raw.into_iter().map(|(sequence, rtp_timestamp, at, payload)| AudioPacket {
            track: SourceId(Uuid::nil()), sequence, rtp_timestamp, captured_at: Timestamp::from_micros(at), payload,
        });
        let mut end = 0;
        for sound in hear(received) {
            match sound {
                Sound::Samples { position, samples, .. } => {
                    prop_assert!(position == end);
                    end += samples.len() as u64;
                }
                Sound::Jump { position } => {
                    prop_assert!(position > end);
                    end = position;
                }
            }
        }
    }
}
