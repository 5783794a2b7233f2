//! Time-limited credentials for a TURN server that shares a secret with us (coturn `use-auth-secret`,
//! draft-uberti-behave-turn-rest-00): the user name is the time of expiry, the password its HMAC-SHA1.

use super::grant::IceServer;
use crate::config::Turn;
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use rostrum_domain::time::Timestamp;
use sha1::Sha1;

/// Seconds that a relay may be used. Longer: stolen credentials live on; shorter: a long briefing loses its relay.
const LASTS: i64 = 12 * 3600;

pub fn servers(turn: Option<&Turn>, now: Timestamp) -> Vec<IceServer> {
    let Some((turn, secret)) = turn.and_then(|turn| Some((turn, turn.secret.as_ref()?))) else {
        return Vec::new();
    };
    let username = (now.micros().div_euclid(1_000_000) + LASTS).to_string();
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.reveal().as_bytes()).expect("HMAC takes keys of any length");
    mac.update(username.as_bytes());
    let credential = STANDARD.encode(mac.finalize().into_bytes());
    vec![IceServer {
        urls: turn.urls.clone(),
        username,
        credential,
    }]
}

#[cfg(test)]
mod tests {
    use super::servers;
    use crate::config::{Secret, Turn};
    use rostrum_domain::time::Timestamp;

    #[test]
    fn credentials_are_those_that_coturn_computes() {
        let urls = vec!["turn:turn.example.org:3478".to_owned()];
        let turn = Turn {
            urls: urls.clone(),
            secret: Some(Secret::new("north")),
            secret_file: None,
        };
        let servers = servers(Some(&turn), Timestamp(1_700_000_000_000_000));
        assert_eq!(servers.len(), 1);
        assert_eq!(servers[0].urls, urls);
        assert_eq!(servers[0].username, "1700043200");
        assert_eq!(servers[0].credential, "PSvXQwCT00HksjK8g6LOQFVjgO8=");
    }

    #[test]
    fn without_a_server_there_is_none() {
        assert!(servers(None, Timestamp::default()).is_empty());
    }
}
