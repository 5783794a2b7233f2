//! What the clients speak: Opus, VP8 and its retransmission.

use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RTCRtpRtxParameters,
};

pub const VP8: u8 = 96;
pub const RTX: u8 = 97;
pub const OPUS: u8 = 111;

fn feedback(typ: &str, parameter: &str) -> RTCPFeedback {
    RTCPFeedback {
        typ: typ.to_owned(),
        parameter: parameter.to_owned(),
    }
}

pub fn codec(mime_type: &str, payload_type: u8, sdp_fmtp_line: &str) -> RTCRtpCodecParameters {
    let audio = mime_type.starts_with("audio");
    let plain = audio || mime_type == "video/rtx";
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec {
            mime_type: mime_type.to_owned(),
            clock_rate: if audio { 48_000 } else { 90_000 },
            channels: if audio { 2 } else { 0 },
            sdp_fmtp_line: sdp_fmtp_line.to_owned(),
            rtcp_feedback: if plain {
                Vec::new()
            } else {
                vec![feedback("nack", ""), feedback("nack", "pli")]
            },
        },
        payload_type,
    }
}

pub fn encoding(mime_type: &str, ssrc: u32, rid: Option<&str>) -> RTCRtpEncodingParameters {
    let (number, format) = if mime_type == "audio/opus" {
        (OPUS, "minptime=10;useinbandfec=1")
    } else {
        (VP8, "")
    };
    RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters {
            rid: rid.unwrap_or_default().to_owned(),
            ssrc: Some(ssrc),
            rtx: (number == VP8 && rid.is_none()).then_some(RTCRtpRtxParameters { ssrc: ssrc + 0x100 }),
            ..Default::default()
        },
        codec: codec(mime_type, number, format).rtp_codec,
        active: true,
        ..Default::default()
    }
}
