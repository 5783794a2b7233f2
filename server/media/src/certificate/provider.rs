//! Ring's cryptography, and one thing it lacks: signatures on P-224. FFmpeg built with GnuTLS (Debian's, PyAV's) makes its
//! WHIP certificate on that curve; without it such an encoder could not publish. Nothing of ours is ever made on P-224.

use p224::ecdsa::{DerSignature, Signature, VerifyingKey, signature::hazmat::PrehashVerifier};
use rtc::crypto::{
    ActiveKeyExchange, AeadAlgorithm, AeadCipher, BlockCipherAlgorithm, CbcAlgorithm, CbcCipher, CryptoAlgorithm,
    CryptoError, HashAlgorithm, HmacAlgorithm, KeyExchangeAlgorithm, Mac, PublicKey, PublicKeyEncoding, RTCCrypto,
    RTCCryptoProvider, RTCRandom, SignatureScheme, SigningKey, StreamCipher, StreamCipherAlgorithm,
    providers::RingProvider,
};
use std::sync::Arc;

pub(super) struct Provider(Crypto);

struct Crypto(RingProvider);

impl Provider {
    pub fn new() -> Self {
        Self(Crypto(RingProvider::new()))
    }
}

impl RTCCryptoProvider for Provider {
    fn name(&self) -> &'static str {
        "ring and P-224"
    }

    fn crypto(&self) -> &dyn RTCCrypto {
        &self.0
    }

    fn random(&self) -> &dyn RTCRandom {
        self.0.0.random()
    }
}

/// An uncompressed point on P-224; on P-256 it has 65 bytes.
const P224_POINT: usize = 57;

impl Crypto {
    /// The hash is cut to the size of the curve (FIPS 186-5, section 6.4).
    fn verify_p224(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        let hash = self.hash(HashAlgorithm::Sha256, message)?;
        let wrong = |_| CryptoError::InvalidSignature;
        let key = VerifyingKey::from_sec1_bytes(key).map_err(wrong)?;
        let signature = DerSignature::from_bytes(signature)
            .and_then(Signature::try_from)
            .map_err(wrong)?;
        key.verify_prehash(&hash, &signature).map_err(wrong)
    }
}

impl RTCCrypto for Crypto {
    fn verify_signature(
        &self,
        scheme: SignatureScheme,
        key: PublicKey<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        // TLS 1.2 names the hash and leaves the curve to the certificate (RFC 8422, section 5.4).
        let is_ecdsa = scheme == SignatureScheme::EcdsaP256Sha256;
        if is_ecdsa && key.encoding == PublicKeyEncoding::EcUncompressedPoint && key.bytes.len() == P224_POINT {
            self.verify_p224(key.bytes, message, signature)
        } else {
            self.0.crypto().verify_signature(scheme, key, message, signature)
        }
    }

    fn supports(&self, algorithm: CryptoAlgorithm) -> bool {
        self.0.crypto().supports(algorithm)
    }

    fn hash(&self, algorithm: HashAlgorithm, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.0.crypto().hash(algorithm, data)
    }

    fn block_encrypt(&self, algorithm: BlockCipherAlgorithm, key: &[u8], block: &mut [u8]) -> Result<(), CryptoError> {
        self.0.crypto().block_encrypt(algorithm, key, block)
    }

    fn new_hmac(&self, algorithm: HmacAlgorithm, key: &[u8]) -> Result<Box<dyn Mac>, CryptoError> {
        self.0.crypto().new_hmac(algorithm, key)
    }

    fn new_stream_cipher(
        &self,
        algorithm: StreamCipherAlgorithm,
        key: &[u8],
    ) -> Result<Box<dyn StreamCipher>, CryptoError> {
        self.0.crypto().new_stream_cipher(algorithm, key)
    }

    fn new_aead(&self, algorithm: AeadAlgorithm, key: &[u8]) -> Result<Box<dyn AeadCipher>, CryptoError> {
        self.0.crypto().new_aead(algorithm, key)
    }

    fn new_cbc(&self, algorithm: CbcAlgorithm, key: &[u8]) -> Result<Box<dyn CbcCipher>, CryptoError> {
        self.0.crypto().new_cbc(algorithm, key)
    }

    fn start_key_exchange(&self, algorithm: KeyExchangeAlgorithm) -> Result<Box<dyn ActiveKeyExchange>, CryptoError> {
        self.0.crypto().start_key_exchange(algorithm)
    }

    fn generate_signing_key(&self, scheme: SignatureScheme) -> Result<Arc<dyn SigningKey>, CryptoError> {
        self.0.crypto().generate_signing_key(scheme)
    }

    fn import_signing_key(&self, scheme: SignatureScheme, pkcs8: &[u8]) -> Result<Arc<dyn SigningKey>, CryptoError> {
        self.0.crypto().import_signing_key(scheme, pkcs8)
    }
}

#[cfg(test)]
mod tests;
