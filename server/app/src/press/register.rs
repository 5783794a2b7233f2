//! The register of corrections: for every correction what was wrong, where, and how it was corrected, with links both ways.
//! Read from the frozen editions themselves, so it cannot say anything else than they do.

use crate::{
    App,
    press::{
        dates,
        layout::{Frame, Meta, page, text},
        respond::Failure,
        source,
    },
    store::editions,
};
use maud::{Markup, html};
use rostrum_domain::{
    publication::{Change, EventFacts, Record, changes},
    text::Text,
    time::Timestamp,
};

/// Records whose corrections are listed. Higher: a heavier page.
const SHOWN: i64 = 50;

/// One correction of one record.
pub struct Corrected {
    pub event: EventFacts,
    /// That made it.
    pub edition: u32,
    pub at: Timestamp,
    pub text: Text,
    pub changes: Vec<Change>,
}

impl Corrected {
    /// Of its place on the page: `hop-bao-2026-22-2`.
    pub fn id(&self) -> String {
        id(&self.event, self.edition)
    }
}

pub fn id(event: &EventFacts, edition: u32) -> String {
    format!("{}-{}-{}-{edition}", event.series, event.year, event.number)
}

/// Newest first.
pub async fn corrections(app: &App) -> Result<Vec<Corrected>, Failure> {
    let mut reader = app.db.read().await?;
    let mut all = Vec::new();
    for event in editions::corrected(&mut reader, SHOWN).await? {
        if !source::is_public(&mut reader, event).await? {
            continue;
        }
        let records = editions::all(&mut reader, event)
            .await?
            .iter()
            .map(|edition| serde_json::from_slice::<Record>(&edition.content))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| Failure::Broken(error.to_string()))?;
        let Some(newest) = records.last() else { continue };
        for correction in &newest.corrections {
            let pair = records.windows(2).find(|pair| pair[1].edition == correction.edition);
            all.push(Corrected {
                event: newest.event.clone(),
                edition: correction.edition,
                at: correction.at,
                text: correction.text.clone(),
                changes: pair.map(|pair| changes(&pair[0], &pair[1])).unwrap_or_default(),
            });
        }
    }
    all.sort_by_key(|corrected| std::cmp::Reverse(corrected.at));
    Ok(all)
}

pub fn register_page(frame: &Frame<'_>, corrections: &[Corrected]) -> Markup {
    let words = frame.words;
    let mut meta = Meta::page("/corrections", words.register_title, words.register_lead);
    let feed = |suffix: &str| frame.local(&format!("/corrections/feed.{suffix}"));
    meta.alternates = vec![
        ("application/atom+xml", feed("atom"), words.register_feed.to_owned()),
        ("application/feed+json", feed("json"), words.register_feed.to_owned()),
    ];
    let body = html! {
        h1 { (words.register_title) }
        p.lead { (words.register_lead) }
        @if corrections.is_empty() { p { (words.register_none) } }
        @for corrected in corrections { (entry(frame, corrected)) }
        p { a href=(feed("atom")) { (words.register_feed) } }
    };
    page(frame, &meta, body)
}

fn entry(frame: &Frame<'_>, corrected: &Corrected) -> Markup {
    let (words, event) = (frame.words, &corrected.event);
    let record = frame.local(&event.path);
    let before = format!("{record}/edition/{}", corrected.edition.saturating_sub(1));
    html! {
        article.card.correction id=(corrected.id()) {
            h2 {
                a href=(record) { (text(frame, &event.series_name)) " " (event.number) "/" (event.year) }
                ", "
                time datetime=(dates::iso(corrected.at)) { (dates::date(words, corrected.at, &event.zone)) }
            }
            p { (text(frame, &corrected.text)) }
            @for change in &corrected.changes { (changed(frame, change, &record, &before)) }
            p.muted {
                a href={ (before) } { (words.edition) " " (corrected.edition.saturating_sub(1)) }
                " → "
                a href={ (record) "/edition/" (corrected.edition) } { (words.edition) " " (corrected.edition) }
            }
        }
    }
}

fn changed(frame: &Frame<'_>, change: &Change, record: &str, before: &str) -> Markup {
    let words = frame.words;
    let lang = (change.language != frame.lang()).then_some(&change.language);
    let mark = change.anchor.as_deref().unwrap_or_default();
    html! {
        dl.facts {
            div {
                dt { (words.correction_where) }
                dd {
                    @if mark.is_empty() { (change.speaker) } @else {
                        a href={ (if change.is.is_some() { record } else { before }) "#" (mark) } { (mark.to_uppercase()) }
                        " " (change.speaker)
                    }
                }
            }
            div {
                dt { (words.correction_was) }
                dd {
                    @match &change.was {
                        Some(was) => span lang=[lang] { (was) },
                        None => (words.correction_added),
                    }
                }
            }
            div {
                dt { (words.correction_is) }
                dd {
                    @match &change.is {
                        Some(is) => span lang=[lang] { (is) },
                        None => (words.correction_removed),
                    }
                }
            }
        }
    }
}
