//! Akoma Ntoso 3.0 (OASIS LegalDocML) `debate`: the form in which parliaments exchange their records. Announcements and
//! exchanges are sections; the permalinks of the record are the `eId`s.

use super::{Released, local, shown, utc, xml::escape};
use crate::{
    publication::{Block, Part, Speaker},
    text::fold,
    transcript::SegmentKind,
};
use std::{collections::BTreeMap, fmt::Write};

/// `country`: ISO 3166-1 alpha-2 of the house, in small letters; `zz` where none is configured.
pub fn akoma_ntoso(released: &Released<'_>, country: &str) -> String {
    let references = References::of(&released.record.blocks);
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <akomaNtoso xmlns=\"http://docs.oasis-open.org/legaldocml/ns/akn/3.0\">\n\
         <debate name=\"pressBriefing\">\n<meta>\n",
    );
    identification(&mut out, released, country);
    references.write(&mut out, released);
    out.push_str("</meta>\n<preface>\n");
    let title = released.record.event.title.read(released.lang);
    let _ = write!(
        out,
        "<p><docTitle>{}</docTitle></p>\n<p><docNumber>{}</docNumber>, <docDate date=\"{}\">{}</docDate></p>\n",
        escape(title),
        escape(&released.number()),
        released.held_on(),
        released.held_on(),
    );
    out.push_str("</preface>\n<debateBody>\n");
    body(&mut out, released, &references);
    out.push_str("</debateBody>\n</debate>\n</akomaNtoso>\n");
    out
}

fn identification(out: &mut String, released: &Released<'_>, country: &str) {
    let record = released.record;
    let event = &record.event;
    let held = released.held_on();
    let published = local(released.manifest.published_at, "UTC")
        .strftime("%Y-%m-%d")
        .to_string();
    let work = format!(
        "/akn/{country}/debate/{held}/{}-{}-{}",
        event.series, event.year, event.number
    );
    let language = alpha3(record.main_language());
    let expression = format!("{work}/{language}@{published}.{}", record.edition);
    let _ = write!(
        out,
        "<identification source=\"#house\">\n<FRBRWork>\n<FRBRthis value=\"{work}/!main\"/>\n<FRBRuri value=\"{work}\"/>\n\
         <FRBRalias value=\"{url}\" name=\"permalink\"/>\n<FRBRdate date=\"{held}\" name=\"held\"/>\n\
         <FRBRauthor href=\"#house\"/>\n<FRBRcountry value=\"{country}\"/>\n<FRBRnumber value=\"{number}/{year}\"/>\n\
         </FRBRWork>\n<FRBRExpression>\n<FRBRthis value=\"{expression}/!main\"/>\n<FRBRuri value=\"{expression}\"/>\n\
         <FRBRdate date=\"{published}\" name=\"published\"/>\n<FRBRauthor href=\"#house\"/>\n",
        url = escape(&released.url()),
        number = event.number,
        year = event.year,
    );
    for language in &record.languages {
        let _ = writeln!(out, "<FRBRlanguage language=\"{}\"/>", escape(&alpha3(language)));
    }
    if record.languages.is_empty() {
        out.push_str("<FRBRlanguage language=\"und\"/>\n");
    }
    let _ = write!(
        out,
        "</FRBRExpression>\n<FRBRManifestation>\n<FRBRthis value=\"{expression}.xml\"/>\n<FRBRuri value=\"{expression}.xml\"/>\n\
         <FRBRdate date=\"{published}\" name=\"published\"/>\n<FRBRauthor href=\"#house\"/>\n\
         <FRBRformat value=\"application/akn+xml\"/>\n</FRBRManifestation>\n</identification>\n\
         <publication date=\"{published}\" name=\"edition\" showAs=\"Edition {edition}, manifest sha256:{sha}\" \
         number=\"{edition}\"/>\n",
        edition = record.edition,
        sha = released.manifest_sha256,
    );
}

/// Everybody who speaks, once.
#[derive(Default)]
struct References {
    speakers: BTreeMap<Speaker, usize>,
}

impl References {
    fn of(blocks: &[Block]) -> Self {
        let mut references = Self::default();
        for block in blocks {
            let next = references.speakers.len() + 1;
            references.speakers.entry(block.speaker.clone()).or_insert(next);
        }
        references
    }

    fn write(&self, out: &mut String, released: &Released<'_>) {
        let _ = writeln!(
            out,
            "<references source=\"#house\">\n<TLCOrganization eId=\"house\" href=\"/akn/ontology/organization/house\" showAs=\"{}\"/>",
            escape(&released.manifest.house)
        );
        for (speaker, number) in &self.speakers {
            let (element, kind, name) = match speaker {
                Speaker::House { name, .. } | Speaker::Press { name, .. } => ("TLCPerson", "person", name.as_str()),
                Speaker::Outlet { outlet } => ("TLCOrganization", "organization", outlet.as_str()),
                Speaker::Asker => ("TLCRole", "role", "QUESTION"),
                Speaker::Unknown => ("TLCRole", "role", "Speaker not identified"),
            };
            reference(out, element, kind, &format!("s{number}"), name);
            if let Some(capacity) = capacity(speaker) {
                reference(out, "TLCRole", "role", &format!("r{number}"), capacity);
            }
        }
        out.push_str("</references>\n");
    }

