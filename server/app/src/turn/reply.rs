//! Writes STUN messages towards clients: successes, refusals, data that came for them.

use rtc::{
    crypto::{RTCCryptoProvider, providers::RingProvider},
    stun::{
        attributes::{
            ATTR_DATA, ATTR_ERROR_CODE, ATTR_LIFETIME, ATTR_NONCE, ATTR_REALM, ATTR_XOR_PEER_ADDRESS,
            ATTR_XOR_RELAYED_ADDRESS, ATTR_XORMAPPED_ADDRESS, AttrType,
        },
        integrity::MessageIntegrity,
        message::{
            CLASS_ERROR_RESPONSE, CLASS_INDICATION, CLASS_SUCCESS_RESPONSE, METHOD_DATA, Message, MessageType, Setter,
        },
        xoraddr::XorMappedAddress,
    },
};
use std::{net::SocketAddr, sync::LazyLock};

/// Names whose credentials are asked for (RFC 8489 section 14.9).
pub const REALM: &str = "rostrum";

static RING: LazyLock<RingProvider> = LazyLock::new(RingProvider::new);

/// A message being written.
pub struct Reply(Message);

impl Reply {
    pub fn success(request: &Message) -> Self {
        Self::answer(request, MessageType::new(request.typ.method, CLASS_SUCCESS_RESPONSE))
    }

    pub fn error(request: &Message, code: u16, reason: &str) -> Self {
        let mut reply = Self::answer(request, MessageType::new(request.typ.method, CLASS_ERROR_RESPONSE));
        let mut value = vec![0, 0, (code / 100) as u8, (code % 100) as u8];
        value.extend_from_slice(reason.as_bytes());
        reply.0.add(ATTR_ERROR_CODE, &value);
        reply
    }

    fn answer(request: &Message, typ: MessageType) -> Self {
        let mut message = Message::new();
        message.transaction_id = request.transaction_id;
        message.typ = typ;
        message.write_header();
        Self(message)
    }

    pub fn challenge(mut self, nonce: &str) -> Self {
        self.0.add(ATTR_REALM, REALM.as_bytes());
        self.0.add(ATTR_NONCE, nonce.as_bytes());
        self
    }

    pub fn lifetime(mut self, seconds: u32) -> Self {
        self.0.add(ATTR_LIFETIME, &seconds.to_be_bytes());
        self
    }

    pub fn mapped(self, address: SocketAddr) -> Self {
        self.address(ATTR_XORMAPPED_ADDRESS, address)
    }

    pub fn relayed(self, address: SocketAddr) -> Self {
        self.address(ATTR_XOR_RELAYED_ADDRESS, address)
    }

    fn address(mut self, name: AttrType, address: SocketAddr) -> Self {
        add_address(&mut self.0, name, address);
        self
    }

    /// Signed with the client's own key; that it is no forgery matters to the client.
    pub fn sealed(mut self, key: &[u8]) -> Option<Vec<u8>> {
        MessageIntegrity::new_raw_integrity_with_provider(key, RING.crypto())
            .add_to(&mut self.0)
            .ok()?;
        Some(self.0.raw)
    }

    pub fn plain(self) -> Vec<u8> {
        self.0.raw
    }
}

/// The long-term key (RFC 8489 section 9.2.2).
pub fn key(username: &str, password: String) -> Option<Vec<u8>> {
    MessageIntegrity::long_term_integrity_key(username.to_owned(), REALM.to_owned(), password, RING.crypto()).ok()
}

pub fn is_authentic(request: &mut Message, key: &[u8]) -> bool {
    MessageIntegrity::check(request, key, RING.crypto()).is_ok()
}

/// What came for a client from a peer without a channel (RFC 8656 section 11.6).
pub fn indication(peer: SocketAddr, data: &[u8]) -> Vec<u8> {
    let mut message = Message::new();
    // Nobody answers an indication: its transaction needs to be no secret.
    message.typ = MessageType::new(METHOD_DATA, CLASS_INDICATION);
    message.write_header();
    add_address(&mut message, ATTR_XOR_PEER_ADDRESS, peer);
    message.add(ATTR_DATA, data);
    message.raw
}

/// The same with a channel (section 12.5), padded as streams need it and datagrams allow.
pub fn channel_data(channel: u16, data: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(data.len()).ok()?;
    let mut message = Vec::with_capacity(data.len() + 8);
    message.extend_from_slice(&channel.to_be_bytes());
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(data);
    message.resize(message.len().next_multiple_of(4), 0);
    Some(message)
}

fn add_address(message: &mut Message, name: AttrType, address: SocketAddr) {
    let (ip, port) = (address.ip().to_canonical(), address.port());
    let written = XorMappedAddress { ip, port }.add_to_as(message, name);
    debug_assert!(written.is_ok(), "an address always fits");
}
