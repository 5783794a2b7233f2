//! How to cite a record or one passage of it: a line to copy, BibTeX, RIS and CSL-JSON. Every entry names the edition, so a
//! citation stays true after a correction.

use super::{Released, local};
use crate::publication::{Block, Speaker};
use serde_json::{Value, json};
use std::fmt::Write;

/// One citable thing: the whole record, or the passage of a permalink.
struct Entry {
    key: String,
    /// `BNG 22/2026 A7` style: the number of the briefing and of the passage.
    code: String,
    speaker: Option<String>,
    outlet_or_office: Option<String>,
    title: String,
    url: String,
    language: String,
}

/// `Lan Phạm, Spokesperson; Regular press briefing 22/2026, A7; 2026-11-19 (Asia/Ho_Chi_Minh); vi; edition 1; https://…#a7`
pub fn line(released: &Released<'_>, block: Option<&Block>) -> String {
    let entry = entry(released, block);
    let who = block.map_or_else(|| released.manifest.house.clone(), |block| block.speaker.line());
    let parts = [
        who,
        entry.code,
        format!("{} ({})", released.held_on(), released.record.event.zone),
        entry.language,
        format!("edition {}", released.record.edition),
        entry.url,
    ];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

/// One `@misc` for the record and one for each passage with a permalink.
pub fn bibtex(released: &Released<'_>) -> String {
    let mut out = String::new();
    for entry in entries(released) {
        let fields = [
            (
                "author",
                format!(
                    "{{{}}}",
                    braces(entry.speaker.as_deref().unwrap_or(&released.manifest.house))
                ),
            ),
            ("title", format!("{{{}}}", braces(&entry.title))),
            ("howpublished", braces(&entry.code)),
            ("publisher", format!("{{{}}}", braces(&released.manifest.house))),
            ("date", released.held_on()),
            ("year", released.held_on().chars().take(4).collect()),
            ("edition", released.record.edition.to_string()),
            ("langid", entry.language.clone()),
            ("url", entry.url.clone()),
            ("note", braces(&note(released, &entry))),
        ];
        let _ = writeln!(out, "@misc{{{},", entry.key);
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
            let _ = writeln!(out, "  {name} = {{{value}}},");
        }
        out.push_str("}\n\n");
    }
    out
}

/// RIS, one record for each entry; lines end with CR LF, as its readers want.
pub fn ris(released: &Released<'_>) -> String {
    let mut out = String::new();
    for entry in entries(released) {
        let date = released.held_on().replace('-', "/");
        let lines = [
            ("TY", "GEN".to_owned()),
            ("ID", entry.key.clone()),
            (
                "AU",
                entry.speaker.clone().unwrap_or_else(|| released.manifest.house.clone()),
            ),
            ("TI", entry.title.clone()),
            ("T2", entry.code.clone()),
            ("PB", released.manifest.house.clone()),
            ("DA", format!("{date}/")),
            ("PY", date.chars().take(4).collect()),
            ("ET", released.record.edition.to_string()),
            ("LA", entry.language.clone()),
            ("UR", entry.url.clone()),
            ("N1", note(released, &entry)),
        ];
        for (tag, value) in lines {
            let _ = write!(
                out,
                "{tag}  - {}\r\n",
                value.split_whitespace().collect::<Vec<_>>().join(" ")
            );
        }
        out.push_str("ER  - \r\n\r\n");
    }
    out
}

/// CSL-JSON 1.0: what Zotero, Mendeley and citation processors read.
pub fn csl(released: &Released<'_>) -> Value {
    let held = local(released.held_at(), &released.record.event.zone);
    let date = json!({ "date-parts": [[held.year(), held.month(), held.day()]] });
    entries(released)
        .into_iter()
        .map(|entry| {
            json!({
                "id": entry.key,
                "type": if entry.speaker.is_some() { "speech" } else { "report" },
                "author": [{ "literal": entry.speaker.as_deref().unwrap_or(&released.manifest.house) }],
                "title": entry.title,
                "container-title": entry.code,
                "publisher": released.manifest.house,
                "issued": date,
                "event-date": date,
                "event-title": released.record.event.title.read(released.lang),
                "edition": released.record.edition.to_string(),
                "language": entry.language,
                "URL": entry.url,
                "note": note(released, &entry),
            })
        })
        .collect()
}

fn entries(released: &Released<'_>) -> Vec<Entry> {
    let passages = released.record.blocks.iter().filter(|block| block.anchor.is_some());
    std::iter::once(entry(released, None))
        .chain(passages.map(|block| entry(released, Some(block))))
        .collect()
}

fn entry(released: &Released<'_>, block: Option<&Block>) -> Entry {
    let event = &released.record.event;
    let key = format!("{}-{}-{}", event.series, event.year, event.number);
    let title = event.title.read(released.lang).to_owned();
    let Some((block, anchor)) = block.and_then(|block| block.anchor.map(|anchor| (block, anchor))) else {
        return Entry {
            key,
            code: released.number(),
            speaker: None,
            outlet_or_office: None,
            title,
            url: released.url(),
            language: released.record.languages.join(", "),
        };
    };
    let (speaker, capacity) = match &block.speaker {
        Speaker::House { name, office } => (name.clone(), office.clone()),
        Speaker::Press { name, outlet } => (name.clone(), outlet.clone()),
        other => (other.line(), None),
    };
    let language = block.segments.first().map(|segment| segment.language.clone());
    Entry {
        key: format!("{key}-{anchor}"),
        code: format!("{}, {}", released.number(), anchor.to_string().to_uppercase()),
        speaker: (!speaker.is_empty()).then_some(speaker),
        outlet_or_office: capacity,
        title: block.title.clone().unwrap_or(title),
        url: format!("{}#{anchor}", released.url()),
        language: language.unwrap_or_default(),
    }
}

fn note(released: &Released<'_>, entry: &Entry) -> String {
    let capacity = entry
        .outlet_or_office
        .as_ref()
        .map(|capacity| format!("{capacity}. "))
        .unwrap_or_default();
    format!(
        "{capacity}Edition {}, manifest sha256:{}",
        released.record.edition, released.manifest_sha256
    )
}

/// What BibTeX takes for its own is written so that it is read as text.
fn braces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '{' => out.push('('),
            '}' => out.push(')'),
            '\\' => out.push('/'),
            '%' | '&' | '#' | '_' | '$' => {
                out.push('\\');
                out.push(letter);
            }
            other if other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
