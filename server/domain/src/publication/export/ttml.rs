//! TTML2 in the IMSC 1.1 text profile, for broadcasters: the cues of the caption file, with speakers as agents.

use super::{Released, shown, utc, xml::escape};
use crate::caption::{self, Spoken};
use std::{collections::BTreeMap, fmt::Write};

pub fn ttml(released: &Released<'_>) -> String {
    let record = released.record;
    let spoken: Vec<Spoken> = record
        .segments()
        // What was written afterwards was never heard.
        .filter(|(block, _)| block.written.is_none())
        .map(|(block, segment)| Spoken {
            start_ms: segment.start_ms,
            end_ms: segment.end_ms,
            voice: block.speaker.line(),
            language: segment.language.clone(),
            text: shown(block, &segment.text),
        })
        .collect();
    let cues = caption::cues(&spoken);
    let mut agents: BTreeMap<&str, usize> = BTreeMap::new();
    for cue in cues.iter().filter(|cue| !cue.voice.is_empty()) {
        let next = agents.len() + 1;
        agents.entry(&cue.voice).or_insert(next);
    }
    let main = record.main_language();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <tt xmlns=\"http://www.w3.org/ns/ttml\" xmlns:ttp=\"http://www.w3.org/ns/ttml#parameter\" \
         xmlns:ttm=\"http://www.w3.org/ns/ttml#metadata\" xmlns:tts=\"http://www.w3.org/ns/ttml#styling\" \
         ttp:contentProfiles=\"http://www.w3.org/ns/ttml/profile/imsc1.1/text\" ttp:timeBase=\"media\" \
         xml:lang=\"{}\">\n<head>\n<metadata>\n<ttm:title>{}</ttm:title>\n<ttm:desc>{}</ttm:desc>\n",
        escape(main),
        escape(&released.number()),
        escape(&format!(
            "{}, edition {}, published {}, manifest sha256:{}",
            released.url(),
            record.edition,
            utc(released.manifest.published_at),
            released.manifest_sha256
        )),
    );
    for (voice, number) in &agents {
        let _ = writeln!(
            out,
            "<ttm:agent xml:id=\"s{number}\" type=\"person\"><ttm:name type=\"full\">{}</ttm:name></ttm:agent>",
            escape(voice)
        );
    }
    out.push_str(
        "</metadata>\n<styling>\n<style xml:id=\"text\" tts:fontFamily=\"proportionalSansSerif\" tts:fontSize=\"100%\" \
         tts:lineHeight=\"125%\" tts:color=\"#ffffff\" tts:backgroundColor=\"#000000c0\" tts:textAlign=\"center\"/>\n\
         </styling>\n<layout>\n<region xml:id=\"bottom\" tts:origin=\"10% 75%\" tts:extent=\"80% 20%\" \
         tts:displayAlign=\"after\"/>\n</layout>\n</head>\n<body>\n<div region=\"bottom\" style=\"text\">\n",
    );
    for (index, cue) in cues.iter().enumerate() {
        let _ = write!(
            out,
            "<p xml:id=\"c{}\" begin=\"{}\" end=\"{}\"",
            index + 1,
            time(cue.start_ms),
            time(cue.end_ms)
        );
        if let Some(agent) = agents.get(cue.voice.as_str()) {
            let _ = write!(out, " ttm:agent=\"s{agent}\"");
        }
        if cue.language != main {
            let _ = write!(out, " xml:lang=\"{}\"", escape(&cue.language));
        }
        let lines: Vec<String> = cue.lines.iter().map(|line| escape(line)).collect();
        let _ = writeln!(out, ">{}</p>", lines.join("<br/>"));
    }
    out.push_str("</div>\n</body>\n</tt>\n");
    out
}

/// `hh:mm:ss.fff` (TTML2, section 12.3.1).
fn time(ms: u64) -> String {
    format!(
        "{:02}:{:02}:{:02}.{:03}",
        ms / 3_600_000,
        ms / 60_000 % 60,
        ms / 1000 % 60,
        ms % 1000
    )
}
