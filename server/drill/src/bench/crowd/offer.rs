//! The words of a synthetic browser: what it offers, and what it reads from the answer.

use super::{Slots, link::Identity, source::Streams};
use crate::peer::{OPUS, VP8};
use anyhow::Context;
use std::{fmt::Write, net::SocketAddr};

pub(super) const RTX: u8 = 97;
/// Header extension identifiers.
pub(super) const TRANSPORT_CC: u8 = 3;
pub(super) const AUDIO_LEVEL: u8 = 1;

pub(super) struct Offer {
    pub ufrag: String,
    pub password: String,
    pub sdp: String,
}

fn session(identity: &Identity, mids: usize) -> Offer {
    let (ufrag, password) = (
        hex(rand::random::<u32>().into()),
        hex(rand::random()) + &hex(rand::random()),
    );
    let bundle: Vec<String> = (0..mids).map(|mid| mid.to_string()).collect();
    let sdp = format!(
        "v=0\r\no=- {} 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\na=extmap-allow-mixed\r\n\
         a=msid-semantic: WMS\r\na=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\na=fingerprint:sha-256 {}\r\n\
         a=setup:actpass\r\n",
        rand::random::<u32>(),
        bundle.join(" "),
        identity.fingerprint
    );
    Offer { ufrag, password, sdp }
}

fn hex(number: u64) -> String {
    format!("{number:016x}")
}

fn section(sdp: &mut String, video: bool, mid: usize, direction: &str) {
    let transport = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
    let _ = if video {
        write!(sdp, "m=video 9 UDP/TLS/RTP/SAVPF {VP8} {RTX}\r\n")
    } else {
        write!(sdp, "m=audio 9 UDP/TLS/RTP/SAVPF {OPUS}\r\n")
    };
    let _ = write!(
        sdp,
        "c=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=mid:{mid}\r\na={direction}\r\na=rtcp-mux\r\na=rtcp-rsize\r\n\
         a=extmap:{TRANSPORT_CC} {transport}\r\n"
    );
    let _ = if video {
        write!(
            sdp,
            "a=rtpmap:{VP8} VP8/90000\r\na=rtcp-fb:{VP8} transport-cc\r\na=rtcp-fb:{VP8} ccm fir\r\n\
             a=rtcp-fb:{VP8} nack\r\na=rtcp-fb:{VP8} nack pli\r\na=rtpmap:{RTX} rtx/90000\r\na=fmtp:{RTX} apt={VP8}\r\n"
        )
    } else {
        write!(
            sdp,
            "a=extmap:{AUDIO_LEVEL} urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=rtpmap:{OPUS} opus/48000/2\r\n\
             a=rtcp-fb:{OPUS} transport-cc\r\na=fmtp:{OPUS} minptime=10;useinbandfec=1\r\n"
        )
    };
}

pub(super) fn watching(identity: &Identity, slots: Slots) -> Offer {
    let mut offer = session(identity, slots.audio + slots.video);
    for mid in 0..slots.audio + slots.video {
        section(&mut offer.sdp, mid >= slots.audio, mid, "recvonly");
    }
    offer
}

pub(super) fn publishing(identity: &Identity, streams: &Streams, video: bool) -> Offer {
    let mut offer = session(identity, if video { 2 } else { 1 });
    section(&mut offer.sdp, false, 0, "sendonly");
    let ssrc = |sdp: &mut String, ssrc: u32, name: &str| {
        let _ = write!(
            sdp,
            "a=msid:crowd {name}\r\na=ssrc:{ssrc} cname:crowd\r\na=ssrc:{ssrc} msid:crowd {name}\r\n"
        );
    };
    ssrc(&mut offer.sdp, streams.audio, "sound");
    if video {
        section(&mut offer.sdp, true, 1, "sendonly");
        ssrc(&mut offer.sdp, streams.video, "picture");
    }
    offer
}

/// What a browser takes from an answer.
pub(super) struct Answer {
    pub ufrag: String,
    pub password: String,
    /// The first UDP candidate.
    pub candidate: SocketAddr,
    /// SSRCs that carry retransmissions, and what they repeat.
    pub repairs: Vec<(u32, u32)>,
}

impl Answer {
    pub fn read(sdp: &str) -> anyhow::Result<Self> {
        let value = |prefix: &str| {
            let found = sdp.lines().find_map(|line| line.trim_end().strip_prefix(prefix));
            found.with_context(|| format!("{prefix} in the answer"))
        };
        let candidate = sdp
            .lines()
            .filter_map(|line| line.trim_end().strip_prefix("a=candidate:"))
            .find_map(|line| {
                let words: Vec<&str> = line.split(' ').collect();
                if !words.get(2)?.eq_ignore_ascii_case("udp") {
                    return None;
                }
                Some(SocketAddr::new(
                    words.get(4)?.parse().ok()?,
                    words.get(5)?.parse().ok()?,
                ))
            });
        let repairs = sdp
            .lines()
            .filter_map(|line| line.trim_end().strip_prefix("a=ssrc-group:FID "))
            .filter_map(|line| {
                let (primary, repair) = line.split_once(' ')?;
                Some((repair.parse().ok()?, primary.parse().ok()?))
            })
            .collect();
        Ok(Self {
            ufrag: value("a=ice-ufrag:")?.to_owned(),
            password: value("a=ice-pwd:")?.to_owned(),
            candidate: candidate.context("a UDP candidate in the answer")?,
            repairs,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_yields_its_credentials_first_udp_candidate_and_repair_streams() {
        let sdp = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret\r\n\
                   a=candidate:1 1 tcp 5 192.0.2.1 9 typ host tcptype passive\r\n\
                   a=candidate:1 1 udp 5 192.0.2.7 4000 typ host\r\na=candidate:2 1 udp 4 ::1 4000 typ host\r\n\
                   a=ssrc-group:FID 7 8\r\n";
        let answer = Answer::read(sdp).unwrap();
        assert_eq!((answer.ufrag.as_str(), answer.password.as_str()), ("abcd", "secret"));
        assert_eq!(answer.candidate, SocketAddr::from(([192, 0, 2, 7], 4000)));
        assert_eq!(answer.repairs, [(8, 7)]);
        assert!(Answer::read("v=0\r\n").is_err());
    }
}
