//! WHIP: one audio and one video section at most, simulcast or not. webrtc-rs answers, but sees only what is spoken
//! here: foreign codecs, extensions and candidates are taken out of the offer before, which also makes it ten times
//! cheaper, and the answer is checked for what was meant.

use super::{
    NegotiationError, Publisher, Terms,
    offer::{Kind, Offer, Offered, Section, uri},
    secret::Secrets,
};
use crate::{
    codec::Codec,
    ingest::{
        Agreed, Ingest, Parts,
        report_tap::ReportTap,
        rtx_by_rrid::{RtxByRrid, RtxMap},
    },
    stun::Credentials,
};
use rtc::{
    interceptor::{NackGeneratorBuilder, ReceiverReportBuilder, Registry, Slot, TwccReceiverBuilder},
    peer_connection::{
        RTCPeerConnection, RTCPeerConnectionBuilder,
        configuration::{RTCConfigurationBuilder, media_engine::MediaEngine, setting_engine::SettingEngineBuilder},
        sdp::RTCSessionDescription,
        transport::{RTCDtlsRole, RTCIceCandidateInit},
    },
    rtp_transceiver::rtp_sender::{
        RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
    },
    shared::error::Error,
};
use std::{fmt::Write, time::Duration};

const MAX_SECTIONS: usize = 2;
/// Shorter repairs sooner and asks more often in vain; the default of webrtc-rs, 100 ms, is a visible stutter.
const NACK_INTERVAL: Duration = Duration::from_millis(30);
const MAX_NACKS: u16 = 10;
/// Without any authentic check for 5 s a publisher is doubtful, after 10 s more it is gone.
const DOUBTFUL: Duration = Duration::from_secs(5);
const GONE: Duration = Duration::from_secs(10);

/// Answers a publisher's offer (RFC 9725).
pub fn answer_whip(offer: &str, publisher: Publisher, terms: &Terms<'_>) -> Result<(Ingest, String), NegotiationError> {
    let offer = Offer::parse(offer, MAX_SECTIONS)?;
    offer.fingerprint()?;
    let plans = offer.sections.iter().map(plan).collect::<Result<Vec<_>, _>>()?;
    if let [first, second] = &plans[..]
        && first.kind == second.kind
    {
        return Err(NegotiationError::Rejected(
            "it has two media sections of one kind".to_owned(),
        ));
    }
    let mut secrets = Secrets::new(terms.random, terms.certificate.provider.crypto());
    let credentials = Credentials {
        local: secrets.text(8),
        remote: offer.ice_ufrag()?.to_owned(),
        password: secrets.text(24),
    };
    let (tap, reports) = ReportTap::new();
    let rejected = |error: Error| NegotiationError::Rejected(error.to_string());
    let mut connection = connection(&offer, &plans, &credentials, tap, terms).map_err(rejected)?;
    let answer = negotiate(&mut connection, filtered(&offer, &plans), terms).map_err(rejected)?;
    check(&answer, &plans)?;
    let parts = Parts {
        publisher,
        credentials,
        agreed: Agreed {
            codecs: plans
                .iter()
                .map(|plan| (plan.codec.payload_type, plan.codec.codec))
                .collect(),
            audio_level: offer
                .sections
                .iter()
                .find(|section| section.kind == Kind::Audio)
                .and_then(|section| section.extension(uri::AUDIO_LEVEL)),
            has_audio: plans.iter().any(|plan| plan.kind == Kind::Audio),
            has_video: plans.iter().any(|plan| plan.kind == Kind::Video),
        },
        provider: terms.certificate.provider.clone(),
        connection,
        reports,
        addresses: terms.addresses.to_vec(),
    };
    Ok((Ingest::new(parts, terms.now), answer))
}

/// What is taken from one section: its first codec that is spoken here.
struct SectionPlan<'a> {
    kind: Kind,
    codec: Offered<'a>,
}

fn plan<'a>(section: &Section<'a>) -> Result<SectionPlan<'a>, NegotiationError> {
    if section.kind == Kind::Other {
        return Err(NegotiationError::Rejected(
            "only audio and video are published here".to_owned(),
        ));
    }
    if section.has("a=recvonly") || section.has("a=inactive") {
        return Err(NegotiationError::Rejected("a media section does not send".to_owned()));
    }
    let codec = section
        .codecs()
        .into_iter()
        .next()
        .ok_or(NegotiationError::NoUsableCodec)?;
    Ok(SectionPlan {
        kind: section.kind,
        codec,
    })
}

