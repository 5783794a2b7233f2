//! What a browser is told of TURN servers: the one built in, and one beside us that shares a secret with us (coturn
//! `use-auth-secret`, draft-uberti-behave-turn-rest-00). Credentials are made for each grant and expire.

use super::grant::IceServer;
use crate::{App, config::Config, config::Turn, turn::credential};
use rostrum_domain::time::Timestamp;
use std::net::SocketAddr;

/// Seconds that a relay beside us may be used: it asks for the credentials again and again. Longer: stolen credentials
/// live on; shorter: a long briefing loses its relay.
const LASTS: i64 = 12 * 3600;

pub fn servers(app: &App, now: Timestamp) -> Vec<IceServer> {
    let beside = app.config.media.turn.as_ref().and_then(|turn| beside_us(turn, now));
    beside.into_iter().chain(built_in(app, now)).collect()
}

/// The relay that is built in, if it runs.
pub fn built_in(app: &App, now: Timestamp) -> Option<IceServer> {
    app.media.relay().map(|relay| {
        let login = relay.login(now);
        let addresses = relay.addresses().into_iter();
        let addresses: Vec<_> = addresses.map(|ip| SocketAddr::new(ip, relay.port())).collect();
        IceServer {
            urls: urls(&app.config, &addresses),
            username: login.username,
            credential: login.password,
        }
    })
}

/// UDP before TCP before TLS: the cheapest that works is taken.
fn urls(config: &Config, addresses: &[SocketAddr]) -> Vec<String> {
    let by = |transport| {
        addresses
            .iter()
            .map(move |address| format!("turn:{address}?transport={transport}"))
    };
    // The port of the pages takes TURN too, when no proxy stands before it.
    let shared = config
        .tls
        .is_some()
        .then(|| format!("turns:{}:{}?transport=tcp", config.public_host(), config.public_port()));
    by("udp")
        .chain(by("tcp"))
        .chain(shared)
        .chain(config.media.relay.urls.iter().cloned())
        .collect()
}

fn beside_us(turn: &Turn, now: Timestamp) -> Option<IceServer> {
    let secret = turn.secret.as_ref()?;
    let username = (now.micros().div_euclid(1_000_000) + LASTS).to_string();
    Some(IceServer {
        urls: turn.urls.clone(),
        credential: credential(secret.reveal().as_bytes(), &username),
        username,
    })
}

#[cfg(test)]
mod tests {
    use super::{beside_us, urls};
    use crate::config::{Config, Secret, Tls, Turn};
    use rostrum_domain::time::Timestamp;
    use std::path::Path;

    #[test]
    fn credentials_are_those_that_coturn_computes() {
        let urls = vec!["turn:turn.example.org:3478".to_owned()];
        let turn = Turn {
            urls: urls.clone(),
            secret: Some(Secret::new("north")),
            secret_file: None,
        };
        let server = beside_us(&turn, Timestamp(1_700_000_000_000_000)).unwrap();
        assert_eq!(server.urls, urls);
        assert_eq!(server.username, "1700043200");
        assert_eq!(server.credential, "PSvXQwCT00HksjK8g6LOQFVjgO8=");
    }

    #[test]
    fn the_relay_is_offered_by_every_way_that_leads_to_it() {
        let mut config = Config::for_test(Path::new("data"));
        let addresses = [
            "203.0.113.7:3478".parse().unwrap(),
            "[2001:db8::1]:3478".parse().unwrap(),
        ];
        let by_address = [
            "turn:203.0.113.7:3478?transport=udp",
            "turn:[2001:db8::1]:3478?transport=udp",
            "turn:203.0.113.7:3478?transport=tcp",
            "turn:[2001:db8::1]:3478?transport=tcp",
        ];
        assert_eq!(urls(&config, &addresses), by_address);
        config.tls = Some(Tls {
            certificate: "c".into(),
            key: "k".into(),
        });
        config.media.relay.urls = vec!["turns:turn.example.org:443?transport=tcp".into()];
        let more = urls(&config, &addresses);
        assert_eq!(
            more[4..],
            [
                "turns:press.example.org:443?transport=tcp",
                "turns:turn.example.org:443?transport=tcp"
            ]
        );
    }
}
