use super::*;
use crate::{Certificate, codec::Codec, packet::TrackId, testing::origin};
use bytes::Bytes;
use proptest::prelude::*;
use slot::SlotCodec;
use std::collections::{BTreeSet, VecDeque};

/// A connected subscriber with one slot for pictures, its keys known.
fn connected(certificate: &Certificate, now: Instant) -> Egress {
    let terms = Terms {
        certificate,
        addresses: &[],
        now,
        random: [7; 32],
    };
    let credentials = Credentials {
        local: "here".to_owned(),
        remote: "there".to_owned(),
        password: "secret".to_owned(),
    };
    let subscriber = Subscriber {
        id: "00000000-0000-7000-8000-000000000001".parse().unwrap(),
        seat: "00000000-0000-7000-8000-000000000002".parse().unwrap(),
    };
    let codec = SlotCodec {
        codec: Codec::Vp8,
        payload_type: 96,
        rtx: Some(97),
    };
    let slot = Slot::new("0".to_owned(), true, 1, vec![codec], Some(3), 0x7ff0);
    let dtls = Dtls::server(certificate, String::new()).unwrap();
    let mut egress = Egress::new(subscriber, credentials, &terms, dtls, vec![slot]);
    let keys: (&[u8], &[u8]) = (&[1; 16], &[2; 12]);
    let gcm = srtp::Gcm::new(keys, keys, certificate.provider.crypto()).unwrap();
    egress.srtp = Some(Srtp::Gcm(Box::new(gcm)));
    egress.path = Some(Path {
        remote: "10.0.0.2:5000".parse().unwrap(),
        local: None,
    });
    egress
}

#[derive(Clone, Debug)]
enum Act {
    /// A packet of a layer arrives, perhaps late or again.
    Arrives {
        track: u64,
        back: u64,
        key: bool,
        temporal: u8,
    },
    Wants {
        track: u64,
        temporal: u8,
    },
    Stops,
    AsksAgain {
        back: u16,
    },
    Probe,
    Narrows,
    TimePasses,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => (1u64..4, prop_oneof![4 => Just(0u64), 1 => 1u64..40], any::<bool>(), 0u8..3)
            .prop_map(|(track, back, key, temporal)| Act::Arrives { track, back, key, temporal }),
        2 => (1u64..4, 0u8..3).prop_map(|(track, temporal)| Act::Wants { track, temporal }),
        1 => Just(Act::Stops),
        2 => (0u16..60).prop_map(|back| Act::AsksAgain { back }),
        1 => Just(Act::Probe),
        1 => Just(Act::Narrows),
        2 => Just(Act::TimePasses),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The nonce of a packet is its SSRC and its number with cycles (RFC 7714, section 8.1): whatever is switched, left
    /// out, held back, sent again or padded, none leaves twice.
    #[test]
    fn no_nonce_is_used_twice(acts in proptest::collection::vec(act(), 1..300)) {
        let certificate = Certificate::generate().unwrap();
        let mut now = origin();
        let mut egress = connected(&certificate, now);
        let (mut pool, mut events, mut ready) = (Pool::default(), Vec::new(), VecDeque::new());
        let mut newest = [0x1_0000u64; 4];
        let mut past: Vec<MediaPacket> = Vec::new();
        let mut used = BTreeSet::new();
        for act in acts {
            match act {
                Act::Arrives { track, back, key, temporal } => {
                    let index = track as usize;
                    newest[index] += u64::from(back == 0);
                    let sequence = newest[index] - back;
                    let packet = MediaPacket {
                        track: TrackId(track),
                        codec: Codec::Vp8,
                        sequence,
                        timestamp: sequence as u32 * 3_000,
                        marker: true,
                        payload: Bytes::from_static(&[0x90, 0, 1, 2, 3, 4]),
                        vp8: Some(vp8::Descriptor { start: true, key, temporal, ..vp8::Descriptor::default() }),
                        entry: key,
                        arrived: now,
                    };
                    egress.forward(0, &packet, &mut pool);
                    past.push(packet);
                }
                Act::Wants { track, temporal } => {
                    egress.slots[0].wanted = Some(TrackId(track));
                    egress.slots[0].temporal = temporal;
                }
                Act::Stops => egress.slots[0].silence(),
                Act::AsksAgain { back } => {
                    let newest = egress.slots[0].stream.recent(0);
                    let wire = newest.and_then(|sent| {
                        let packet = past.iter().find(|packet| (packet.track, packet.sequence) == (sent.track, sent.sequence));
                        packet.and_then(|packet| sent.place(packet))
                    });
                    let wire = wire.map_or(back, |placed| (placed.sequence as u16).wrapping_sub(back));
                    if let Some(sent) = egress.asked_again(0, wire)
                        && let Some(packet) = past.iter().find(|packet| (packet.track, packet.sequence) == (sent.track, sent.sequence))
                    {
                        egress.resend(now, 0, sent, packet, &mut pool);
                    }
                }
                Act::Probe => egress.pad(now, 0, 1_000, &mut pool),
                Act::Narrows => {
                    egress.budget.hear_report(255);
                    egress.budget.decide(now);
                }
                Act::TimePasses => {
                    now += Duration::from_millis(600);
                    egress.deadline = now + CONSENT;
                    egress.handle_timeout(now, Timestamp::from_micros(0), &mut pool, &mut events);
                }
            }
        }
        egress.outbox.drain_into(&mut ready);
        for transmit in ready {
            let size = transmit.segment_size.unwrap_or(transmit.contents.len());
            for datagram in transmit.contents.chunks(size) {
                if (192..=223).contains(&datagram[1]) {
                    continue;
                }
                let nonce: [u8; 6] = [datagram[8], datagram[9], datagram[10], datagram[11], datagram[2], datagram[3]];
                prop_assert!(used.insert(nonce), "{nonce:?}");
            }
        }
    }
}