const EXTENSIONS: [&str; 5] = [uri::MID, uri::RID, uri::RRID, uri::AUDIO_LEVEL, uri::TRANSPORT_CC];

/// The offer with nothing in it but what will be used.
fn filtered(offer: &Offer<'_>, plans: &[SectionPlan<'_>]) -> String {
    let mut text = String::new();
    for line in &offer.session {
        let _ = write!(text, "{line}\r\n");
    }
    for (section, plan) in offer.sections.iter().zip(plans) {
        let kept: Vec<u8> = std::iter::once(plan.codec.payload_type).chain(plan.codec.rtx).collect();
        let numbers: Vec<String> = kept.iter().map(u8::to_string).collect();
        let _ = write!(
            text,
            "m={} 9 {} {}\r\n",
            section.media,
            section.protocol,
            numbers.join(" ")
        );
        for line in section.lines.iter().skip(1).filter(|line| keeps(line, &kept)) {
            let _ = write!(text, "{line}\r\n");
        }
    }
    text
}

fn keeps(line: &str, payload_types: &[u8]) -> bool {
    if line.starts_with("a=candidate:") || line.starts_with("a=end-of-candidates") {
        return false;
    }
    if let Some(rest) = line.strip_prefix("a=extmap:") {
        return rest.split(' ').nth(1).is_some_and(|uri| EXTENSIONS.contains(&uri));
    }
    for prefix in ["a=rtpmap:", "a=fmtp:", "a=rtcp-fb:"] {
        if let Some(rest) = line.strip_prefix(prefix) {
            let number = rest.split(' ').next().and_then(|number| number.parse().ok());
            return number.is_some_and(|number| payload_types.contains(&number));
        }
    }
    true
}

fn connection(
    offer: &Offer<'_>,
    plans: &[SectionPlan<'_>],
    credentials: &Credentials,
    tap: ReportTap,
    terms: &Terms<'_>,
) -> Result<RTCPeerConnection, Error> {
    let registry = Registry::new()
        .with(Slot::from(500), RtxByRrid::new(rtx_map(offer, plans)))
        .with(Slot::from(600), tap)
        .with(
            Slot::NackGenerator,
            NackGeneratorBuilder::new()
                .with_interval(NACK_INTERVAL)
                .with_max_nacks_per_packet(MAX_NACKS)
                .build(),
        )
        .with(Slot::TwccReceiver, TwccReceiverBuilder::new().build())
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build());
    let role = if offer.is_dtls_server() {
        RTCDtlsRole::Client
    } else {
        RTCDtlsRole::Server
    };
    let settings = SettingEngineBuilder::new()
        .with_crypto_provider(terms.certificate.provider.clone())
        .with_lite(true)
        .with_include_loopback_candidate(true)
        .with_answering_dtls_role(role)
        .with_ice_credentials(credentials.local.clone(), credentials.password.clone())
        .with_ice_timeouts(Some(DOUBTFUL), Some(GONE), None)
        .build();
    RTCPeerConnectionBuilder::new()
        .with_configuration(
            RTCConfigurationBuilder::new()
                .with_certificates(vec![terms.certificate.inner.clone()])
                .build(),
        )
        .with_media_engine(media_engine(plans)?)
        .with_setting_engine(settings)
        .with_interceptor_registry(registry)
        .build(terms.now)
}

