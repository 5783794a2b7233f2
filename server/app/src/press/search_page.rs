//! Search over every released record: one form, the newest passages that have all the words, each opening at its place.
//! Works without script; says what to do when nothing was found.

use crate::press::{
    dates,
    layout::{Frame, Meta, page},
    words::{LANGUAGES, language_name},
};
use crate::store::record_index::Passage;
use maud::{Markup, html};
use rostrum_domain::publication::search::{Marked, Search, excerpt};

/// Passages on a page. More: a heavier page; fewer: more clicks.
pub const SHOWN: usize = 20;
/// Characters of a passage that are shown.
const EXCERPT: usize = 280;

/// What was found; `more` leads on.
pub struct Results {
    pub passages: Vec<Passage>,
    pub more: Option<String>,
}

pub fn search_page(frame: &Frame<'_>, search: &Search, results: Option<&Results>) -> Markup {
    let words = frame.words;
    let mut meta = Meta::page("/search", words.search, words.search_lead);
    // Search results are for people; crawlers find the records themselves.
    meta.index = results.is_none();
    let body = html! {
        h1 { (words.search) }
        p.lead { (words.search_lead) }
        (form(frame, search))
        @if let Some(results) = results { (list(frame, search, results)) }
        p { a href=(frame.local("/quote-check")) { (words.quote_check) } }
    };
    page(frame, &meta, body)
}

fn form(frame: &Frame<'_>, search: &Search) -> Markup {
    let words = frame.words;
    let field = |name: &str, label: &str, value: &str| {
        html! {
            p.field {
                label for=(name) { (label) }
                input id=(name) name=(name) value=(value) maxlength="100" autocomplete="off";
            }
        }
    };
    html! {
        form.search role="search" action=(frame.local("/search")) method="get" {
            p.field.wide {
                label for="q" { (words.search_words) }
                input id="q" name="q" type="search" value=(search.words) maxlength="200" autocomplete="off";
            }
            (field("speaker", words.search_speaker, &search.speaker))
            (field("topic", words.search_topic, &search.topic))
            (field("outlet", words.search_outlet, &search.outlet))
            p.field.short {
                label for="year" { (words.search_year) }
                input id="year" name="year" inputmode="numeric" pattern="[0-9]{4}" maxlength="4"
                    value=(search.year.map(|year| year.to_string()).unwrap_or_default());
            }
            p.field.short {
                label for="in" { (words.search_language) }
                select id="in" name="in" {
                    option value="" { (words.search_any) }
                    @for lang in LANGUAGES {
                        option value=(lang) lang=(lang) selected[search.language == lang] { (language_name(lang)) }
                    }
                }
            }
            p { button.button type="submit" { (words.search) } }
        }
    }
}

fn list(frame: &Frame<'_>, search: &Search, results: &Results) -> Markup {
    let words = frame.words;
    html! {
        section.results aria-labelledby="results" {
            @if results.passages.is_empty() {
                h2 #results { (words.search_nothing) }
                p { (words.search_hint) }
            } @else {
                h2 #results { (words.search_found) }
                ol {
                    @for passage in &results.passages {
                        @let (at, marked) = excerpt(&passage.pieces, &search.words, EXCERPT);
                        li.card {
                            h3 { a href=(address(frame, passage, at)) { (place(frame, passage, at)) } }
                            @if let Some(title) = &passage.title { p.muted { (title) } }
                            p.said lang=[(passage.language != frame.lang()).then_some(&passage.language)] { (text(&marked)) }
                        }
                    }
                }
                @if let Some(more) = &results.more { p { a.button.quiet href=(more) rel="next" { (words.search_more) } } }
            }
        }
    }
}

fn text(marked: &[Marked]) -> Markup {
    html! { @for (text, found) in marked { @if *found { mark { (text) } } @else { (text) } } }
}

/// The passage on its page, and for the recording its second.
pub fn address(frame: &Frame<'_>, passage: &Passage, at_ms: u64) -> String {
    let edition = if passage.superseded {
        format!("/edition/{}", passage.edition)
    } else {
        String::new()
    };
    let anchor = passage
        .anchor
        .clone()
        .unwrap_or_else(|| format!("t{}", passage.pieces.first().map_or(0, |piece| piece.0)));
    format!("{}{edition}?t={}#{anchor}", frame.local(&passage.path), at_ms / 1000)
}

/// `Lan Phạm, Spokesperson · hop-bao 22/2026 A7 · 12:31`
pub fn place(frame: &Frame<'_>, passage: &Passage, at_ms: u64) -> String {
    let mut path = passage.path.trim_start_matches('/').split('/');
    let number = match (path.next(), path.next(), path.next()) {
        (Some(series), Some(year), Some(number)) => format!("{series} {number}/{year}"),
        _ => passage.path.clone(),
    };
    let mark = passage.anchor.as_deref().map(str::to_uppercase).unwrap_or_default();
    let speaker = if passage.speaker.is_empty() {
        frame.words.unknown_speaker
    } else {
        &passage.speaker
    };
    let number = format!("{number} {mark}");
    format!("{speaker} · {} · {}", number.trim_end(), dates::position(at_ms))
}
