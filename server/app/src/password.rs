//! Staff passwords: argon2id, on blocking threads, few at a time, and as slow for an unknown address as for a known one.

use argon2::{
    Argon2, PasswordHash, PasswordHasher, PasswordVerifier,
    password_hash::{Salt, SaltString},
};
use std::sync::OnceLock;
use tokio::sync::Semaphore;

/// Characters. Shorter passwords are guessed; the upper bound keeps hashing cheap.
pub const LENGTH: std::ops::RangeInclusive<usize> = 10..=200;

/// Hashes at the same time. More: faster under a rush of sign-ins, and 19 MiB of memory each; fewer: they queue.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// The PHC string to store.
pub async fn hash(password: &str) -> String {
    let password = password.to_owned();
    in_turn(move || hash_now(&password)).await
}

/// Whether `password` is the one behind `stored`. Without a stored hash the same work is done, and the answer is no.
pub async fn verify(password: &str, stored: Option<String>) -> bool {
    let password = password.to_owned();
    in_turn(move || {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| nobodys().to_owned());
        let matches = PasswordHash::new(&stored)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        known && matches
    })
    .await
}

fn hash_now(password: &str) -> String {
    let salt: [u8; Salt::RECOMMENDED_LENGTH] = rand::random();
    let salt = SaltString::encode_b64(&salt).expect("16 bytes are a salt of the recommended length");
    Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .expect("argon2's own default parameters are valid, and the length is bounded")
        .to_string()
}

/// A hash nobody has the password of.
fn nobodys() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash_now(&crate::secrets::fresh()))
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let _turn = AT_ONCE.acquire().await.expect("the semaphore is never closed");
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}
