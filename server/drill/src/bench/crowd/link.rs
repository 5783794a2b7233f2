//! A browser's side of one connection, sans-IO: ICE as the controlling agent, DTLS client, SRTP keys.

use super::offer::{Answer, Offer};
use anyhow::Context as _;
use bytes::BytesMut;
use rtc::{
    crypto::{RTCCryptoProvider, providers::RingProvider},
    dtls::{
        config::{ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig},
        crypto::Certificate,
        endpoint::{Endpoint, EndpointEvent},
        extension::extension_use_srtp::SrtpProtectionProfile,
        state::State,
    },
    peer_connection::certificate::RTCCertificate,
    shared::TransportProtocol,
    srtp::{
        config::{Config, LABEL_EXTRACTOR_DTLS_SRTP},
        context::Context,
        protection_profile::ProtectionProfile,
    },
    stun::{
        attributes::{ATTR_ICE_CONTROLLING, ATTR_PRIORITY, ATTR_USE_CANDIDATE, ATTR_USERNAME},
        fingerprint::FINGERPRINT,
        integrity::MessageIntegrity,
        message::{BINDING_REQUEST, BINDING_SUCCESS, Message, Setter, TransactionId},
        xoraddr::XorMappedAddress,
    },
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

/// Checks until the first answer; afterwards to keep consent fresh, as Chromium does.
const CHECK: Duration = Duration::from_millis(50);
const CONSENT: Duration = Duration::from_millis(2_500);
/// The endpoint keys associations by address; there is only one.
const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9);
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// One certificate for the whole crowd: making hundreds is not what is measured.
pub(super) struct Identity {
    provider: Arc<dyn RTCCryptoProvider>,
    config: Arc<HandshakeConfig>,
    pub fingerprint: String,
}

impl Identity {
    pub fn new() -> anyhow::Result<Self> {
        let provider: Arc<dyn RTCCryptoProvider> = Arc::new(RingProvider::new());
        let certificate = Certificate::generate_self_signed(vec!["crowd".to_owned()], provider.crypto())?;
        let named = RTCCertificate::from_existing(certificate.clone(), SystemTime::now() + YEAR);
        let fingerprint = named.get_fingerprints(provider.crypto())?;
        let fingerprint = fingerprint.first().context("a fingerprint")?.value.to_uppercase();
        let config = ConfigBuilder::default()
            .with_crypto_provider(provider.clone())
            .with_certificates(vec![certificate])
            .with_srtp_protection_profiles(vec![SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm])
            // The server of a measurement is the one we started.
            .with_insecure_skip_verify(true)
            .with_extended_master_secret(ExtendedMasterSecretType::Require)
            .build(true, None)?;
        Ok(Self {
            provider,
            config: Arc::new(config),
            fingerprint,
        })
    }
}

/// SRTP in both directions.
pub(super) struct Keys {
    pub outbound: Context,
    pub inbound: Context,
}

/// What a datagram was.
pub(super) enum Heard {
    Nothing,
    /// Keys are there.
    Connected,
    Lost,
}

pub(super) struct Link {
    provider: Arc<dyn RTCCryptoProvider>,
    config: Arc<HandshakeConfig>,
    username: String,
    remote_password: String,
    local_password: String,
    dtls: Endpoint,
    pub keys: Option<Keys>,
    started: bool,
    next_check: Instant,
    /// Datagrams to be sent.
    pub out: Vec<Vec<u8>>,
}

impl Link {
    pub fn new(identity: &Identity, offer: &Offer, answer: &Answer) -> Self {
        Self {
            provider: identity.provider.clone(),
            config: identity.config.clone(),
            username: format!("{}:{}", answer.ufrag, offer.ufrag),
            remote_password: answer.password.clone(),
            local_password: offer.password.clone(),
            dtls: Endpoint::new(PEER, TransportProtocol::UDP, None),
            keys: None,
            started: false,
            next_check: Instant::now(),
            out: Vec::new(),
        }
    }

