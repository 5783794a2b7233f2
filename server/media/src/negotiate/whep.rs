//! WHEP: each m-line that wants to receive becomes a slot. The answer has a fixed form, found to work with Chromium:
//! one `msid` per slot, `a=ssrc` lines with the primary first, TWCC as the only header extension.

use super::{
    NegotiationError, Subscriber, Terms,
    offer::{Kind, Offer, Section, uri},
    secret::Secrets,
};
use crate::{
    codec::Codec,
    egress::{
        Egress,
        dtls::Dtls,
        slot::{Slot, SlotCodec},
    },
    stun::Credentials,
};
use std::fmt::Write;

/// 33 m-lines were run with Chromium; nobody watches more at once.
const MAX_SECTIONS: usize = 40;

/// Answers a subscriber's offer.
pub fn answer_whep(
    offer: &str,
    subscriber: Subscriber,
    terms: &Terms<'_>,
) -> Result<(Egress, String), NegotiationError> {
    let offer = Offer::parse(offer, MAX_SECTIONS)?;
    if offer.is_dtls_server() {
        return Err(NegotiationError::Rejected(
            "its a=setup must be actpass or active".to_owned(),
        ));
    }
    let mut secrets = Secrets::new(terms.random, terms.certificate.provider.crypto());
    let credentials = Credentials {
        local: secrets.text(8),
        remote: offer.ice_ufrag()?.to_owned(),
        password: secrets.text(24),
    };
    let dtls = Dtls::server(terms.certificate, offer.fingerprint()?)
        .map_err(|error| NegotiationError::Rejected(error.to_string()))?;
    let first_ssrc = secrets.number() & 0x7fff_ff00 | 1;
    let slots: Vec<Option<Slot>> = offer
        .sections
        .iter()
        .zip((first_ssrc..).step_by(2))
        .map(|(section, ssrc)| slot(section, ssrc, first_sequence(&mut secrets)))
        .collect();
    if slots.iter().all(Option::is_none) {
        return Err(NegotiationError::NoUsableCodec);
    }
    let answer = write(&offer, &slots, &credentials, terms);
    let slots = slots.into_iter().flatten().collect();
    Ok((Egress::new(subscriber, credentials, terms, dtls, slots), answer))
}

/// Random (RFC 3550, section 5.1), in the lower half: a first packet lost right before the wrap would cost the receiver
/// its cycle count.
fn first_sequence(secrets: &mut Secrets<'_>) -> u16 {
    (secrets.number() & 0x7fff) as u16
}

fn slot(section: &Section<'_>, ssrc: u32, first_sequence: u16) -> Option<Slot> {
    let receives = !section.has("a=sendonly") && !section.has("a=inactive");
    if section.kind == Kind::Other || !receives || section.protocol != "UDP/TLS/RTP/SAVPF" {
        return None;
    }
    let codecs: Vec<SlotCodec> = section
        .codecs()
        .iter()
        .map(|offered| SlotCodec {
            codec: offered.codec,
            payload_type: offered.payload_type,
            rtx: offered.rtx,
        })
        .collect();
    if codecs.is_empty() {
        return None;
    }
    Some(Slot::new(
        section.mid.to_owned(),
        section.kind == Kind::Video,
        ssrc,
        codecs,
        section.extension(uri::TRANSPORT_CC),
        first_sequence,
    ))
}

