//! SRTP of one subscriber (RFC 3711, RFC 7714). AES-128-GCM, which every browser offers, is sealed in place in the
//! outgoing buffer; other profiles go through webrtc-rs. One writer per SSRC, and callers never reuse a sequence number.

use rtc::{
    crypto::{AeadAlgorithm, AeadCipher, BlockCipherAlgorithm, RTCCrypto},
    dtls::{extension::extension_use_srtp::SrtpProtectionProfile, state::State},
    srtp::{
        config::{Config, LABEL_EXTRACTOR_DTLS_SRTP},
        context::Context,
        option::srtcp_replay_protection,
        protection_profile::ProtectionProfile,
    },
};
use std::collections::BTreeMap;

const TAG: usize = 16;
const INDEX: usize = 4;
/// Senders of RTCP remembered per subscriber; a browser uses one or two.
const MAX_SENDERS: usize = 32;

/// Key derivation labels, RFC 3711 section 4.3.1.
const RTP_KEY: u8 = 0;
const RTP_SALT: u8 = 2;
const RTCP_KEY: u8 = 3;
const RTCP_SALT: u8 = 5;

/// Both directions of one subscriber's SRTP session.
pub(crate) enum Srtp {
    Gcm(Box<Gcm>),
    Other(Box<Other>),
}

impl Srtp {
    /// Takes the keys of a finished DTLS handshake (RFC 5764).
    pub fn from_handshake(state: &State, crypto: &dyn RTCCrypto) -> Option<Self> {
        let profile = match state.srtp_protection_profile() {
            SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm => ProtectionProfile::AeadAes128Gcm,
            SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80 => ProtectionProfile::Aes128CmHmacSha1_80,
            _ => return None,
        };
        let mut config = Config {
            profile,
            ..Config::default()
        };
        let material = state
            .export_keying_material(LABEL_EXTRACTOR_DTLS_SRTP, &[], config.keying_material_len())
            .ok()?;
        config
            .set_session_keys_from_keying_material(material.as_ref(), state.is_client())
            .ok()?;
        let keys = &config.keys;
        if matches!(profile, ProtectionProfile::AeadAes128Gcm) {
            return Some(Self::Gcm(Box::new(Gcm::new(
                (&keys.local_master_key, &keys.local_master_salt),
                (&keys.remote_master_key, &keys.remote_master_salt),
                crypto,
            )?)));
        }
        let context = |key: &[u8], salt: &[u8]| {
            Context::new(key, salt, profile, None, Some(srtcp_replay_protection(64)), crypto).ok()
        };
        Some(Self::Other(Box::new(Other {
            outbound: context(&keys.local_master_key, &keys.local_master_salt)?,
            inbound: context(&keys.remote_master_key, &keys.remote_master_salt)?,
            senders: Vec::new(),
        })))
    }

    /// Bytes that sealing adds to an RTP packet.
    pub fn overhead(&self) -> usize {
        match self {
            Self::Gcm(_) => TAG,
            Self::Other(_) => 10,
        }
    }

    /// Seals the RTP packet that starts at `start` and ends the buffer; `sequence` is its number with cycles.
    pub fn seal_rtp(&mut self, buffer: &mut Vec<u8>, start: usize, header: usize, ssrc: u32, sequence: u64) -> bool {
        match self {
            Self::Gcm(gcm) => gcm.seal_rtp(buffer, start, header, ssrc, sequence),
            Self::Other(other) => match other.outbound.encrypt_rtp(&buffer[start..]) {
                Ok(sealed) => {
                    buffer.truncate(start);
                    buffer.extend_from_slice(&sealed);
                    true
                }
                Err(_) => false,
            },
        }
    }

    pub fn seal_rtcp(&mut self, plain: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Gcm(gcm) => gcm.seal_rtcp(plain),
            Self::Other(other) => other.outbound.encrypt_rtcp(plain).ok().map(Vec::from),
        }
    }

    /// Opens an SRTCP packet: authentic and not seen before.
    pub fn open_rtcp(&mut self, sealed: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Gcm(gcm) => gcm.open_rtcp(sealed),
            Self::Other(other) => other.open_rtcp(sealed),
        }
    }
}

/// AES-128-CM with HMAC-SHA1, by webrtc-rs.
pub(crate) struct Other {
    outbound: Context,
    inbound: Context,
    senders: Vec<[u8; 4]>,
}

impl Other {
    fn open_rtcp(&mut self, sealed: &[u8]) -> Option<Vec<u8>> {
        // The context remembers every SSRC before it authenticates: keep strangers from filling its table.
        let sender: [u8; 4] = sealed.get(4..8)?.try_into().ok()?;
        if !self.senders.contains(&sender) {
            if self.senders.len() == MAX_SENDERS {
                return None;
            }
            self.senders.push(sender);
        }
        self.inbound.decrypt_rtcp(sealed).ok().map(Vec::from)
    }
}

/// AES-128-GCM, sealed by ourselves.
pub(crate) struct Gcm {
    rtp: Box<dyn AeadCipher>,
    rtp_salt: [u8; 12],
    rtcp_out: Box<dyn AeadCipher>,
    rtcp_out_salt: [u8; 12],
    rtcp_out_index: u32,
    rtcp_in: Box<dyn AeadCipher>,
    rtcp_in_salt: [u8; 12],
    replay: BTreeMap<u32, Replay>,
}

