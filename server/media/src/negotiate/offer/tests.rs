use super::*;
use proptest::prelude::*;

const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
m=video 9 UDP/TLS/RTP/SAVPF 102 103 104 96 97\r\na=mid:0\r\na=ice-ufrag:abcd\r\na=recvonly\r\n\
a=rtpmap:102 H264/90000\r\na=fmtp:102 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f\r\n\
a=rtpmap:104 H264/90000\r\na=fmtp:104 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n\
a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n\
a=extmap:3/recvonly urn:ietf:params:rtp-hdrext:sdes:mid\r\n";

#[test]
fn only_codecs_spoken_here_are_found_in_the_offered_order() {
    let offer = Offer::parse(OFFER, 4).unwrap();
    let codecs = offer.sections[0].codecs();
    assert_eq!(codecs.len(), 2);
    assert_eq!(
        (codecs[0].codec, codecs[0].payload_type, codecs[0].rtx),
        (Codec::H264, 104, None)
    );
    assert_eq!(
        (codecs[1].codec, codecs[1].payload_type, codecs[1].rtx),
        (Codec::Vp8, 96, Some(97))
    );
    assert_eq!(offer.sections[0].extension(uri::MID), Some(3));
}

#[test]
fn refusals_say_what_is_wrong() {
    let refusal = |text: &str| Offer::parse(text, 4).err().unwrap();
    assert_eq!(
        refusal("hello"),
        NegotiationError::Malformed("it does not begin with v=0")
    );
    assert_eq!(refusal("v=0\r\ns=-\r\n"), NegotiationError::Missing("media sections"));
    assert!(matches!(
        refusal(&"x".repeat(MAX_OFFER + 1)),
        NegotiationError::TooLarge(..)
    ));
    let many = format!("v=0\r\n{}", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n".repeat(5));
    assert_eq!(refusal(&many), NegotiationError::TooManySections(5, 4));
    let offer = Offer::parse(OFFER, 4).unwrap();
    assert_eq!(
        offer.fingerprint(),
        Err(NegotiationError::Missing("a SHA-256 a=fingerprint"))
    );
}

proptest! {
    #[test]
    fn a_damaged_offer_is_refused_or_read_without_panic(cut in 0usize..1200, at in 0usize..1200, byte in 32u8..127) {
        let mut text = OFFER.as_bytes().to_vec();
        let at = at % text.len();
        text[at] = byte;
        text.truncate(cut);
        let text = String::from_utf8(text).unwrap();
        if let Ok(offer) = Offer::parse(&text, 4) {
            for section in &offer.sections {
                let _ = section.codecs();
                let _ = section.extension(uri::TRANSPORT_CC);
            }
            let _ = offer.ice_ufrag();
        }
    }
}
