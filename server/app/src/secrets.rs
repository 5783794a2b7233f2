//! Secrets we make up: the content of cookies and mailed links. Only their hash is stored.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Longer than any token of ours; anything beyond is not hashed at all.
const MAX_TOKEN: usize = 128;

/// 256 random bits as text that fits a cookie and an address.
pub fn fresh() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// What is stored of a token. A random secret of 256 bits needs no salt and no slow hash.
pub fn hash(token: &str) -> String {
    let token = token.get(..MAX_TOKEN).unwrap_or(token);
    hex::encode(Sha256::digest(token.as_bytes()))
}
