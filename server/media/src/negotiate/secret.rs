//! Turns the caller's randomness into ICE credentials and SSRCs.

use rtc::crypto::{HashAlgorithm, RTCCrypto};

/// Values drawn from 32 secret bytes: SHA-256 in counter mode.
pub(crate) struct Secrets<'a> {
    seed: [u8; 32],
    counter: u32,
    crypto: &'a dyn RTCCrypto,
}

impl<'a> Secrets<'a> {
    pub fn new(seed: [u8; 32], crypto: &'a dyn RTCCrypto) -> Self {
        Self {
            seed,
            counter: 0,
            crypto,
        }
    }

    fn block(&mut self) -> Vec<u8> {
        self.counter += 1;
        let mut input = self.seed.to_vec();
        input.extend_from_slice(&self.counter.to_be_bytes());
        self.crypto
            .hash(HashAlgorithm::Sha256, &input)
            .expect("the provider that made our certificate computes SHA-256")
    }

    pub fn number(&mut self) -> u32 {
        let block = self.block();
        u32::from_be_bytes([block[0], block[1], block[2], block[3]])
    }

    /// At most 32 letters and digits, 5 bits each.
    pub fn text(&mut self, length: usize) -> String {
        const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        self.block()
            .iter()
            .take(length)
            .map(|byte| char::from(LETTERS[usize::from(byte & 31)]))
            .collect()
    }
}
