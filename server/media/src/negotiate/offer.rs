//! Reads a client's offer (RFC 8866, RFC 8829) as far as it is needed here. Nothing unread is ever echoed.

use super::NegotiationError;
use crate::codec::Codec;

/// Chromium's own offer with 13 m-lines is 48 kB; preferences bring it down to 16 kB.
pub(crate) const MAX_OFFER: usize = 96 * 1024;

pub(crate) mod uri {
    pub const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
    pub const RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
    pub const RRID: &str = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
    pub const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    pub const TRANSPORT_CC: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Audio,
    Video,
    Other,
}

pub(crate) struct Offer<'a> {
    pub session: Vec<&'a str>,
    pub sections: Vec<Section<'a>>,
}

/// One m-line and what follows it.
pub(crate) struct Section<'a> {
    pub kind: Kind,
    /// The media word and protocol, for the answer's m-line.
    pub media: &'a str,
    pub protocol: &'a str,
    pub payload_types: Vec<u8>,
    pub mid: &'a str,
    pub lines: Vec<&'a str>,
}

/// A codec of a section that is spoken here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offered<'a> {
    pub codec: Codec,
    pub payload_type: u8,
    pub format: Option<&'a str>,
    pub rtx: Option<u8>,
}

impl<'a> Offer<'a> {
    pub fn parse(text: &'a str, max_sections: usize) -> Result<Self, NegotiationError> {
        if text.len() > MAX_OFFER {
            return Err(NegotiationError::TooLarge(text.len(), MAX_OFFER));
        }
        let mut session = Vec::new();
        let mut groups: Vec<Vec<&str>> = Vec::new();
        for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
            if line.starts_with("m=") {
                groups.push(Vec::new());
            }
            groups.last_mut().unwrap_or(&mut session).push(line);
        }
        if session.first() != Some(&"v=0") {
            return Err(NegotiationError::Malformed("it does not begin with v=0"));
        }
        if groups.len() > max_sections {
            return Err(NegotiationError::TooManySections(groups.len(), max_sections));
        }
        if groups.is_empty() {
            return Err(NegotiationError::Missing("media sections"));
        }
        let sections = groups.into_iter().map(Section::parse).collect::<Result<Vec<_>, _>>()?;
        for (index, section) in sections.iter().enumerate() {
            if sections[..index].iter().any(|other| other.mid == section.mid) {
                return Err(NegotiationError::Malformed("two media sections share a mid"));
            }
        }
        Ok(Self { session, sections })
    }

    /// An attribute of the session or, failing that, of the first section that has it (bundled: they agree).
    fn bundled(&self, prefix: &str) -> Option<&'a str> {
        self.session
            .iter()
            .chain(self.sections.iter().flat_map(|section| &section.lines))
            .find_map(|line| line.strip_prefix(prefix))
    }

    pub fn ice_ufrag(&self) -> Result<&'a str, NegotiationError> {
        self.bundled("a=ice-ufrag:")
            .filter(|ufrag| (4..=256).contains(&ufrag.len()) && ufrag.bytes().all(is_ice_char))
            .ok_or(NegotiationError::Missing("a usable a=ice-ufrag"))
    }

    /// SHA-256 in lower case with colons.
    pub fn fingerprint(&self) -> Result<String, NegotiationError> {
        self.bundled("a=fingerprint:sha-256 ")
            .map(|value| value.trim().to_ascii_lowercase())
            .filter(|value| {
                value.len() == 95
                    && value
                        .split(':')
                        .all(|pair| pair.len() == 2 && u8::from_str_radix(pair, 16).is_ok())
            })
            .ok_or(NegotiationError::Missing("a SHA-256 a=fingerprint"))
    }

    /// The client waits for our ClientHello (RFC 8842): encoders built on FFmpeg do.
    pub fn is_dtls_server(&self) -> bool {
        self.bundled("a=setup:") == Some("passive")
    }
}

