//! Ed25519 over the canonical manifest (RFC 8032, RFC 8785): nothing else is signed, everything else is hashed in it.

use crate::keys::Keys;
use ed25519_dalek::{
    VerifyingKey,
    pkcs8::{EncodePublicKey, spki::der::pem::LineEnding},
};
use rostrum_domain::{
    id::EditionId,
    publication::{
        Previous, Record,
        canonical::{self, CanonicalError},
        manifest,
    },
    time::Timestamp,
};

/// An edition frozen and signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub manifest: Vec<u8>,
    pub content: Vec<u8>,
    pub manifest_sha256: String,
    /// 64 bytes, hexadecimal.
    pub signature: String,
    pub key_id: String,
    /// 32 bytes, hexadecimal.
    pub public_key: String,
}

pub fn sign(
    keys: &Keys,
    record: &Record,
    edition: EditionId,
    house: &str,
    at: Timestamp,
    previous: Option<Previous>,
) -> Result<Signed, CanonicalError> {
    let key_id = keys.editions.current_id();
    let bytes = canonical::bytes(&manifest(record, edition, house, at, previous, key_id)?)?;
    let public = keys.editions.public(key_id).expect("the ring holds the key that signs");
    Ok(Signed {
        content: canonical::bytes(record)?,
        manifest_sha256: canonical::sha256_of(&bytes),
        signature: hex::encode(keys.editions.sign(&bytes).to_bytes()),
        key_id: key_id.to_owned(),
        public_key: hex::encode(public.as_bytes()),
        manifest: bytes,
    })
}

/// A public key in PEM (SubjectPublicKeyInfo), as OpenSSL reads it.
pub fn pem(public_key: &str) -> Option<String> {
    let bytes: [u8; 32] = hex::decode(public_key).ok()?.try_into().ok()?;
    VerifyingKey::from_bytes(&bytes)
        .ok()?
        .to_public_key_pem(LineEnding::LF)
        .ok()
}
