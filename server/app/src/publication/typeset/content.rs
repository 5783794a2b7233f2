//! What stands on paper, in reading order: headings and paragraphs with their languages, the same for every format.

use rostrum_domain::{
    publication::{
        Speaker,
        export::{Released, shown},
    },
    transcript::SegmentKind,
};
use unicode_normalization::UnicodeNormalization;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    Title,
    /// An announcement's title, a numbered exchange with its speaker.
    Heading,
    Text,
    /// Facts and notes around the text.
    Note,
}

/// One heading or paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub rank: Rank,
    /// BCP 47.
    pub lang: String,
    pub text: String,
}

/// A whole document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    pub title: String,
    pub author: String,
    /// Language of title and notes.
    pub lang: String,
    /// Permanent address, kept in the document's description.
    pub address: String,
    /// Stands on every page: the briefing.
    pub running_head: String,
    /// Stands on every page: edition and hash.
    pub running_foot: String,
    /// `{page}` and `{pages}` are replaced.
    pub page_label: &'static str,
    /// RFC 3339, of the release.
    pub made_at: String,
    pub pieces: Vec<Piece>,
}

/// What the page says in the reader's language.
pub struct Said<'a> {
    pub when: String,
    pub published: String,
    pub edition: &'a str,
    pub question: &'a str,
    pub unknown_speaker: &'a str,
    pub label: &'a str,
    pub machine_help: String,
    pub page_label: &'static str,
    pub made_at: String,
    /// What each correction says, newest first.
    pub corrections: Vec<String>,
    pub corrections_title: &'a str,
}

pub fn paper(released: &Released<'_>, said: &Said<'_>) -> Paper {
    let record = released.record;
    let lang = released.lang;
    let title = nfc(record.event.title.read(lang));
    let mut pieces = vec![
        piece(Rank::Title, lang, &title),
        piece(Rank::Note, lang, &format!("{} · {}", released.number(), said.when)),
        piece(Rank::Note, lang, &released.url()),
    ];
    if !said.corrections.is_empty() {
        pieces.push(piece(Rank::Heading, lang, said.corrections_title));
        pieces.extend(said.corrections.iter().map(|text| piece(Rank::Note, lang, text)));
    }
    for block in &record.blocks {
        if let Some(title) = &block.title {
            pieces.push(piece(Rank::Heading, lang, title));
        }
        let voice = match &block.speaker {
            Speaker::Asker => said.question.to_owned(),
            Speaker::Unknown => said.unknown_speaker.to_owned(),
            speaker => speaker.line(),
        };
        let mark = block.anchor.map(|anchor| anchor.to_string().to_uppercase());
        let head = match mark {
            Some(mark) => format!("{mark} · {voice}"),
            None => voice,
        };
        if block.kind != SegmentKind::StageNote {
            pieces.push(piece(Rank::Heading, lang, &head));
        }
        for segment in &block.segments {
            pieces.push(piece(Rank::Text, &segment.language, &shown(block, &segment.text)));
        }
    }
    let sha = released.manifest_sha256;
    pieces.push(piece(
        Rank::Heading,
        lang,
        &format!("{} {}", said.edition, record.edition),
    ));
    pieces.push(piece(Rank::Note, lang, said.label));
    pieces.push(piece(Rank::Note, lang, &said.machine_help));
    pieces.push(piece(Rank::Note, lang, &said.published));
    Paper {
        author: nfc(&released.manifest.house),
        lang: lang.to_owned(),
        address: released.url(),
        running_head: nfc(&format!("{} · {}", released.manifest.house, released.number())),
        running_foot: nfc(&format!("{} {} · SHA-256 {sha}", said.edition, record.edition)),
        page_label: said.page_label,
        made_at: said.made_at.clone(),
        title,
        pieces,
    }
}

fn piece(rank: Rank, lang: &str, text: &str) -> Piece {
    Piece {
        rank,
        lang: lang.to_owned(),
        text: nfc(text),
    }
}

/// Precomposed, so that every Vietnamese letter is one glyph; other spaces and line ends become plain ones.
fn nfc(text: &str) -> String {
    let spaced: String = text
        .nfc()
        .map(|letter| match letter {
            '\u{202f}' | '\u{2007}' => '\u{a0}',
            letter if letter.is_whitespace() && letter != '\u{a0}' => ' ',
            letter => letter,
        })
        .filter(|letter| !letter.is_control() && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{feff}'))
        .collect();
    spaced
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