impl<'a> Section<'a> {
    fn parse(lines: Vec<&'a str>) -> Result<Self, NegotiationError> {
        const BAD_M_LINE: NegotiationError = NegotiationError::Malformed("an m-line is incomplete");
        let mut words = lines
            .first()
            .and_then(|line| line.strip_prefix("m="))
            .ok_or(BAD_M_LINE)?
            .split_ascii_whitespace();
        let media = words.next().filter(|word| is_token(word)).ok_or(BAD_M_LINE)?;
        words.next().ok_or(BAD_M_LINE)?;
        let protocol = words
            .next()
            .filter(|word| word.split('/').all(is_token))
            .ok_or(BAD_M_LINE)?;
        let kind = match media {
            "audio" => Kind::Audio,
            "video" => Kind::Video,
            _ => Kind::Other,
        };
        let payload_types = words
            .filter_map(|word| word.parse().ok())
            .filter(|pt| *pt < 128)
            .collect();
        let mid = lines
            .iter()
            .find_map(|line| line.strip_prefix("a=mid:"))
            .filter(|mid| mid.len() <= 32 && is_token(mid))
            .ok_or(NegotiationError::Missing("a usable a=mid in each media section"))?;
        Ok(Self {
            kind,
            media,
            protocol,
            payload_types,
            mid,
            lines,
        })
    }

    pub fn has(&self, line: &str) -> bool {
        self.lines.contains(&line)
    }

    pub fn format(&self, payload_type: u8) -> Option<&'a str> {
        self.lines.iter().find_map(|line| {
            let (number, format) = line.strip_prefix("a=fmtp:")?.split_once(' ')?;
            (number.parse() == Ok(payload_type)).then_some(format)
        })
    }

    /// The identifier of a header extension, when it fits a one-byte header (RFC 8285).
    pub fn extension(&self, uri: &str) -> Option<u8> {
        self.lines.iter().find_map(|line| {
            let (id, rest) = line.strip_prefix("a=extmap:")?.split_once(' ')?;
            if rest.split(' ').next() != Some(uri) {
                return None;
            }
            id.split('/').next()?.parse().ok().filter(|id| (1..=14).contains(id))
        })
    }

    /// The codecs spoken here, in the order of the m-line, each once.
    pub fn codecs(&self) -> Vec<Offered<'a>> {
        let mut found: Vec<Offered<'a>> = Vec::new();
        for &payload_type in &self.payload_types {
            let Some(codec) = self.codec(payload_type) else {
                continue;
            };
            if found.iter().all(|other| other.codec != codec) {
                found.push(Offered {
                    codec,
                    payload_type,
                    format: self.format(payload_type),
                    rtx: self.rtx_of(payload_type),
                });
            }
        }
        found
    }

    fn codec(&self, payload_type: u8) -> Option<Codec> {
        let name = self.name(payload_type)?;
        let codec = match (self.kind, name.to_ascii_lowercase().as_str()) {
            (Kind::Audio, "opus/48000/2") => Codec::Opus,
            (Kind::Video, "vp8/90000") => Codec::Vp8,
            (Kind::Video, "h264/90000") if is_constrained_baseline(self.format(payload_type)?) => Codec::H264,
            _ => return None,
        };
        Some(codec)
    }

    fn name(&self, payload_type: u8) -> Option<&'a str> {
        self.lines.iter().find_map(|line| {
            let (number, name) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
            (number.parse() == Ok(payload_type)).then_some(name.trim())
        })
    }

    fn rtx_of(&self, payload_type: u8) -> Option<u8> {
        self.payload_types.iter().copied().find(|&candidate| {
            self.name(candidate)
                .is_some_and(|name| name.eq_ignore_ascii_case("rtx/90000"))
                && self.format(candidate).is_some_and(|format| {
                    format.split(';').any(|parameter| {
                        parameter.trim().strip_prefix("apt=").and_then(|apt| apt.parse().ok()) == Some(payload_type)
                    })
                })
        })
    }
}

/// Baseline family (profile_idc 66) in non-interleaved mode: what every browser decodes.
fn is_constrained_baseline(format: &str) -> bool {
    let has = |wanted: &str| {
        format
            .split(';')
            .any(|parameter| parameter.trim().eq_ignore_ascii_case(wanted))
    };
    let profile = format
        .split(';')
        .find_map(|parameter| parameter.trim().strip_prefix("profile-level-id="));
    has("packetization-mode=1") && profile.is_some_and(|profile| profile.len() == 6 && profile.starts_with("42"))
}

/// RFC 8866 token.
fn is_token(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`{|}~".contains(&byte))
}

fn is_ice_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

#[cfg(test)]
mod tests;
