//! How to check an edition, and every key that ever signed one.

use crate::{
    press::{
        dates,
        layout::{Frame, Meta, page},
    },
    store::editions::EditionKey,
};
use maud::{Markup, html};

pub fn signatures_page(frame: &Frame<'_>, keys: &[EditionKey], current: &str) -> Markup {
    let words = frame.words;
    let meta = Meta::page("/signatures", words.signatures, words.signatures_lead);
    let body = html! {
        article.prose {
            h1 { (words.signatures) }
            p.lead { (words.signatures_lead) }
            p { (words.signatures_steps) }
            h2 { (words.signatures_keys) }
            @if keys.is_empty() { p.muted { (words.signatures_none) } }
            ul {
                @for key in keys {
                    li {
                        a href={ "/keys/" (key.key_id) ".pub" } { code { (key.key_id) } }
                        ", " (words.signatures_since) " " (dates::date(words, key.first_used_at, "UTC"))
                    }
                }
                @if !keys.iter().any(|key| key.key_id == current) {
                    li { a href={ "/keys/" (current) ".pub" } { code { (current) } } }
                }
            }
        }
    };
    page(frame, &meta, body)
}
