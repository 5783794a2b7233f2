//! The server's DTLS identity: one self-signed certificate per process, shared by all planes and negotiations.

mod provider;

use provider::Provider;
use rtc::{
    crypto::RTCCryptoProvider, dtls::crypto::Certificate as DtlsCertificate,
    peer_connection::certificate::RTCCertificate,
};
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

/// Why no certificate could be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the media certificate: {0}")]
pub struct CertificateError(String);

/// A DTLS certificate with its private key; cheap to clone.
#[derive(Clone)]
pub struct Certificate {
    pub(crate) inner: RTCCertificate,
    pub(crate) provider: Arc<dyn RTCCryptoProvider>,
    /// SHA-256, as written in `a=fingerprint:sha-256` (upper case, colons).
    pub(crate) fingerprint: String,
}

/// Years a certificate is honoured by this process; a new one is made at each start anyway.
const LIFETIME: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

impl Certificate {
    /// A new ECDSA P-256 key and certificate. Costs about a millisecond.
    pub fn generate() -> Result<Self, CertificateError> {
        let provider: Arc<dyn RTCCryptoProvider> = Arc::new(Provider::new());
        let fail = |error: rtc::shared::error::Error| CertificateError(error.to_string());
        let dtls =
            DtlsCertificate::generate_self_signed(vec!["rostrum".to_owned()], provider.crypto()).map_err(fail)?;
        let inner = RTCCertificate::from_existing(dtls, SystemTime::UNIX_EPOCH + LIFETIME);
        let fingerprint = inner
            .get_fingerprints(provider.crypto())
            .map_err(fail)?
            .first()
            .ok_or_else(|| CertificateError("it has no fingerprint".to_owned()))?
            .value
            .to_uppercase();
        Ok(Self {
            inner,
            provider,
            fingerprint,
        })
    }

    /// SHA-256 over the certificate, as in `a=fingerprint:sha-256`.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}
