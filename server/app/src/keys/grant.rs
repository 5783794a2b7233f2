//! Grants: EdDSA JWTs (RFC 7519, RFC 8037) that open one door of one room to one person for a short time. They name the
//! seat, the role and the card, all from the registration, so that the door needs no further question.

use super::Keys;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rostrum_domain::{
    id::{EventId, PersonId, SeatId},
    media::SourceKind,
    person::{NameCard, Role},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A token longer than this is no grant of ours.
const MAX_TOKEN: usize = 4096;
const ISSUER: &str = "rostrum";

/// Which door the grant opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantAudience {
    Signal,
    Whip,
    Whep,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub iss: String,
    pub aud: GrantAudience,
    pub sub: PersonId,
    pub room: EventId,
    pub seat: SeatId,
    pub role: Role,
    pub card: NameCard,
    /// What the holder may publish; empty for other doors than WHIP.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carries: Vec<SourceKind>,
    /// Seconds since 1970 (RFC 7519 §4.1.4).
    pub exp: i64,
}

impl Grant {
    pub fn issuer() -> String {
        ISSUER.to_owned()
    }
}

/// One reason for the outside; which check failed is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    #[error("the grant is not ours, or not for this door")]
    Invalid,
    #[error("the grant has expired")]
    Expired,
}

impl Keys {
    pub fn sign_grant(&self, grant: &Grant) -> String {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.grants.current_id().to_owned());
        let der = self
            .grants
            .current_key()
            .to_pkcs8_der()
            .expect("an Ed25519 key has a PKCS #8 form");
        let key = EncodingKey::from_ed_der(der.as_bytes());
        jsonwebtoken::encode(&header, grant, &key).expect("a grant is plain JSON and the key is an Ed25519 key")
    }

    /// Checks signature, issuer, door and time. The clock is the caller's.
    pub fn verify_grant(&self, token: &str, door: GrantAudience, now: Timestamp) -> Result<Grant, GrantError> {
        if token.len() > MAX_TOKEN {
            return Err(GrantError::Invalid);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| GrantError::Invalid)?;
        let public = header
            .kid
            .as_deref()
            .and_then(|kid| self.grants.public(kid))
            .ok_or(GrantError::Invalid)?;
        let key = DecodingKey::from_ed_components(&URL_SAFE_NO_PAD.encode(public.as_bytes()))
            .map_err(|_| GrantError::Invalid)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[ISSUER]);
        rules.validate_aud = false; // checked below, typed
        rules.validate_exp = false; // checked below, by the caller's clock
        let grant = jsonwebtoken::decode::<Grant>(token, &key, &rules)
            .map_err(|_| GrantError::Invalid)?
            .claims;
        if grant.aud != door {
            return Err(GrantError::Invalid);
        }
        if now.micros().div_euclid(1_000_000) >= grant.exp {
            return Err(GrantError::Expired);
        }
        Ok(grant)
    }
}
