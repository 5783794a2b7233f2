//! The DTLS server of one subscriber: one association whatever the client's address becomes, its certificate checked
//! against the fingerprint in the offer (RFC 8827, section 5.1).

use crate::{Certificate, flight::Flight};
use bytes::BytesMut;
use rtc::{
    crypto::{HashAlgorithm, RTCCryptoProvider},
    dtls::{
        config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType},
        endpoint::{Endpoint, EndpointEvent},
        extension::extension_use_srtp::SrtpProtectionProfile,
        state::State,
    },
    shared::{TransportProtocol, error::Error},
};
use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Instant,
};

/// The endpoint keys associations by address; this constant one keeps a client that moves in its association.
const ASSOCIATION: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9);

/// What came of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Nothing,
    /// Keys are ready; see [`Dtls::state`].
    Established,
    Closed,
}

pub(crate) struct Dtls {
    endpoint: Endpoint,
    /// What the endpoint said last: it is asked for after every packet, and looking it up costs as much as routing one.
    timeout: Option<Instant>,
    flight: Flight<()>,
    /// Repeated datagrams on their way out.
    again: VecDeque<BytesMut>,
    /// When something was last fed in.
    fed: Option<Instant>,
}

impl Dtls {
    /// `fingerprint` is the client's SHA-256 in lower-case hexadecimal with colons.
    pub fn server(certificate: &Certificate, fingerprint: String) -> Result<Self, Error> {
        let provider = certificate.provider.clone();
        let config = ConfigBuilder::default()
            .with_crypto_provider(certificate.provider.clone())
            .with_certificates(vec![certificate.inner.dtls_certificate.clone()])
            .with_srtp_protection_profiles(vec![
                SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
                SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
            ])
            .with_client_auth(ClientAuthType::RequireAnyClientCert)
            // No certificate authority stands behind a browser's certificate; the fingerprint does.
            .with_insecure_skip_verify(true)
            .with_extended_master_secret(ExtendedMasterSecretType::Require)
            .with_verify_peer_certificate(Some(Arc::new(move |chain: &[Vec<u8>], _: &[_]| {
                check_fingerprint(chain, &fingerprint, provider.as_ref())
            })))
            .build(false, None)?;
        Ok(Self {
            endpoint: Endpoint::new(ASSOCIATION, TransportProtocol::UDP, Some(Arc::new(config))),
            timeout: None,
            flight: Flight::default(),
            again: VecDeque::new(),
            fed: None,
        })
    }

    pub fn read(&mut self, now: Instant, datagram: &[u8]) -> Progress {
        self.fed = Some(now);
        let progress = match self.endpoint.read(now, ASSOCIATION, None, BytesMut::from(datagram)) {
            Ok(events) => events
                .into_iter()
                .fold(Progress::Nothing, |progress, event| match event {
                    EndpointEvent::HandshakeComplete => Progress::Established,
                    EndpointEvent::PeerClosed => Progress::Closed,
                    _ => progress,
                }),
            Err(error) => {
                tracing::debug!(%error, "a DTLS datagram was refused");
                Progress::Nothing
            }
        };
        self.timeout = self.endpoint.poll_timeout(&ASSOCIATION);
        if progress == Progress::Established {
            self.flight.finish();
        }
        progress
    }

    pub fn state(&self) -> Option<&State> {
        self.endpoint.get_connection_state(ASSOCIATION)
    }

    /// Says goodbye (close_notify).
    pub fn close(&mut self, now: Instant) {
        let _ = self.endpoint.close(now);
        self.timeout = None;
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        self.fed = Some(now);
        if self.timeout.is_some_and(|at| at <= now) {
            let _ = self.endpoint.handle_timeout(ASSOCIATION, now);
            self.timeout = self.endpoint.poll_timeout(&ASSOCIATION);
        } else {
            let again = self.flight.again(now).iter();
            self.again
                .extend(again.map(|((), datagram)| BytesMut::from(&datagram[..])));
        }
    }

    pub fn poll_timeout(&self) -> Option<Instant> {
        [self.timeout, self.flight.due()].into_iter().flatten().min()
    }

    pub fn poll_transmit(&mut self) -> Option<BytesMut> {
        if let Some(datagram) = self.again.pop_front() {
            return Some(datagram);
        }
        let datagram = self.endpoint.poll_transmit()?.message;
        if let Some(now) = self.fed {
            self.flight.keep(now, (), &datagram);
        }
        Some(datagram)
    }
}

fn check_fingerprint(chain: &[Vec<u8>], expected: &str, provider: &dyn RTCCryptoProvider) -> Result<(), Error> {
    let first = chain.first().ok_or(Error::ErrNonCertificate)?;
    let hash = provider
        .crypto()
        .hash(HashAlgorithm::Sha256, first)
        .map_err(|_| Error::ErrNonCertificate)?;
    let actual: Vec<String> = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    if actual.join(":") == expected {
        Ok(())
    } else {
        Err(Error::ErrNoMatchingCertificateFingerprint)
    }
}
