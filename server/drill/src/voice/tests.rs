use super::*;
use crate::assets;

#[test]
fn the_shipped_speech_is_speech() {
    for voice in assets::speech().expect("the shipped files are readable") {
        let loud = voice.packets.iter().filter(|sound| sound.level < 40).count();
        assert!(loud * 4 > voice.packets.len(), "{} is mostly silent", voice.text);
        assert!(voice.text.split_whitespace().count() > 10);
    }
}

#[test]
fn silence_is_a_packet_like_any_other() {
    assert_eq!(ogg::samples_in(&SILENCE), Some(SAMPLES));
    let mut decoder = opus::Decoder::new(16_000, opus::Channels::Mono).expect("a supported rate");
    let mut samples = [1_i16; 320];
    let decoded = decoder.decode(&SILENCE, &mut samples, false).expect("it decodes");
    assert_eq!(level(&samples[..decoded]), SILENCE_LEVEL);
}

#[test]
fn loudness_follows_rfc_6464() {
    assert_eq!(level(&[32_767; 100]), 0);
    assert_eq!(level(&[3_277; 100]), 20);
    assert_eq!(level(&[0; 100]), 127);
}