impl Gcm {
    pub fn new(local: (&[u8], &[u8]), remote: (&[u8], &[u8]), crypto: &dyn RTCCrypto) -> Option<Self> {
        let cipher = |label, (key, salt): (&[u8], &[u8])| {
            let key = derive::<16>(label, key, salt, crypto)?;
            crypto.new_aead(AeadAlgorithm::Aes128Gcm, &key).ok()
        };
        let salt = |label, (key, salt): (&[u8], &[u8])| derive::<12>(label, key, salt, crypto);
        Some(Self {
            rtp: cipher(RTP_KEY, local)?,
            rtp_salt: salt(RTP_SALT, local)?,
            rtcp_out: cipher(RTCP_KEY, local)?,
            rtcp_out_salt: salt(RTCP_SALT, local)?,
            rtcp_out_index: 0,
            rtcp_in: cipher(RTCP_KEY, remote)?,
            rtcp_in_salt: salt(RTCP_SALT, remote)?,
            replay: BTreeMap::new(),
        })
    }

    fn seal_rtp(&mut self, buffer: &mut Vec<u8>, start: usize, header: usize, ssrc: u32, sequence: u64) -> bool {
        let Some((aad, payload)) = buffer
            .get_mut(start..)
            .and_then(|packet| packet.split_at_mut_checked(header))
        else {
            return false;
        };
        // RFC 7714 section 8.1: 00 00 SSRC ROC SEQ, where ROC and SEQ together are the low 48 bits of the number.
        let mut nonce = [0; 12];
        nonce[2..6].copy_from_slice(&ssrc.to_be_bytes());
        nonce[6..].copy_from_slice(&sequence.to_be_bytes()[2..]);
        mask(&mut nonce, &self.rtp_salt);
        let mut tag = [0; TAG];
        let sealed = self.rtp.seal_in_place(&nonce, aad, payload, &mut tag).is_ok();
        buffer.extend_from_slice(&tag);
        sealed
    }

    fn seal_rtcp(&mut self, plain: &[u8]) -> Option<Vec<u8>> {
        let header = *plain.first_chunk::<8>()?;
        self.rtcp_out_index = (self.rtcp_out_index + 1) & 0x7fff_ffff;
        let word = (0x8000_0000 | self.rtcp_out_index).to_be_bytes();
        let nonce = rtcp_nonce(&header, self.rtcp_out_index, &self.rtcp_out_salt);
        let mut sealed = Vec::with_capacity(plain.len() + TAG + INDEX);
        sealed.extend_from_slice(plain);
        let mut tag = [0; TAG];
        self.rtcp_out
            .seal_in_place(&nonce, &aad(&header, word), &mut sealed[8..], &mut tag)
            .ok()?;
        sealed.extend_from_slice(&tag);
        sealed.extend_from_slice(&word);
        Some(sealed)
    }

    fn open_rtcp(&mut self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (body, word) = sealed.split_last_chunk::<INDEX>()?;
        let (body, tag) = body.split_last_chunk::<TAG>()?;
        let header = *body.first_chunk::<8>()?;
        if word[0] & 0x80 == 0 {
            return None;
        }
        let index = u32::from_be_bytes(*word) & 0x7fff_ffff;
        let sender = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
        if !self.replay.get(&sender).copied().unwrap_or_default().is_new(index) {
            return None;
        }
        let nonce = rtcp_nonce(&header, index, &self.rtcp_in_salt);
        let mut plain = body.to_vec();
        self.rtcp_in
            .open_in_place(&nonce, &aad(&header, *word), &mut plain[8..], tag)
            .ok()?;
        if self.replay.len() < MAX_SENDERS || self.replay.contains_key(&sender) {
            self.replay.entry(sender).or_default().accept(index);
        }
        Some(plain)
    }
}

fn aad(header: &[u8; 8], word: [u8; 4]) -> [u8; 12] {
    let mut aad = [0; 12];
    aad[..8].copy_from_slice(header);
    aad[8..].copy_from_slice(&word);
    aad
}

/// RFC 7714 section 9.1: 00 00 SSRC 00 00 index.
fn rtcp_nonce(header: &[u8; 8], index: u32, salt: &[u8; 12]) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[2..6].copy_from_slice(&header[4..8]);
    nonce[8..].copy_from_slice(&index.to_be_bytes());
    mask(&mut nonce, salt);
    nonce
}

fn mask(nonce: &mut [u8; 12], salt: &[u8; 12]) {
    for (byte, salt) in nonce.iter_mut().zip(salt) {
        *byte ^= salt;
    }
}

/// The AES-CM pseudo-random function with key derivation rate 0 (RFC 3711 section 4.3.3), at most one block.
fn derive<const N: usize>(label: u8, key: &[u8], salt: &[u8], crypto: &dyn RTCCrypto) -> Option<[u8; N]> {
    let mut block = [0; 16];
    block.get_mut(..salt.len())?.copy_from_slice(salt);
    block[7] ^= label;
    crypto
        .block_encrypt(BlockCipherAlgorithm::Aes128, key, &mut block)
        .ok()?;
    block.get(..N)?.try_into().ok()
}

/// The last 64 SRTCP indices of one sender.
#[derive(Clone, Copy, Default)]
struct Replay {
    highest: u32,
    seen: u64,
}

impl Replay {
    fn is_new(self, index: u32) -> bool {
        if index > self.highest || self.seen == 0 {
            return true;
        }
        let age = self.highest - index;
        age < 64 && self.seen >> age & 1 == 0
    }

    fn accept(&mut self, index: u32) {
        if self.seen == 0 || index > self.highest {
            let step = if self.seen == 0 { 64 } else { index - self.highest };
            self.seen = self.seen.checked_shl(step).unwrap_or(0) | 1;
            self.highest = index;
        } else {
            self.seen |= 1 << (self.highest - index);
        }
    }
}

#[cfg(test)]
mod tests;
