//! What sealing one packet costs this machine, by itself: the part of forwarding that cannot be avoided.

use rtc::crypto::{AeadAlgorithm, RTCCryptoProvider, providers::RingProvider};
use std::time::Instant;

const ROUNDS: usize = 50;
const PACKETS: u64 = 400;
const PAYLOAD: usize = 1_200;

/// Microseconds for AES-128-GCM in place over one packet, the best of many rounds: others on the machine only add.
pub(super) fn cost_us() -> f64 {
    let provider = RingProvider::new();
    let Ok(mut cipher) = provider.crypto().new_aead(AeadAlgorithm::Aes128Gcm, &[7; 16]) else {
        return f64::NAN;
    };
    let mut payload = vec![0x5a; PAYLOAD];
    let mut best = f64::INFINITY;
    for round in 0..ROUNDS as u64 {
        let began = Instant::now();
        for packet in 0..PACKETS {
            let mut nonce = [0; 12];
            nonce[4..].copy_from_slice(&(round * PACKETS + packet).to_be_bytes());
            let mut tag = [0; 16];
            if cipher
                .seal_in_place(&nonce, &[0x90; 20], &mut payload, &mut tag)
                .is_err()
            {
                return f64::NAN;
            }
        }
        best = best.min(began.elapsed().as_secs_f64() * 1e6 / PACKETS as f64);
    }
    best
}
