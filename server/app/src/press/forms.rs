//! The forms of one record, by the suffix of its address. Each is made from the frozen edition alone, so an old edition has
//! the same forms as the newest, for ever.

use crate::{
    press::{dates, layout::Frame, public::PublicRecord, respond::Failure, words::Words},
    publication::typeset::{self, Said, TypesetError},
};
use rostrum_domain::publication::{
    self,
    export::{Released, akoma_ntoso::akoma_ntoso, citation, ttml::ttml},
};

/// One downloadable form.
pub struct Form {
    pub suffix: &'static str,
    pub media_type: &'static str,
    /// As people call the format.
    pub label: &'static str,
    pub title: fn(&Words) -> &'static str,
}

/// In the order of the list of downloads.
pub const FORMS: [Form; 11] = [
    form("pdf", "application/pdf", "PDF", |words| words.typeset_file),
    form(
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "DOCX",
        |words| words.word_file,
    ),
    form("txt", "text/plain; charset=utf-8", "TXT", |words| words.plain_text),
    form("vtt", "text/vtt; charset=utf-8", "WebVTT", |words| words.captions),
    form("srt", "application/x-subrip; charset=utf-8", "SRT", |words| {
        words.captions
    }),
    form("ttml", "application/ttml+xml", "TTML", |words| words.broadcast_file),
    form("xml", "application/akn+xml", "XML", |words| words.parliament_file),
    form("bib", "application/x-bibtex; charset=utf-8", "BibTeX", |words| {
        words.citations
    }),
    form(
        "ris",
        "application/x-research-info-systems; charset=utf-8",
        "RIS",
        |words| words.citations,
    ),
    form(
        "csl.json",
        "application/vnd.citationstyles.csl+json",
        "CSL-JSON",
        |words| words.citations,
    ),
    form("json", "application/json", "JSON", |words| words.data_file),
];

const fn form(
    suffix: &'static str,
    media_type: &'static str,
    label: &'static str,
    title: fn(&Words) -> &'static str,
) -> Form {
    Form {
        suffix,
        media_type,
        label,
        title,
    }
}

/// The form with this suffix; not those that are more than the record, such as `json`.
pub fn render(frame: &Frame<'_>, record: &PublicRecord, suffix: &str) -> Result<Vec<u8>, Failure> {
    let released = released(frame, record);
    let heading = || {
        publication::heading(
            &record.content,
            &record.manifest,
            &record.edition.manifest_sha256,
            frame.base,
            frame.lang(),
        )
    };
    Ok(match suffix {
        "vtt" => publication::captions(&record.content, &heading()).into_bytes(),
        "srt" => publication::subtitles(&record.content).into_bytes(),
        "txt" => publication::plain_text(&record.content, &heading()).into_bytes(),
        "ttml" => ttml(&released).into_bytes(),
        "xml" => akoma_ntoso(&released, UNKNOWN_COUNTRY).into_bytes(),
        "bib" => citation::bibtex(&released).into_bytes(),
        "ris" => citation::ris(&released).into_bytes(),
        "csl.json" => citation::csl(&released).to_string().into_bytes(),
        "pdf" => typeset::pdf(&paper(frame, record)).map_err(broken)?,
        "docx" => typeset::docx(&paper(frame, record)).map_err(broken)?,
        _ => return Err(Failure::NotFound),
    })
}

/// ISO 3166-1 leaves `zz` to its users; a house is not told to have a country.
const UNKNOWN_COUNTRY: &str = "zz";

pub fn released<'a>(frame: &Frame<'a>, record: &'a PublicRecord) -> Released<'a> {
    Released {
        record: &record.content,
        manifest: &record.manifest,
        manifest_sha256: &record.edition.manifest_sha256,
        base: frame.base,
        lang: frame.words.lang,
    }
}

/// Whether the typeface has every letter of the record.
pub fn has_paper(frame: &Frame<'_>, record: &PublicRecord) -> bool {
    typeset::can_set(&paper(frame, record))
}

/// A record in a script the typeface lacks has no typeset form; anything else is an incident.
fn broken(error: TypesetError) -> Failure {
    match error {
        TypesetError::NoLetter(_) => Failure::NotFound,
        error => Failure::Broken(error.to_string()),
    }
}

fn paper(frame: &Frame<'_>, record: &PublicRecord) -> typeset::Paper {
    let (words, content) = (frame.words, &record.content);
    let zone = &content.event.zone;
    let released = released(frame, record);
    typeset::paper(
        &released,
        &Said {
            when: dates::date_time(words, released.held_at(), zone),
            published: format!(
                "{}: {} · {} {}",
                words.published_on,
                dates::date_time(words, record.edition.published_at, zone),
                words.signed_with,
                record.edition.key_id
            ),
            edition: words.edition,
            question: words.unnamed_asker,
            unknown_speaker: words.unknown_speaker,
            label: words.near_verbatim,
            machine_help: words.helped(&content.machine_help),
            page_label: words.page_of,
            made_at: dates::iso(record.edition.published_at),
            corrections: content
                .corrections
                .iter()
                .rev()
                .map(|correction| {
                    format!(
                        "{} ({} {}): {}",
                        dates::date(words, correction.at, zone),
                        words.edition,
                        correction.edition,
                        correction.text.read(words.lang)
                    )
                })
                .collect(),
            corrections_title: words.corrections,
        },
    )
}