fn write(offer: &Offer<'_>, slots: &[Option<Slot>], credentials: &Credentials, terms: &Terms<'_>) -> String {
    let bundle: Vec<&str> = slots.iter().flatten().map(|slot| slot.mid.as_str()).collect();
    let mut answer = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-lite\r\na=group:BUNDLE {}\r\n\
         a=extmap-allow-mixed\r\na=msid-semantic:WMS *\r\n",
        bundle.join(" ")
    );
    let mut candidates = Some(terms.addresses);
    for (section, slot) in offer.sections.iter().zip(slots) {
        match slot {
            Some(slot) => {
                write_slot(&mut answer, section, slot, credentials, terms);
                for (index, address) in candidates.take().unwrap_or_default().iter().enumerate() {
                    let (ip, port) = (address.ip(), address.port());
                    // RFC 8445 section 5.1.2.1: host candidates, earlier ones preferred.
                    let priority = (126u32 << 24) | ((65_535 - index as u32) << 8) | 255;
                    let _ = write!(
                        answer,
                        "a=candidate:{} 1 udp {priority} {ip} {port} typ host\r\n",
                        index + 1
                    );
                }
                answer.push_str("a=end-of-candidates\r\n");
            }
            None => {
                let payload_type = section.payload_types.first().copied().unwrap_or(0);
                let _ = write!(
                    answer,
                    "m={} 0 {} {payload_type}\r\nc=IN IP4 0.0.0.0\r\na=mid:{}\r\na=inactive\r\n",
                    section.media, section.protocol, section.mid
                );
            }
        }
    }
    answer
}

fn write_slot(answer: &mut String, section: &Section<'_>, slot: &Slot, credentials: &Credentials, terms: &Terms<'_>) {
    let payload_types: Vec<String> = slot
        .codecs
        .iter()
        .map(|codec| codec.payload_type)
        .chain(slot.codecs.iter().filter_map(|codec| codec.rtx))
        .map(|payload_type| payload_type.to_string())
        .collect();
    let _ = write!(
        answer,
        "m={} 9 {} {}\r\nc=IN IP4 0.0.0.0\r\na=mid:{mid}\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\n\
         a=fingerprint:sha-256 {}\r\na=setup:passive\r\na=sendonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\n\
         a=msid:slot-{mid} slot-{mid}\r\n",
        section.media,
        section.protocol,
        payload_types.join(" "),
        credentials.local,
        credentials.password,
        terms.certificate.fingerprint(),
        mid = slot.mid,
    );
    for codec in &slot.codecs {
        write_codec(answer, codec, slot.transport_cc.is_some());
    }
    if let Some(id) = slot.transport_cc {
        let _ = write!(answer, "a=extmap:{id} {}\r\n", uri::TRANSPORT_CC);
    }
    let _ = write!(answer, "a=ssrc:{} cname:rostrum\r\n", slot.ssrc);
    if slot.codecs.iter().any(|codec| codec.rtx.is_some()) {
        // After the primary: Chromium takes the first SSRC of a section for it.
        let _ = write!(
            answer,
            "a=ssrc:{rtx} cname:rostrum\r\na=ssrc-group:FID {} {rtx}\r\n",
            slot.ssrc,
            rtx = slot.rtx_ssrc
        );
    }
}

fn write_codec(answer: &mut String, codec: &SlotCodec, transport_cc: bool) {
    let number = codec.payload_type;
    let _ = match codec.codec {
        Codec::Opus => write!(
            answer,
            "a=rtpmap:{number} opus/48000/2\r\na=fmtp:{number} minptime=10;useinbandfec=1\r\n"
        ),
        Codec::Vp8 => write!(answer, "a=rtpmap:{number} VP8/90000\r\n"),
        Codec::H264 => write!(
            answer,
            "a=rtpmap:{number} H264/90000\r\na=fmtp:{number} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
        ),
    };
    if transport_cc {
        let _ = write!(answer, "a=rtcp-fb:{number} transport-cc\r\n");
    }
    if codec.codec.is_video() {
        let _ = write!(
            answer,
            "a=rtcp-fb:{number} ccm fir\r\na=rtcp-fb:{number} nack\r\na=rtcp-fb:{number} nack pli\r\n"
        );
        if let Some(rtx) = codec.rtx {
            let _ = write!(answer, "a=rtpmap:{rtx} rtx/90000\r\na=fmtp:{rtx} apt={number}\r\n");
        }
    }
}
