//! Recorded human speech as RTP packets, and where the model is.

use rostrum_domain::{id::SourceId, time::Timestamp};
use rostrum_speech::protocol::AudioPacket;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// When every recording begins on the room clock.
pub const START: i64 = 1_800_000_000_000_000;

/// A recording of `tests/fixtures/speech`.
pub struct Speech {
    packets: Vec<Vec<u8>>,
    pub words: String,
}

impl Speech {
    pub fn load(name: &str) -> Self {
        let folder = workspace().join("tests/fixtures/speech");
        let ogg = std::fs::read(folder.join(format!("{name}.opus"))).expect("the fixture is part of the repository");
        let words = std::fs::read_to_string(folder.join(format!("{name}.txt"))).expect("its words are beside it");
        Self {
            packets: opus_packets(&ogg),
            words,
        }
    }

    /// As a microphone's track: 20 ms packets, captured from `at` (microseconds) on.
    pub fn track(&self, track: SourceId, at: i64) -> Vec<AudioPacket> {
        (0u16..)
            .zip(&self.packets)
            .map(|(n, payload)| AudioPacket {
                track,
                sequence: 65_000u16.wrapping_add(n),
                rtp_timestamp: 4_294_900_000u32.wrapping_add(u32::from(n) * 960),
                captured_at: Timestamp::from_micros(at + i64::from(n) * 20_000),
                payload: payload.clone(),
            })
            .collect()
    }
}

pub fn track(n: u128) -> SourceId {
    SourceId(Uuid::from_u128(n))
}

/// The folder of the speech model. Without it tests fail in CI; elsewhere they are left out, loudly.
pub fn model_dir() -> Option<PathBuf> {
    let folder = std::env::var_os("ROSTRUM_MODEL_DIR").map_or_else(|| workspace().join(".cache/models"), PathBuf::from);
    if folder.join("encoder_model.ort").is_file() {
        return Some(folder);
    }
    let message = format!("NO SPEECH MODEL in {}: run deploy/models/fetch.sh", folder.display());
    assert!(std::env::var_os("CI").is_none(), "{message}");
    eprintln!("\n*** TEST LEFT OUT: {message} ***\n");
    None
}

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The packets of an Ogg Opus file (RFC 3533, RFC 7845), without its two headers.
fn opus_packets(mut ogg: &[u8]) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    let mut packet = Vec::new();
    while !ogg.is_empty() {
        assert_eq!(&ogg[..4], b"OggS");
        let segments = usize::from(ogg[26]);
        let (table, mut body) = ogg[27..].split_at(segments);
        for &length in table {
            let (piece, rest) = body.split_at(usize::from(length));
            packet.extend_from_slice(piece);
            body = rest;
            if length < 255 {
                packets.push(std::mem::take(&mut packet));
            }
        }
        ogg = body;
    }
    packets.split_off(2)
}
