//! The signed file of an edition, made again from its frozen bytes: the same for ever.

use crate::store::{
    Conn, StoreError,
    editions::{self, StoredEdition},
};
use rostrum_domain::publication::{
    bundle::{BUNDLE_FORMAT, Bundle, Signature},
    canonical::CanonicalError,
};

#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    #[error("the key {0} that signed this edition is not known")]
    UnknownKey(String),
}

pub async fn bytes(conn: &mut Conn, edition: &StoredEdition) -> Result<Vec<u8>, BundleError> {
    let keys = editions::keys(conn).await?;
    let key = keys
        .into_iter()
        .find(|key| key.key_id == edition.key_id)
        .ok_or_else(|| BundleError::UnknownKey(edition.key_id.clone()))?;
    let bundle = Bundle {
        format: BUNDLE_FORMAT.to_owned(),
        manifest: serde_json::from_slice(&edition.manifest).map_err(StoreError::from)?,
        content: serde_json::from_slice(&edition.content).map_err(StoreError::from)?,
        signature: Signature {
            algorithm: "ed25519".to_owned(),
            key_id: edition.key_id.clone(),
            public_key: key.public_key,
            value: edition.signature.clone(),
        },
    };
    Ok(bundle.to_bytes()?)
}
