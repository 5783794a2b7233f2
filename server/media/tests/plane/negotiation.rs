//! Offers: what is refused, and in which words; what an answer promises.

use crate::{
    client::{Publisher, Viewer},
    world::World,
};
use proptest::prelude::*;
use rostrum_domain::{
    id::{SeatId, SourceId, SubscriberId},
    media::SourceKind,
};
use rostrum_media::{Certificate, NegotiationError, Subscriber, answer_whep, answer_whip};
use std::{net::SocketAddr, sync::LazyLock, time::Instant};

static CERTIFICATE: LazyLock<Certificate> = LazyLock::new(|| Certificate::generate().unwrap());

fn addresses() -> Vec<SocketAddr> {
    vec!["192.0.2.7:4000".parse().unwrap(), "[2001:db8::7]:4000".parse().unwrap()]
}

fn whip(offer: &str, now: Instant) -> Result<String, NegotiationError> {
    let publisher = rostrum_media::Publisher {
        source: SourceId(Default::default()),
        seat: SeatId(Default::default()),
        kind: SourceKind::Camera,
    };
    let addresses = addresses();
    answer_whip(offer, publisher, &World::terms(&CERTIFICATE, &addresses, now, 1)).map(|(_, answer)| answer)
}

fn whep(offer: &str, now: Instant) -> Result<String, NegotiationError> {
    let subscriber = Subscriber {
        id: SubscriberId(Default::default()),
        seat: SeatId(Default::default()),
    };
    let addresses = addresses();
    answer_whep(offer, subscriber, &World::terms(&CERTIFICATE, &addresses, now, 1)).map(|(_, answer)| answer)
}

fn offers() -> (String, String, Instant) {
    let now = World::new().now;
    let address = "10.0.1.1:5000".parse().unwrap();
    let publisher = Publisher::new(address, 1, 3, now).client.offer;
    (publisher, Viewer::new(address, 2, 1, now).client.offer, now)
}

#[test]
fn answers_name_every_address_and_the_lite_agent() {
    let (publisher, viewer, now) = offers();
    for answer in [whip(&publisher, now).unwrap(), whep(&viewer, now).unwrap()] {
        assert!(answer.contains("a=ice-lite"));
        assert!(answer.contains(" 192.0.2.7 4000 typ host"));
        assert!(answer.contains(" 2001:db8::7 4000 typ host"));
        assert!(answer.contains("a=end-of-candidates"));
        assert!(answer.contains(CERTIFICATE.fingerprint()));
        assert!(!answer.contains("10.0.1.1"), "the client's addresses are not ours");
    }
    let answer = whip(&publisher, now).unwrap();
    assert!(answer.contains("a=simulcast:recv q;h;f"));
    assert!(answer.contains("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"));
}

#[test]
fn an_m_line_without_a_codec_spoken_here_is_rejected_alone() {
    let (_, viewer, now) = offers();
    let offer = viewer.replacen("VP8/90000", "VP9/90000", 1);
    let answer = whep(&offer, now).unwrap();
    let ports: Vec<&str> = answer
        .lines()
        .filter(|line| line.starts_with("m="))
        .map(|line| line.split(' ').nth(1).unwrap())
        .collect();
    assert_eq!(ports, ["0", "9", "9"]);
    assert!(answer.contains("a=group:BUNDLE 1 2"));
}

#[test]
fn refusals_are_typed() {
    let (publisher, viewer, now) = offers();
    let without = |offer: &str, prefix: &str| {
        offer
            .lines()
            .filter(|line| !line.starts_with(prefix))
            .map(|line| format!("{line}\r\n"))
            .collect::<String>()
    };
    let missing_fingerprint = NegotiationError::Missing("a SHA-256 a=fingerprint");
    assert_eq!(
        whip(&without(&publisher, "a=fingerprint"), now),
        Err(missing_fingerprint.clone())
    );
    assert_eq!(whep(&without(&viewer, "a=fingerprint"), now), Err(missing_fingerprint));
    assert_eq!(
        whip(&publisher.replace("VP8", "AV1"), now),
        Err(NegotiationError::NoUsableCodec)
    );
    assert!(matches!(
        whip(&viewer, now),
        Err(NegotiationError::TooManySections(3, 2))
    ));
    assert!(matches!(whep("", now), Err(NegotiationError::Malformed(_))));
    let recvonly = publisher.replace("a=sendonly", "a=recvonly");
    assert!(matches!(whip(&recvonly, now), Err(NegotiationError::Rejected(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_mangled_offer_never_panics(line in 0usize..80, at in 0usize..60, text in "[ -~]{0,8}", drop in any::<bool>()) {
        let (publisher, viewer, now) = offers();
        for (offer, answer) in [(publisher, whip as fn(&str, Instant) -> _), (viewer, whep)] {
            let mut lines: Vec<String> = offer.lines().map(str::to_owned).collect();
            let line = line % lines.len();
            if drop {
                lines.remove(line);
            } else {
                let at = at.min(lines[line].len());
                lines[line].insert_str(at, &text);
            }
            let _ = answer(&(lines.join("\r\n") + "\r\n"), now);
        }
    }
}
