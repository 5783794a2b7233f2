//! A family of keys in a folder: `edition-2f9c….pem` (PKCS #8, mode 0600). To rotate, add a file; the newest signs.

use ed25519_dalek::{
    Signature, Signer, SigningKey, VerifyingKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding},
};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs, io,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} is not an Ed25519 private key in PKCS #8 PEM")]
    Malformed { path: PathBuf },
    #[error("{path} can be read by others: run chmod 600 on it")]
    Exposed { path: PathBuf },
}

#[derive(Clone)]
pub struct Ring {
    current: String,
    keys: Arc<BTreeMap<String, SigningKey>>,
}

impl Ring {
    /// Reads `folder/{family}-*.pem`; makes the first key when there is none.
    pub fn load_or_create(folder: &Path, family: &str) -> Result<Self, KeyError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| KeyError::Io { path, source }
        };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(at(folder))?;
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).map_err(at(folder))? {
            let path = entry.map_err(at(folder))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with(&format!("{family}-")) && name.ends_with(".pem") {
                found.push(read(&path)?);
            }
        }
        if found.is_empty() {
            found.push((SystemTime::now(), create(folder, family)?));
        }
        // Two files of the same age: the key id decides, so that every start agrees.
        found.sort_by_cached_key(|(made, key)| (*made, key_id(&key.verifying_key())));
        let current = found
            .last()
            .map(|(_, key)| key_id(&key.verifying_key()))
            .unwrap_or_default();
        let keys = found
            .into_iter()
            .map(|(_, key)| (key_id(&key.verifying_key()), key))
            .collect();
        Ok(Self {
            current,
            keys: Arc::new(keys),
        })
    }

    /// The id of the key that signs now.
    pub fn current_id(&self) -> &str {
        &self.current
    }

    pub fn sign(&self, message: &[u8]) -> Signature {
        self.current_key().sign(message)
    }

    /// The public half of a key of this ring, signing now or retired.
    pub fn public(&self, key_id: &str) -> Option<VerifyingKey> {
        self.keys.get(key_id).map(SigningKey::verifying_key)
    }

    pub(super) fn current_key(&self) -> &SigningKey {
        self.keys
            .get(&self.current)
            .expect("the current id was taken from this map")
    }
}

/// The first 16 hexadecimal digits of the SHA-256 of the public key.
pub fn key_id(key: &VerifyingKey) -> String {
    hex::encode(&Sha256::digest(key.as_bytes())[..8])
}

fn read(path: &Path) -> Result<(SystemTime, SigningKey), KeyError> {
    let io_error = |source| KeyError::Io {
        path: path.to_owned(),
        source,
    };
    let about = fs::metadata(path).map_err(io_error)?;
    if about.permissions().mode() & 0o077 != 0 {
        return Err(KeyError::Exposed { path: path.to_owned() });
    }
    let pem = fs::read_to_string(path).map_err(io_error)?;
    let key = SigningKey::from_pkcs8_pem(&pem).map_err(|_| KeyError::Malformed { path: path.to_owned() })?;
    Ok((about.modified().map_err(io_error)?, key))
}

fn create(folder: &Path, family: &str) -> Result<SigningKey, KeyError> {
    let key = SigningKey::from_bytes(&rand::random());
    let path = folder.join(format!("{family}-{}.pem", key_id(&key.verifying_key())));
    let pem = key
        .to_pkcs8_pem(LineEnding::LF)
        .map_err(|_| KeyError::Malformed { path: path.clone() })?;
    let io_error = |source| KeyError::Io {
        path: path.clone(),
        source,
    };
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .map_err(io_error)?;
    file.write_all(pem.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(io_error)?;
    Ok(key)
}
