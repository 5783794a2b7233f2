//! `rostrum verify`: checks a signed edition without a network and without trusting us. It says what it checked in plain
//! sentences and ends with 0 (genuine), 1 (not genuine) or 2 (cannot be checked).

use crate::keys::key_id;
use ed25519_dalek::{Signature, VerifyingKey, pkcs8::DecodePublicKey};
use rostrum_domain::publication::bundle::{Bundle, Flaw};
use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

/// What became of a check.
#[derive(Debug)]
pub enum Verdict {
    /// Every hash and the signature fit. The sentences say what was found.
    Genuine(Vec<String>),
    /// It is not what was published, and why.
    Broken(String),
    /// It could not be checked, and why.
    Unchecked(String),
}

/// The key a reader expects, from a source of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    Key(VerifyingKey),
    KeyId(String),
}

/// Checks the file, tells the terminal, returns the exit code.
pub fn run(file: &Path, key: Option<&str>) -> ExitCode {
    let verdict = match (fs::read(file), key.map(expected).transpose()) {
        (Err(error), _) => Verdict::Unchecked(format!("{} cannot be read: {error}.", file.display())),
        (_, Err(why)) => Verdict::Unchecked(why),
        (Ok(bytes), Ok(expected)) => verify(&bytes, expected.as_ref()),
    };
    let (told, code) = match verdict {
        Verdict::Genuine(sentences) => (sentences.join("\n"), ExitCode::SUCCESS),
        Verdict::Broken(why) => (format!("NOT GENUINE: {why}"), ExitCode::from(1)),
        Verdict::Unchecked(why) => (format!("Not checked: {why}"), ExitCode::from(2)),
    };
    // The exit code counts also when nobody reads the sentences.
    let _ = writeln!(io::stdout(), "{told}");
    code
}

/// `--key`: a file with a public key (PEM, or 64 hexadecimal digits), or a key id (16 hexadecimal digits).
pub fn expected(key: &str) -> Result<Expected, String> {
    let is_hex = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex(key, 16) && !Path::new(key).exists() {
        return Ok(Expected::KeyId(key.to_ascii_lowercase()));
    }
    let text = fs::read_to_string(key).map_err(|error| format!("the key file {key} cannot be read: {error}."))?;
    let text = text.trim();
    let parsed = if is_hex(text, 64) {
        from_hex(text)
    } else {
        VerifyingKey::from_public_key_pem(text).ok()
    };
    parsed
        .map(Expected::Key)
        .ok_or_else(|| format!("{key} does not hold an Ed25519 public key."))
}

/// Recomputes every hash, then checks the signature.
pub fn verify(bytes: &[u8], expected: Option<&Expected>) -> Verdict {
    let bundle = match Bundle::read(bytes) {
        Ok(bundle) => bundle,
        Err(flaw @ (Flaw::Unreadable(_) | Flaw::UnknownFormat(_))) => return Verdict::Unchecked(format!("{flaw}.")),
        Err(flaw) => return Verdict::Broken(format!("{flaw}.")),
    };
    let signature = &bundle.signature;
    if signature.algorithm != "ed25519" {
        return Verdict::Unchecked(format!(
            "the signature is of a kind this version does not know ({}).",
            signature.algorithm
        ));
    }
    let Some(key) = from_hex(&signature.public_key) else {
        return Verdict::Broken("the public key in the file is damaged.".to_owned());
    };
    if key_id(&key) != signature.key_id {
        return Verdict::Broken("the public key in the file is not the one the manifest names.".to_owned());
    }
    let matches = match expected {
        None => true,
        Some(Expected::Key(wanted)) => *wanted == key,
        Some(Expected::KeyId(wanted)) => *wanted == signature.key_id,
    };
    if !matches {
        return Verdict::Broken(format!(
            "it is signed with key {}, not with the key you gave.",
            signature.key_id
        ));
    }
    let value: Option<[u8; 64]> = plain_hex(&signature.value);
    let Some(value) = value else {
        return Verdict::Broken("the signature in the file is damaged.".to_owned());
    };
    let signed = match bundle.signed_bytes() {
        Ok(signed) => signed,
        Err(error) => return Verdict::Broken(format!("{error}.")),
    };
    if key.verify_strict(&signed, &Signature::from_bytes(&value)).is_err() {
        return Verdict::Broken("the signature does not fit the manifest.".to_owned());
    }
    Verdict::Genuine(report(&bundle, expected.is_some()))
}

fn report(bundle: &Bundle, key_was_given: bool) -> Vec<String> {
    let (manifest, key_id) = (&bundle.manifest, &bundle.signature.key_id);
    let event = &manifest.event;
    let at = jiff::Timestamp::from_microsecond(manifest.published_at.micros()).unwrap_or_default();
    let mut sentences = vec![
        format!(
            "Genuine: {} {}/{}, edition {}, published by {} on {at:.0}.",
            event.series_name.read("en"),
            event.number,
            event.year,
            manifest.edition,
            manifest.house,
        ),
        format!(
            "All {} passages are exactly as they were signed.",
            manifest.revisions.len()
        ),
        format!("The signature by key {key_id} is valid."),
    ];
    for media in &manifest.media {
        sentences.push(format!(
            "The file {} belongs to it when its SHA-256 is {}.",
            media.name, media.sha256
        ));
    }
    if let Some(previous) = &manifest.previous {
        sentences.push(format!(
            "It follows edition {} (manifest SHA-256 {}).",
            previous.edition, previous.manifest_sha256
        ));
    }
    if !key_was_given {
        sentences.push(format!(
            "The key came with the file: compare {key_id} with the one the house publishes, or give it with --key."
        ));
    }
    sentences
}

fn from_hex(text: &str) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(&plain_hex(text)?).ok()
}

/// Hexadecimal in the one form we write: anything else was changed on the way.
fn plain_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes: [u8; N] = hex::decode(text).ok()?.try_into().ok()?;
    (hex::encode(bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests;
