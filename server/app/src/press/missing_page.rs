//! What stands at an address where there is nothing: a way on, not a dead end.

use crate::press::layout::{Frame, Meta, page};
use maud::{Markup, html};

pub fn missing_page(frame: &Frame<'_>) -> Markup {
    let words = frame.words;
    let mut meta = Meta::page("/", words.not_found, "");
    meta.index = false;
    let body = html! {
        article.prose {
            h1 { (words.not_found) }
            p { (words.not_found_note) }
            p { a.button href=(frame.local("/")) { (words.back_home) } }
        }
    };
    page(frame, &meta, body)
}