fn media_engine(plans: &[SectionPlan<'_>]) -> Result<MediaEngine, Error> {
    let mut engine = MediaEngine::default();
    for plan in plans {
        let kind = match plan.kind {
            Kind::Audio => RtpCodecKind::Audio,
            _ => RtpCodecKind::Video,
        };
        let (mime_type, channels) = match plan.codec.codec {
            Codec::Opus => ("audio/opus", 2),
            Codec::Vp8 => ("video/VP8", 0),
            Codec::H264 => ("video/H264", 0),
        };
        let feedback: &[(&str, &str)] = match plan.kind {
            Kind::Audio => &[("transport-cc", "")],
            _ => &[("transport-cc", ""), ("ccm", "fir"), ("nack", ""), ("nack", "pli")],
        };
        let codec =
            |payload_type, mime_type: &str, sdp_fmtp_line: String, feedback: &[(&str, &str)]| RTCRtpCodecParameters {
                rtp_codec: RTCRtpCodec {
                    mime_type: mime_type.to_owned(),
                    clock_rate: plan.codec.codec.clock_rate(),
                    channels,
                    sdp_fmtp_line,
                    rtcp_feedback: feedback
                        .iter()
                        .map(|(typ, parameter)| RTCPFeedback {
                            typ: (*typ).to_owned(),
                            parameter: (*parameter).to_owned(),
                        })
                        .collect(),
                },
                payload_type,
            };
        // The offered parameters word for word: webrtc-rs answers anything of the MIME type when none match exactly.
        let format = plan.codec.format.unwrap_or_default().to_owned();
        engine.register_codec(codec(plan.codec.payload_type, mime_type, format, feedback), kind)?;
        if let Some(rtx) = plan.codec.rtx {
            let format = format!("apt={}", plan.codec.payload_type);
            engine.register_codec(codec(rtx, "video/rtx", format, &[]), kind)?;
        }
        let extensions: &[&str] = match plan.kind {
            Kind::Audio => &[uri::MID, uri::TRANSPORT_CC, uri::AUDIO_LEVEL],
            _ => &[uri::MID, uri::TRANSPORT_CC, uri::RID, uri::RRID],
        };
        for uri in extensions {
            let extension = RTCRtpHeaderExtensionCapability { uri: (*uri).to_owned() };
            engine.register_header_extension(extension, kind, None)?;
        }
    }
    Ok(engine)
}

fn rtx_map(offer: &Offer<'_>, plans: &[SectionPlan<'_>]) -> RtxMap {
    let mut map = RtxMap::default();
    for (section, plan) in offer.sections.iter().zip(plans) {
        if let Some(rtx) = plan.codec.rtx {
            map.payload_types.push((rtx, plan.codec.payload_type));
        }
        if section.kind == Kind::Video {
            map.rid = section.extension(uri::RID);
            map.rrid = section.extension(uri::RRID);
            for line in section
                .lines
                .iter()
                .filter_map(|line| line.strip_prefix("a=ssrc-group:FID "))
            {
                let mut numbers = line.split(' ').filter_map(|number| number.parse().ok());
                if let (Some(primary), Some(rtx)) = (numbers.next(), numbers.next())
                    && map.declared.len() < 8
                {
                    map.declared.push((rtx, primary));
                }
            }
        }
    }
    map
}

fn negotiate(connection: &mut RTCPeerConnection, offer: String, terms: &Terms<'_>) -> Result<String, Error> {
    connection.set_remote_description(terms.now, RTCSessionDescription::offer(offer)?)?;
    for (index, address) in terms.addresses.iter().enumerate() {
        let priority = (126u32 << 24) | ((65_535 - index as u32) << 8) | 255;
        let candidate = format!(
            "candidate:{} 1 udp {priority} {} {} typ host",
            index + 1,
            address.ip(),
            address.port()
        );
        connection.add_local_candidate(RTCIceCandidateInit {
            candidate,
            ..RTCIceCandidateInit::default()
        })?;
    }
    connection.add_local_candidate(RTCIceCandidateInit::default())?;
    let answer = connection.create_answer(None)?;
    connection.set_local_description(terms.now, answer)?;
    let local = connection.local_description().ok_or(Error::ErrNoRemoteDescription)?;
    Ok(local.sdp)
}

/// The answer accepts exactly what was meant.
fn check(answer: &str, plans: &[SectionPlan<'_>]) -> Result<(), NegotiationError> {
    let lines: Vec<&str> = answer.lines().filter(|line| line.starts_with("m=")).collect();
    let agreed = lines.len() == plans.len()
        && lines.iter().zip(plans).all(|(line, plan)| {
            let mut words = line.split(' ').skip(1);
            words.next() != Some("0") && words.nth(1) == Some(&plan.codec.payload_type.to_string())
        });
    if agreed {
        Ok(())
    } else {
        Err(NegotiationError::NoUsableCodec)
    }
}