    pub fn tick(&mut self, now: Instant) {
        if now >= self.next_check {
            self.next_check = now + if self.started { CONSENT } else { CHECK };
            self.check();
        }
        if self.keys.is_none() && self.dtls.poll_timeout(&PEER).is_some_and(|at| at <= now) {
            let _ = self.dtls.handle_timeout(PEER, now);
            self.flush();
        }
    }

    /// STUN and DTLS.
    pub fn hear(&mut self, now: Instant, from: SocketAddr, data: &[u8]) -> Heard {
        match data {
            [0x00, 0x01, ..] => self.answer_check(from, data),
            [0x01, 0x01, ..] if !self.started => {
                self.started = true;
                self.next_check = now + CONSENT;
                if self.dtls.connect(now, PEER, self.config.clone(), None).is_err() {
                    return Heard::Lost;
                }
                self.flush();
            }
            [20..=63, ..] => return self.hear_dtls(now, data),
            _ => {}
        }
        Heard::Nothing
    }

    fn hear_dtls(&mut self, now: Instant, data: &[u8]) -> Heard {
        let events = self.dtls.read(now, PEER, None, BytesMut::from(data));
        self.flush();
        for event in events.into_iter().flatten() {
            match event {
                EndpointEvent::HandshakeComplete => {
                    let state = self.dtls.get_connection_state(PEER);
                    self.keys = state.and_then(|state| keys(state, self.provider.as_ref()));
                    return if self.keys.is_some() {
                        Heard::Connected
                    } else {
                        Heard::Lost
                    };
                }
                EndpointEvent::PeerClosed => return Heard::Lost,
                _ => {}
            }
        }
        Heard::Nothing
    }

    fn flush(&mut self) {
        while let Some(datagram) = self.dtls.poll_transmit() {
            self.out.push(datagram.message.to_vec());
        }
    }

    /// Nominates with the first check, as a browser does at an ICE-lite server.
    fn check(&mut self) {
        let mut message = Message::new();
        message.transaction_id = TransactionId(rand::random());
        message.typ = BINDING_REQUEST;
        message.write_header();
        message.add(ATTR_USERNAME, self.username.as_bytes());
        message.add(ATTR_USE_CANDIDATE, &[]);
        message.add(ATTR_ICE_CONTROLLING, &[0x5a; 8]);
        message.add(ATTR_PRIORITY, &0x6e00_00ffu32.to_be_bytes());
        let password = self.remote_password.clone();
        self.seal(message, &password);
    }

    fn answer_check(&mut self, from: SocketAddr, data: &[u8]) {
        let mut request = Message::new();
        if request.unmarshal_binary(data).is_err() {
            return;
        }
        let mut message = Message::new();
        message.transaction_id = request.transaction_id;
        message.typ = BINDING_SUCCESS;
        message.write_header();
        let seen = XorMappedAddress {
            ip: from.ip(),
            port: from.port(),
        };
        if seen.add_to(&mut message).is_ok() {
            let password = self.local_password.clone();
            self.seal(message, &password);
        }
    }

    fn seal(&mut self, mut message: Message, password: &str) {
        let integrity = MessageIntegrity::new_raw_integrity_with_provider(password.as_bytes(), self.provider.crypto());
        if integrity.add_to(&mut message).is_ok() && FINGERPRINT.add_to(&mut message).is_ok() {
            self.out.push(message.raw);
        }
    }

    /// Seals an RTCP compound.
    pub fn report(&mut self, plain: &[u8]) {
        if let Some(sealed) = self
            .keys
            .as_mut()
            .and_then(|keys| keys.outbound.encrypt_rtcp(plain).ok())
        {
            self.out.push(sealed.to_vec());
        }
    }
}

fn keys(state: &State, provider: &dyn RTCCryptoProvider) -> Option<Keys> {
    let profile = ProtectionProfile::AeadAes128Gcm;
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
    let context = |key: &[u8], salt: &[u8]| Context::new(key, salt, profile, None, None, provider.crypto()).ok();
    Some(Keys {
        outbound: context(&keys.local_master_key, &keys.local_master_salt)?,
        inbound: context(&keys.remote_master_key, &keys.remote_master_salt)?,
    })
}
