//! Did they say that? A pasted sentence against every released edition: exact, near with the difference shown, or not found;
//! always with the edition and the language. What is pasted is not kept.

use crate::{
    press::{
        layout::{Frame, Meta, page},
        search_page::{address, place},
        words::language_name,
    },
    store::record_index::Passage,
};
use maud::{Markup, html};
use rostrum_domain::publication::quote::{MAX_CHARS, MIN_WORDS, Match, Step};

/// A passage that says it, and how.
pub struct Finding {
    pub passage: Passage,
    pub found: Match,
    /// Where in the programme.
    pub at_ms: u64,
    /// Number of the newest edition of that record.
    pub newest: u32,
}

pub enum Verdict {
    TooShort,
    TooLong,
    /// Best first; none: not found.
    Checked(Vec<Finding>),
}

pub fn quote_page(frame: &Frame<'_>, quote: &str, verdict: Option<&Verdict>) -> Markup {
    let words = frame.words;
    let mut meta = Meta::page("/quote-check", words.quote_check, words.quote_lead);
    meta.index = verdict.is_none();
    let body = html! {
        h1 { (words.quote_check) }
        p.lead { (words.quote_lead) }
        form.search action=(frame.local("/quote-check")) method="post" {
            p.field.wide {
                label for="quote" { (words.quote_label) }
                textarea id="quote" name="quote" rows="4" maxlength=(MAX_CHARS) required { (quote) }
            }
            p { button.button type="submit" { (words.quote_button) } }
        }
        @if let Some(verdict) = verdict { (shown(frame, verdict)) }
    };
    page(frame, &meta, body)
}

fn shown(frame: &Frame<'_>, verdict: &Verdict) -> Markup {
    let words = frame.words;
    let notice = |title: &str, note: &str| {
        html! { div.notice role="status" { h2 { (title) } p { (note) } } }
    };
    match verdict {
        Verdict::TooShort => notice(
            words.quote_check,
            &words.quote_short.replace("{}", &MIN_WORDS.to_string()),
        ),
        Verdict::TooLong => notice(
            words.quote_check,
            &words.quote_long.replace("{}", &MAX_CHARS.to_string()),
        ),
        Verdict::Checked(findings) => match findings.first() {
            None => notice(words.quote_missing, words.quote_missing_note),
            Some(best) => html! {
                @if best.found.exact() {
                    (notice(words.quote_exact, words.quote_exact_note))
                } @else {
                    (notice(words.quote_near, words.quote_near_note))
                }
                ol.results { @for finding in findings { li.card { (one(frame, finding)) } } }
            },
        },
    }
}

fn one(frame: &Frame<'_>, finding: &Finding) -> Markup {
    let (words, passage) = (frame.words, &finding.passage);
    html! {
        h3 { a href=(address(frame, passage, finding.at_ms)) { (place(frame, passage, finding.at_ms)) } }
        p.muted {
            (if finding.found.exact() { words.quote_exact } else { words.quote_near })
            " · " (words.edition) " " (passage.edition)
            " · " (language_name(&passage.language))
        }
        @if passage.superseded { p.notice { (words.quote_old.replace("{}", &finding.newest.to_string())) } }
        p.said lang=[(passage.language != frame.lang()).then_some(&passage.language)] {
            @for (step, text) in &finding.found.parts {
                @match step {
                    Step::Same => { (text) " " }
                    Step::OnlyRecord => { ins title=(words.quote_only_record) { (text) } " " }
                    Step::OnlyQuote => { del title=(words.quote_only_yours) { (text) } " " }
                }
            }
        }
        @if !finding.found.exact() {
            p.muted { ins { (words.quote_only_record) } ", " del { (words.quote_only_yours) } }
        }
    }
}
