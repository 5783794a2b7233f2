//! Doors for fuzzers, one for each thing a stranger can send: bytes go in, and nothing may panic or contradict itself.
//! Built for tests and with the feature `fuzz` only. `fuzz/` holds the targets, `fuzz/tests.rs` a bounded run of each.

use crate::{
    Certificate, Plane, PlaneConfig, Publisher, Subscriber, Terms, answer_whep, answer_whip,
    codec::{Codec, h264, vp8},
    continuity::Continuity,
    egress::rtcp::{self, Feedback},
    ingest::rtx_by_rrid::{RtxByRrid, RtxMap},
    packet::{MediaPacket, TrackId},
    stun::{self, Credentials},
    testing::origin,
};
use rostrum_domain::{id::EventId, media::SourceKind, time::Timestamp};
use rtc::{
    interceptor::{AttributedPacket, Packet, TaggedPacket},
    rtp,
    sansio::Protocol,
    shared::{TransportContext, marshal::Unmarshal},
};
use std::{
    net::SocketAddr,
    str::FromStr,
    sync::LazyLock,
    time::{Duration, Instant},
};

static CERTIFICATE: LazyLock<Certificate> =
    LazyLock::new(|| Certificate::generate().expect("ring makes P-256 certificates"));
static BEGIN: LazyLock<Instant> = LazyLock::new(origin);

/// Offers of webrtc-rs clients, to begin with.
pub const WHIP_OFFER: &str = include_str!("fuzz/whip.sdp");
pub const WHEP_OFFER: &str = include_str!("fuzz/whep.sdp");

pub fn stun(data: &[u8]) {
    let credentials = Credentials {
        local: "server".to_owned(),
        remote: "client".to_owned(),
        password: "an ICE password of the server".to_owned(),
    };
    let crypto = CERTIFICATE.provider.crypto();
    let _ = (stun::addressee(data), stun::is_success_response(data));
    if let Some(check) = stun::authenticate(data, &credentials, crypto) {
        let from = SocketAddr::from(([192, 0, 2, 1], 5000));
        let answer = stun::success(&check, from, &credentials, crypto).expect("an authentic check is answered");
        assert!(stun::is_success_response(&answer));
    }
}

pub fn rtcp(data: &[u8]) {
    let mut items = 0;
    rtcp::read(data, |item| {
        items += 1;
        if let Feedback::Transport(statuses) = item {
            assert!(statuses.count() <= usize::from(u16::MAX));
        }
    });
    assert!(items <= data.len(), "each item takes room");
}

pub fn vp8(payload: &[u8]) {
    let Some(descriptor) = vp8::Descriptor::parse(payload) else {
        return;
    };
    assert!(usize::from(descriptor.length) <= payload.len());
    let mut changed = payload.to_vec();
    vp8::renumber(&mut changed, &descriptor, 0x1234, 0x56);
    let after = vp8::Descriptor::parse(&changed).expect("renumbering leaves a descriptor readable");
    assert_eq!(after.length, descriptor.length);
    assert_eq!((after.start, after.key), (descriptor.start, descriptor.key));
    assert_eq!(after.tl0.map(|field| field.value), descriptor.tl0.map(|_| 0x56));
}

pub fn h264(payload: &[u8]) {
    let _ = h264::starts_key_frame(payload);
    if let Some(size) = h264::find_sps(payload).and_then(h264::sps_size) {
        assert!(size.0 > 0 && size.1 > 0);
    }
    let _ = h264::sps_size(payload);
    let within: usize = h264::aggregated(payload).map(<[u8]>::len).sum();
    assert!(within <= payload.len());
}

