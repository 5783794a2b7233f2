//! The signed file a reader takes home: manifest, content, signature and public key in one canonical JSON document. It is
//! checked here, without the signature, which needs cryptography the shell brings.

use crate::publication::{
    MANIFEST_FORMAT, Manifest, RECORD_FORMAT, Record,
    canonical::{self, CanonicalError},
    entries,
};
use serde::{Deserialize, Serialize};

pub const BUNDLE_FORMAT: &str = "rostrum-edition/1";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    pub format: String,
    pub manifest: Manifest,
    pub content: Record,
    pub signature: Signature,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Always `ed25519`, over the canonical bytes of the manifest (RFC 8032, RFC 8785).
    pub algorithm: String,
    pub key_id: String,
    /// 32 bytes, hexadecimal.
    pub public_key: String,
    /// 64 bytes, hexadecimal.
    pub value: String,
}

/// What is wrong with a bundle, each a sentence for a person.
#[derive(Debug, thiserror::Error)]
pub enum Flaw {
    #[error("this is not an edition file: {0}")]
    Unreadable(serde_json::Error),
    #[error("this file has the format {0:?}, which this version does not know")]
    UnknownFormat(String),
    #[error("the file is not in the exact form in which it was published: something was added, removed or rearranged")]
    NotCanonical,
    #[error("the text is not the one that was signed: the content's hash differs from the manifest")]
    Content,
    #[error("passage {0} is not the one that was signed")]
    Passage(usize),
    #[error("the facts in the manifest and in the content differ: {0}")]
    Facts(&'static str),
    #[error("the manifest cannot be written canonically: {0}")]
    Canonical(#[from] CanonicalError),
}

impl Bundle {
    /// The bytes in which a bundle is published: canonical JSON and a line end.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        let mut bytes = canonical::bytes(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads a bundle and recomputes every hash. The signature over [`Bundle::signed_bytes`] remains to be checked.
    pub fn read(bytes: &[u8]) -> Result<Self, Flaw> {
        #[derive(Deserialize)]
        struct Format {
            format: String,
        }
        let format: Format = serde_json::from_slice(bytes).map_err(Flaw::Unreadable)?;
        if format.format != BUNDLE_FORMAT {
            return Err(Flaw::UnknownFormat(format.format));
        }
        let bundle: Self = serde_json::from_slice(bytes).map_err(Flaw::Unreadable)?;
        if bundle.to_bytes()? != bytes {
            return Err(Flaw::NotCanonical);
        }
        bundle.check()?;
        Ok(bundle)
    }

    /// What the signature is over.
    pub fn signed_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::bytes(&self.manifest)
    }

    fn check(&self) -> Result<(), Flaw> {
        let (manifest, content) = (&self.manifest, &self.content);
        for (format, known) in [(&manifest.format, MANIFEST_FORMAT), (&content.format, RECORD_FORMAT)] {
            if format != known {
                return Err(Flaw::UnknownFormat(format.clone()));
            }
        }
        let computed = entries(content)?;
        if let Some(index) = (0..computed.len().max(manifest.revisions.len()))
            .find(|&index| computed.get(index) != manifest.revisions.get(index))
        {
            return Err(Flaw::Passage(index + 1));
        }
        if canonical::sha256(content)? != manifest.content_sha256 {
            return Err(Flaw::Content);
        }
        let facts = [
            (manifest.edition == content.edition, "the edition's number"),
            (manifest.event == content.event, "the event"),
            (manifest.languages == content.languages, "the languages"),
            (manifest.label == content.label, "the label of the transcript"),
            (
                manifest.machine_help == content.machine_help,
                "the statement about machine help",
            ),
            (manifest.media == content.media, "the media files"),
            (manifest.corrections == content.corrections, "the corrections"),
            (manifest.key_id == self.signature.key_id, "the key"),
        ];
        match facts.into_iter().find(|(same, _)| !same) {
            Some((_, what)) => Err(Flaw::Facts(what)),
            None => Ok(()),
        }
    }
}