    /// The attributes that say who speaks.
    fn by(&self, speaker: &Speaker) -> String {
        let number = self.speakers.get(speaker).copied().unwrap_or_default();
        match capacity(speaker) {
            Some(_) => format!("by=\"#s{number}\" as=\"#r{number}\""),
            None => format!("by=\"#s{number}\""),
        }
    }
}

/// The office or the outlet somebody speaks for.
fn capacity(speaker: &Speaker) -> Option<&str> {
    match speaker {
        Speaker::House { office, .. } => office.as_deref(),
        Speaker::Press { outlet, .. } => outlet.as_deref(),
        Speaker::Outlet { .. } | Speaker::Asker | Speaker::Unknown => None,
    }
}

fn reference(out: &mut String, element: &str, kind: &str, id: &str, name: &str) {
    let _ = writeln!(
        out,
        "<{element} eId=\"{id}\" href=\"/akn/ontology/{kind}/{id}.{}\" showAs=\"{}\"/>",
        slug(name),
        escape(name)
    );
}

fn slug(name: &str) -> String {
    let kept: String = fold(name)
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { ' ' })
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(".")
}

/// What makes neighbouring blocks one section.
#[derive(Clone, Copy, PartialEq)]
enum Section {
    Announcement(u32),
    Exchange(u32),
    Proceedings,
}

fn section(block: &Block) -> Section {
    match block.anchor {
        Some(anchor) if anchor.part == Part::Announcement => Section::Announcement(anchor.number),
        Some(anchor) => Section::Exchange(anchor.number),
        None => Section::Proceedings,
    }
}

fn body(out: &mut String, released: &Released<'_>, references: &References) {
    let blocks = &released.record.blocks;
    if blocks.is_empty() {
        out.push_str("<debateSection eId=\"section-1\" name=\"proceedings\"><p/></debateSection>\n");
    }
    let mut open = None;
    let mut number = 0;
    for block in blocks {
        let here = section(block);
        if open != Some(here) {
            if open.is_some() {
                out.push_str("</debateSection>\n");
            }
            number += 1;
            let name = match here {
                Section::Announcement(_) => "announcement",
                Section::Exchange(_) => "exchange",
                Section::Proceedings => "proceedings",
            };
            let _ = writeln!(out, "<debateSection eId=\"section-{number}\" name=\"{name}\">");
            if let Some(title) = &block.title {
                let _ = writeln!(out, "<heading>{}</heading>", escape(title));
            }
            open = Some(here);
        }
        speech(out, released, references, block);
    }
    if open.is_some() {
        out.push_str("</debateSection>\n");
    }
}

fn speech(out: &mut String, released: &Released<'_>, references: &References, block: &Block) {
    let main = released.record.main_language();
    if block.kind == SegmentKind::StageNote {
        for segment in &block.segments {
            let _ = writeln!(out, "<scene>{}</scene>", escape(&shown(block, &segment.text)));
        }
        return;
    }
    let element = match block.kind {
        SegmentKind::Question => "question",
        SegmentKind::Answer => "answer",
        _ => "speech",
    };
    let id = block
        .anchor
        .map(|anchor| format!(" eId=\"{anchor}\""))
        .unwrap_or_default();
    let times = match (block.segments.first(), block.segments.last()) {
        (Some(first), Some(last)) => format!(" startTime=\"{}\" endTime=\"{}\"", utc(first.start), utc(last.end)),
        _ => String::new(),
    };
    let _ = writeln!(out, "<{element}{id} {}{times}>", references.by(&block.speaker));
    let voice = block.speaker.line();
    if !voice.is_empty() {
        let _ = writeln!(out, "<from>{}</from>", escape(&voice));
    }
    for segment in &block.segments {
        let lang = if segment.language == main {
            String::new()
        } else {
            format!(" xml:lang=\"{}\"", escape(&segment.language))
        };
        let _ = writeln!(out, "<p{lang}>{}</p>", escape(&segment.text));
    }
    let _ = writeln!(out, "</{element}>");
}

/// ISO 639-2 where it is known, as the naming convention wants it.
fn alpha3(tag: &str) -> String {
    let primary = tag.split('-').next().unwrap_or(tag);
    let known = [
        ("vi", "vie"),
        ("en", "eng"),
        ("fr", "fra"),
        ("es", "spa"),
        ("ru", "rus"),
        ("zh", "zho"),
        ("ar", "ara"),
        ("de", "deu"),
        ("ja", "jpn"),
        ("ko", "kor"),
        ("th", "tha"),
        ("lo", "lao"),
        ("km", "khm"),
        ("pt", "por"),
    ];
    known
        .iter()
        .find(|(short, _)| *short == primary)
        .map_or_else(|| primary.to_owned(), |(_, long)| (*long).to_owned())
}
