//! The ICE-lite side of STUN (RFC 8445, RFC 8489): connectivity checks are authenticated before anything is remembered
//! about their sender.

use rtc::{
    crypto::RTCCrypto,
    stun::{
        attributes::{ATTR_ICE_CONTROLLING, ATTR_MESSAGE_INTEGRITY, ATTR_PRIORITY, ATTR_USE_CANDIDATE, ATTR_USERNAME},
        fingerprint::FINGERPRINT,
        integrity::MessageIntegrity,
        message::{BINDING_REQUEST, BINDING_SUCCESS, Message, Setter, TransactionId},
        xoraddr::XorMappedAddress,
    },
};
use std::net::SocketAddr;

/// ICE user names and the password that authenticates checks towards us.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub local: String,
    pub remote: String,
    pub password: String,
}

impl Credentials {
    pub fn username(&self) -> String {
        format!("{}:{}", self.local, self.remote)
    }
}

/// An authentic connectivity check.
pub(crate) struct Check {
    transaction: TransactionId,
    /// The client chose this path.
    pub nominates: bool,
}

/// A binding success response, of which only the kind matters here.
pub(crate) fn is_success_response(data: &[u8]) -> bool {
    data.starts_with(&[0x01, 0x01])
}

/// Our user name in a binding request, found without allocating: picks the peer among all before any cryptography.
pub(crate) fn addressee(data: &[u8]) -> Option<&str> {
    if data.len() < 20 || data[..2] != [0, 1] || data[4..8] != [0x21, 0x12, 0xa4, 0x42] {
        return None;
    }
    let mut rest = &data[20..];
    while let Some((header, tail)) = rest.split_first_chunk::<4>() {
        let kind = u16::from_be_bytes([header[0], header[1]]);
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        if kind == ATTR_USERNAME.0 {
            return std::str::from_utf8(tail.get(..length)?).ok()?.split(':').next();
        }
        rest = tail.get(length.next_multiple_of(4)..)?;
    }
    None
}

/// Checks user name and MESSAGE-INTEGRITY of a binding request.
pub(crate) fn authenticate(data: &[u8], credentials: &Credentials, crypto: &dyn RTCCrypto) -> Option<Check> {
    let mut message = Message::new();
    message.unmarshal_binary(data).ok()?;
    if message.typ != BINDING_REQUEST || !message.contains(ATTR_MESSAGE_INTEGRITY) {
        return None;
    }
    if message.get(ATTR_USERNAME).ok()? != credentials.username().as_bytes() {
        return None;
    }
    MessageIntegrity::check(&mut message, credentials.password.as_bytes(), crypto).ok()?;
    Some(Check {
        transaction: message.transaction_id,
        nominates: message.contains(ATTR_USE_CANDIDATE),
    })
}

/// The answer to an authentic check.
pub(crate) fn success(
    check: &Check,
    from: SocketAddr,
    credentials: &Credentials,
    crypto: &dyn RTCCrypto,
) -> Option<Vec<u8>> {
    let mut message = Message::new();
    message.transaction_id = check.transaction;
    message.typ = BINDING_SUCCESS;
    message.write_header();
    XorMappedAddress {
        ip: from.ip(),
        port: from.port(),
    }
    .add_to(&mut message)
    .ok()?;
    seal(message, credentials, crypto)
}

/// A nominating check as the client would send it (webrtc-rs waits for one before it accepts DTLS).
pub(crate) fn nomination(transaction: [u8; 12], credentials: &Credentials, crypto: &dyn RTCCrypto) -> Option<Vec<u8>> {
    let mut message = Message::new();
    message.transaction_id = TransactionId(transaction);
    message.typ = BINDING_REQUEST;
    message.write_header();
    message.add(ATTR_USERNAME, credentials.username().as_bytes());
    message.add(ATTR_USE_CANDIDATE, &[]);
    message.add(ATTR_ICE_CONTROLLING, &[0xff; 8]);
    message.add(ATTR_PRIORITY, &0x6e00_00ffu32.to_be_bytes());
    seal(message, credentials, crypto)
}

fn seal(mut message: Message, credentials: &Credentials, crypto: &dyn RTCCrypto) -> Option<Vec<u8>> {
    MessageIntegrity::new_raw_integrity_with_provider(credentials.password.as_bytes(), crypto)
        .add_to(&mut message)
        .ok()?;
    FINGERPRINT.add_to(&mut message).ok()?;
    Some(message.raw)
}

#[cfg(test)]
mod tests;
