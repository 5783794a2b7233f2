//! Time-limited credentials (draft-uberti-behave-turn-rest-00): the user name is the time of expiry, the password its
//! HMAC-SHA1. Nonces are made the same way, so that nothing is remembered about somebody who only knocks.

use super::Login;
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use rand::random;
use rostrum_domain::time::Timestamp;
use sha1::Sha1;
use std::net::SocketAddr;

/// Seconds for which a nonce is good. Longer: replayed requests live on; shorter: more round trips.
const NONCE_LASTS: i64 = 3600;

/// The password of a user name, as coturn computes it with the same secret.
pub fn credential(secret: &[u8], username: &str) -> String {
    STANDARD.encode(mac(secret, username))
}

fn mac(secret: &[u8], text: &str) -> impl AsRef<[u8]> + use<> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes()
}

/// Known to this process only, and new with each: clients ask for new credentials when they come back.
pub struct Secret([u8; 32]);

impl Secret {
    pub fn random() -> Self {
        Self(random())
    }

    pub fn login(&self, until: Timestamp) -> Login {
        let username = format!("{}:{:08x}", seconds(until), random::<u32>());
        let password = credential(&self.0, &username);
        Login { username, password }
    }

    /// The password that belongs to a user name, and whether it has not expired.
    pub fn password(&self, username: &str, now: Timestamp) -> Option<(String, bool)> {
        let until: i64 = username.split(':').next()?.parse().ok()?;
        Some((credential(&self.0, username), seconds(now) < until))
    }

    pub fn nonce(&self, client: SocketAddr, now: Timestamp) -> String {
        self.nonce_of(client, seconds(now))
    }

    pub fn is_fresh(&self, nonce: &str, client: SocketAddr, now: Timestamp) -> bool {
        let Some(made) = nonce.split('-').next().and_then(|made| made.parse().ok()) else {
            return false;
        };
        let age = seconds(now).saturating_sub(made);
        (0..NONCE_LASTS).contains(&age) && nonce == self.nonce_of(client, made)
    }

    fn nonce_of(&self, client: SocketAddr, made: i64) -> String {
        let mac = mac(&self.0, &format!("nonce {client} {made}"));
        format!("{made}-{}", hex::encode(&mac.as_ref()[..8]))
    }
}

fn seconds(time: Timestamp) -> i64 {
    time.micros().div_euclid(1_000_000)
}
