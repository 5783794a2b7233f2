//! What is indexed of a released record, and how a search is read. Everything is folded (`text::fold`), so diacritics and
//! case never stand in the way; filters are words of their own kind in the same index, so that a rare filter makes a search
//! faster, not slower.

use crate::{
    publication::{Block, Record, Speaker},
    text::words,
};
use std::collections::BTreeSet;

/// Most words of one search. More: heavier queries; fewer: long phrases are cut.
pub const MAX_WORDS: usize = 12;

/// One block as the index keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Place of the block in the record.
    pub index: usize,
    pub anchor: Option<String>,
    pub speaker: String,
    pub title: Option<String>,
    pub language: String,
    /// Where each piece begins in the programme, in milliseconds, and its words.
    pub pieces: Vec<(u64, String)>,
    /// Words of the index, each once, separated by spaces.
    pub tokens: String,
}

/// A search as the public asks for it; empty fields filter nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    pub words: String,
    pub speaker: String,
    pub topic: String,
    pub outlet: String,
    pub year: Option<i32>,
    pub language: String,
}

// No spoken word begins like this.
const SPEAKER: &str = "0s";
const OUTLET: &str = "0o";
const TOPIC: &str = "0t";
const YEAR: &str = "0y";
const LANGUAGE: &str = "0l";
const CURRENT: &str = "0current";

/// The passages of a record; `current` is false for an edition that was replaced, which a search does not show.
pub fn passages(record: &Record, current: bool) -> Vec<Passage> {
    let event: Vec<String> = record.event.title.0.values().flat_map(|title| words(title)).collect();
    record
        .blocks
        .iter()
        .enumerate()
        .filter(|(_, block)| !block.segments.is_empty())
        .map(|(index, block)| passage(record, index, block, &event, current))
        .collect()
}

fn passage(record: &Record, index: usize, block: &Block, event: &[String], current: bool) -> Passage {
    let mut tokens: BTreeSet<String> = BTreeSet::new();
    let mut add = |kind: &str, text: &str| {
        for word in words(text) {
            tokens.insert(format!("{kind}{word}"));
        }
    };
    for segment in &block.segments {
        add("", &segment.text);
        add(LANGUAGE, segment.language.split('-').next().unwrap_or_default());
    }
    add(SPEAKER, &block.speaker.line());
    match &block.speaker {
        Speaker::Press {
            outlet: Some(outlet), ..
        }
        | Speaker::Outlet { outlet } => add(OUTLET, outlet),
        _ => {}
    }
    if let Some(title) = &block.title {
        add("", title);
        add(TOPIC, title);
    }
    for word in event {
        add(TOPIC, word);
    }
    add(YEAR, &record.event.year.to_string());
    if current {
        tokens.insert(CURRENT.to_owned());
    }
    Passage {
        index,
        anchor: block.anchor.map(|anchor| anchor.to_string()),
        speaker: block.speaker.line(),
        title: block.title.clone(),
        language: block
            .segments
            .first()
            .map(|segment| segment.language.clone())
            .unwrap_or_default(),
        pieces: block
            .segments
            .iter()
            .map(|segment| (segment.start_ms, segment.text.clone()))
            .collect(),
        tokens: tokens.into_iter().collect::<Vec<_>>().join(" "),
    }
}

impl Search {
    /// Words that a passage must all have; none when nothing was asked.
    pub fn tokens(&self) -> Vec<String> {
        let mut tokens: Vec<String> = words(&self.words).into_iter().take(MAX_WORDS).collect();
        for (kind, text) in [
            (SPEAKER, &self.speaker),
            (TOPIC, &self.topic),
            (OUTLET, &self.outlet),
            (LANGUAGE, &self.language),
        ] {
            tokens.extend(
                words(text)
                    .into_iter()
                    .take(MAX_WORDS)
                    .map(|word| format!("{kind}{word}")),
            );
        }
        tokens.extend(self.year.map(|year| format!("{YEAR}{year}")));
        if !tokens.is_empty() {
            tokens.push(CURRENT.to_owned());
        }
        tokens
    }
}

/// A piece of text and whether it is one of the words that were searched.
pub type Marked = (String, bool);

/// The stretch of a passage around the first word found, of about `length` characters, with the words marked, and the
/// moment in the programme at which its piece begins.
pub fn excerpt(pieces: &[(u64, String)], search: &str, length: usize) -> (u64, Vec<Marked>) {
    let wanted: BTreeSet<String> = words(search).into_iter().collect();
    let hits = |text: &str| {
        words(text)
            .into_iter()
            .filter(|word| wanted.contains(word))
            .collect::<BTreeSet<_>>()
            .len()
    };
    let best = pieces
        .iter()
        .enumerate()
        .max_by_key(|(index, (_, text))| (hits(text), std::cmp::Reverse(*index)));
    let Some((_, (at, text))) = best else {
        return (0, Vec::new());
    };
    let mut marked: Vec<Marked> = Vec::new();
    for part in text.split_inclusive(char::is_whitespace) {
        let found = words(part).iter().any(|word| wanted.contains(word));
        match marked.last_mut() {
            Some(last) if last.1 == found && !found => last.0.push_str(part),
            _ => marked.push((part.to_owned(), found)),
        }
    }
    (*at, cut(marked, length))
}

/// From a little before the first mark.
fn cut(marked: Vec<Marked>, length: usize) -> Vec<Marked> {
    let before: usize = length / 4;
    let mut out = Vec::new();
    let mut left = length;
    let leading = usize::from(marked.first().is_some_and(|part| !part.1) && marked.len() > 1);
    for (index, (text, found)) in marked.into_iter().enumerate() {
        if left == 0 {
            out.push(("…".to_owned(), false));
            break;
        }
        let count = text.chars().count();
        if index < leading && count > before {
            let tail: String = text.chars().skip(count - before).collect();
            let tail = tail.split_once(' ').map_or(tail.as_str(), |(_, rest)| rest);
            out.push((format!("… {tail}"), found));
            left = left.saturating_sub(before);
        } else if count > left {
            let head: String = text.chars().take(left).collect();
            let head = head.rsplit_once(' ').map_or(head.as_str(), |(rest, _)| rest);
            out.push((format!("{head} …"), found));
            break;
        } else {
            left -= count;
            out.push((text, found));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_begins_near_the_first_word_found_and_marks_it() {
        let pieces = [
            (0, "Nothing here.".to_owned()),
            (
                31_000,
                format!(
                    "{} Trường Sa is ours. {}",
                    "word ".repeat(100).trim(),
                    "tail ".repeat(100).trim()
                ),
            ),
        ];
        let (at, marked) = excerpt(&pieces, "truong sa", 200);
        assert_eq!(at, 31_000);
        let found: Vec<_> = marked.iter().filter(|part| part.1).map(|part| part.0.trim()).collect();
        assert_eq!(found, ["Trường", "Sa"]);
        let all: String = marked.iter().map(|part| part.0.as_str()).collect();
        assert!(
            all.starts_with("… ") && all.ends_with('…') && all.chars().count() < 220,
            "{all}"
        );
    }

    #[test]
    fn a_search_for_nothing_asks_for_nothing() {
        assert!(
            Search {
                words: " ?! ".into(),
                ..Search::default()
            }
            .tokens()
            .is_empty()
        );
        let search = Search {
            words: "Trường Sa".into(),
            year: Some(2026),
            ..Search::default()
        };
        assert_eq!(search.tokens(), ["truong", "sa", "0y2026", "0current"]);
    }
}
