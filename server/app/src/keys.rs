//! The installation's Ed25519 keys: one signs grants (short-lived tokens for room and media), one signs editions.
//! Made at first start, readable by the owner only, each named by a key id so that a new key can follow an old one:
//! the newest signs, all verify.

mod grant;
mod ring;

pub use grant::{Grant, GrantAudience, GrantError};
pub use ring::{KeyError, Ring, key_id};

use std::path::Path;

#[derive(Clone)]
pub struct Keys {
    /// Signs grants; see [`Keys::sign_grant`].
    pub grants: Ring,
    /// Signs editions; their public halves are published.
    pub editions: Ring,
}

impl Keys {
    pub fn load_or_create(folder: &Path) -> Result<Self, KeyError> {
        Ok(Self {
            grants: Ring::load_or_create(folder, "grant")?,
            editions: Ring::load_or_create(folder, "edition")?,
        })
    }
}

#[cfg(test)]
mod tests;
