//! Downloads of a frozen record: functions of record, address and edition only, so they can be made again at any time,
//! byte for byte.

use crate::{
    caption::{self, Heading, Spoken},
    publication::{Manifest, Record},
    transcript::SegmentKind,
};

/// What every download says about itself. `base` is the public address of the house without a slash at the end.
pub fn heading(record: &Record, manifest: &Manifest, manifest_sha256: &str, base: &str, lang: &str) -> Heading {
    let event = &record.event;
    let help = &record.machine_help;
    Heading {
        title: format!(
            "{} {}/{} — {}",
            event.series_name.read(lang),
            event.number,
            event.year,
            event.title.read(lang)
        ),
        source: format!("{base}/{lang}{}", event.path),
        edition: format!(
            "{}, edition {}, manifest sha256:{manifest_sha256}, key {}",
            manifest.house, record.edition, manifest.key_id
        ),
        note: if help.segments == 0 {
            "Written and checked by people.".to_owned()
        } else {
            format!(
                "First written by a machine ({}), checked by people before release; {} of {} passages corrected.",
                help.speech.join(", "),
                help.corrected,
                help.segments
            )
        },
    }
}

/// WebVTT on the programme's time line.
pub fn captions(record: &Record, heading: &Heading) -> String {
    caption::webvtt(heading, &caption::cues(&spoken(record)))
}

/// SubRip on the programme's time line.
pub fn subtitles(record: &Record) -> String {
    caption::subrip(&caption::cues(&spoken(record)))
}

pub fn plain_text(record: &Record, heading: &Heading) -> String {
    let named: Vec<(String, String, Vec<String>)> = record
        .blocks
        .iter()
        .map(|block| {
            let anchor = block.anchor.map(|anchor| anchor.to_string()).unwrap_or_default();
            let texts = block
                .segments
                .iter()
                .map(|segment| shown(block.kind, &segment.text))
                .collect();
            (anchor, block.speaker.line(), texts)
        })
        .collect();
    let passages: Vec<_> = named
        .iter()
        .map(|(anchor, voice, texts)| {
            (
                anchor.as_str(),
                voice.as_str(),
                texts.iter().map(String::as_str).collect(),
            )
        })
        .collect();
    caption::plain(heading, &passages)
}

fn spoken(record: &Record) -> Vec<Spoken> {
    record
        .segments()
        // What was written afterwards was never heard.
        .filter(|(block, _)| block.written.is_none())
        .map(|(block, segment)| Spoken {
            start_ms: segment.start_ms,
            end_ms: segment.end_ms,
            voice: block.speaker.line(),
            language: segment.language.clone(),
            text: shown(block.kind, &segment.text),
        })
        .collect()
}

/// Stage notes stand in brackets, so that nobody quotes them.
fn shown(kind: SegmentKind, text: &str) -> String {
    if kind == SegmentKind::StageNote {
        format!("({})", text.trim_matches(['(', ')', '[', ']']))
    } else {
        text.to_owned()
    }
}