/// Packets of a publisher behind SRTP, each after its length in two bytes.
pub fn rtp(data: &[u8]) {
    let mut repair = RtxByRrid::new(RtxMap {
        payload_types: vec![(97, 96), (103, 102)],
        declared: vec![(7, 6)],
        rid: Some(2),
        rrid: Some(3),
    });
    let mut stream = Continuity::new(65_000);
    let mut unwrap = crate::packet::Unwrap::default();
    let mut numbers = std::collections::BTreeSet::new();
    for (packet, step) in pieces(data).zip(0..) {
        let now = *BEGIN + Duration::from_millis(step);
        let Ok(packet) = rtp::Packet::unmarshal(&mut &packet[..]) else {
            continue;
        };
        let tagged = TaggedPacket {
            now,
            transport: TransportContext::default(),
            message: AttributedPacket::new(Packet::Rtp(packet)),
        };
        let _ = repair.handle_read(tagged);
        let Some(Packet::Rtp(packet)) = repair.poll_read().map(|tagged| tagged.message.packet) else {
            continue;
        };
        let codec = match packet.header.payload_type {
            96 => Codec::Vp8,
            102 => Codec::H264,
            _ => Codec::Opus,
        };
        let sequence = unwrap.extend(packet.header.sequence_number);
        let track = TrackId(u64::from(packet.header.ssrc));
        let packet = MediaPacket::new(track, codec, sequence, &packet.header, packet.payload, now);
        if stream.track() != Some(track) && packet.entry {
            stream.change_to(&packet);
        }
        if let Some(placed) = stream.place(&packet) {
            assert!(numbers.insert(placed.sequence), "one number is never given twice");
            if let Some(descriptor) = &packet.vp8 {
                let mut payload = packet.payload.to_vec();
                vp8::renumber(&mut payload, descriptor, placed.picture_id, placed.tl0);
            }
            let _ = stream.sent(placed.sequence as u16).and_then(|sent| sent.place(&packet));
        }
        let _ = stream.timestamp_at(now);
    }
}

fn terms(seed: u8) -> Terms<'static> {
    static ADDRESSES: LazyLock<[SocketAddr; 1]> = LazyLock::new(|| [SocketAddr::from(([192, 0, 2, 7], 4000))]);
    Terms {
        certificate: &CERTIFICATE,
        addresses: &*ADDRESSES,
        now: *BEGIN,
        random: [seed; 32],
    }
}

fn id<T: FromStr<Err: std::fmt::Debug>>(number: u32) -> T {
    let text = format!("00000000-0000-7000-8000-{number:012x}");
    text.parse().expect("this is how ids are written")
}

fn publisher() -> Publisher {
    Publisher {
        source: id(1),
        seat: id(2),
        kind: SourceKind::Camera,
    }
}

fn subscriber() -> Subscriber {
    Subscriber { id: id(3), seat: id(4) }
}

pub fn whip(offer: &str) {
    if let Ok((_, answer)) = answer_whip(offer, publisher(), &terms(1)) {
        assert!(answer.contains("a=ice-lite") && answer.ends_with("\r\n"));
    }
}

pub fn whep(offer: &str) {
    if let Ok((_, answer)) = answer_whep(offer, subscriber(), &terms(2)) {
        assert!(answer.contains("a=ice-lite") && answer.ends_with("\r\n"));
    }
}

/// Datagrams to a plane with a publisher and a subscriber whose addresses are known: who sends each and how much time
/// passes before it is its first byte, its length the next two.
pub fn plane(data: &[u8]) {
    let room: EventId = id(5);
    let mut plane = Plane::new(PlaneConfig::default());
    let crypto = CERTIFICATE.provider.crypto();
    let (mut now, wall) = (*BEGIN, Timestamp::from_micros(1_700_000_000_000_000));
    let from = |last| SocketAddr::from(([10, 0, 0, last], 5000));
    let (ingest, _) = answer_whip(WHIP_OFFER, publisher(), &terms(1)).expect("the offer is a good one");
    let (egress, _) = answer_whep(WHEP_OFFER, subscriber(), &terms(2)).expect("the offer is a good one");
    let checks = [&ingest.credentials, &egress.credentials].map(|it| stun::nomination([7; 12], it, crypto));
    plane.add_ingest(now, room, ingest);
    plane.add_egress(now, room, egress);
    for (check, last) in checks.into_iter().flatten().zip(1..) {
        plane.handle_datagram(now, wall, from(last), None, &check);
    }
    let mut rest = data;
    while let Some((head, tail)) = rest.split_first() {
        now += Duration::from_millis(u64::from(head >> 2));
        let (piece, after) = piece(tail);
        plane.handle_datagram(now, wall, from(1 + (head & 3)), None, piece);
        plane.handle_timeout(now, wall);
        rest = after;
        while let Some(transmit) = plane.poll_transmit() {
            assert!(!transmit.contents.is_empty());
            plane.recycle(transmit.contents);
        }
    }
    assert!(plane.peers() <= 2);
}

/// What follows two bytes of length, or what there is of it, and the rest.
fn piece(data: &[u8]) -> (&[u8], &[u8]) {
    match data.split_first_chunk::<2>() {
        Some((length, rest)) => rest.split_at(usize::from(u16::from_be_bytes(*length)).min(rest.len())),
        None => (data, &[]),
    }
}

fn pieces(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = data;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (one, after) = piece(rest);
        rest = after;
        Some(one)
    })
}

#[cfg(test)]
mod tests;
