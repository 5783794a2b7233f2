//! The frame of every public page: language, head, header, footer. No third party, one style sheet; the one script adds
//! comforts, nothing needs it.

use crate::press::{
    dates,
    words::{LANGUAGES, Words, language_name, words_or_default},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use rostrum_domain::{text::Text, time::Timestamp};
use serde_json::Value;

/// What every page knows.
pub struct Frame<'a> {
    pub words: &'static Words,
    /// Public address of the house, without a slash at the end.
    pub base: &'a str,
    pub house: &'a Text,
    pub contact: Option<&'a str>,
    pub now: Timestamp,
}

/// What a page says about itself.
pub struct Meta {
    pub title: String,
    pub description: String,
    /// Without language, with a leading slash.
    pub path: String,
    /// Where readers should go and search engines point, when it is not this address.
    pub canonical: Option<String>,
    pub og_type: &'static str,
    pub structured: Vec<Value>,
    /// Address of this page's machine forms: media type, address, title.
    pub alternates: Vec<(&'static str, String, String)>,
    pub index: bool,
}

impl Meta {
    pub fn page(path: impl Into<String>, title: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            description: description.into(),
            path: path.into(),
            canonical: None,
            og_type: "website",
            structured: Vec::new(),
            alternates: Vec::new(),
            index: true,
        }
    }
}

impl Frame<'_> {
    pub fn lang(&self) -> &'static str {
        self.words.lang
    }

    pub fn house(&self) -> &str {
        self.house.read(self.lang())
    }

    /// Address within this language: `/en/hop-bao`.
    pub fn local(&self, path: &str) -> String {
        format!("/{}{path}", self.lang())
    }

    pub fn absolute(&self, path: &str) -> String {
        format!("{}/{}{path}", self.base, self.lang())
    }
}

pub fn page(frame: &Frame<'_>, meta: &Meta, body: Markup) -> Markup {
    let words = frame.words;
    let canonical = frame.absolute(meta.canonical.as_ref().unwrap_or(&meta.path));
    let description = one_line(&meta.description);
    html! {
        (DOCTYPE)
        html lang=(words.lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="strict-origin-when-cross-origin";
                title { (meta.title) " · " (frame.house()) }
                @if !description.is_empty() { meta name="description" content=(description); }
                @if !meta.index { meta name="robots" content="noindex"; }
                link rel="canonical" href=(canonical);
                @for lang in LANGUAGES {
                    link rel="alternate" hreflang=(lang) href={ (frame.base) "/" (lang) (meta.path) };
                }
                link rel="alternate" hreflang="x-default" href={ (frame.base) "/en" (meta.path) };
                @for (media_type, href, title) in &meta.alternates {
                    link rel="alternate" type=(media_type) href=(href) title=(title);
                }
                meta property="og:site_name" content=(frame.house());
                meta property="og:title" content=(meta.title);
                meta property="og:type" content=(meta.og_type);
                meta property="og:url" content=(canonical);
                @if !description.is_empty() { meta property="og:description" content=(description); }
                meta property="og:locale" content=(words.locale);
                @for lang in LANGUAGES {
                    @if lang != words.lang {
                        meta property="og:locale:alternate" content=(words_or_default(lang).locale);
                    }
                }
                meta name="twitter:card" content="summary";
                link rel="icon" href="/app/favicon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/app/fonts/fonts.css";
                link rel="stylesheet" href="/press.css";
                script type="module" src="/press.js" {}
                @for value in &meta.structured {
                    script type="application/ld+json" { (PreEscaped(inline_json(value))) }
                }
            }
            body {
                a.skip href="#content" { (words.skip) }
                (header(frame, meta))
                main #content tabindex="-1" { (body) }
                (footer(frame))
            }
        }
    }
}

fn header(frame: &Frame<'_>, meta: &Meta) -> Markup {
    let words = frame.words;
    html! {
        header.top {
            div.bar {
                a.brand href=(frame.local("/")) {
                    svg viewBox="0 0 32 32" aria-hidden="true" {
                        path d="M8 25h16M11 25l1.5-9h7L21 25M9 16h14l1.5-5h-17z" {}
                    }
                    span { strong { (frame.house()) } small { (words.press_centre) } }
                }
                nav.tongues aria-label=(words.languages) {
                    @for lang in LANGUAGES {
                        @if lang == words.lang {
                            span aria-current="true" lang=(lang) { (language_name(lang)) }
                        } @else {
                            a href={ "/" (lang) (meta.path) } lang=(lang) hreflang=(lang) rel="alternate" { (language_name(lang)) }
                        }
                    }
                }
                a.search-link href=(frame.local("/search")) { (words.search) }
                a.sign-in href="/app/" { (words.sign_in) }
            }
        }
    }
}

fn footer(frame: &Frame<'_>) -> Markup {
    let words = frame.words;
    html! {
        footer.bottom {
            div.bar {
                p { (frame.house()) }
                ul {
                    li { a href=(frame.local("/calendar.ics")) { (words.calendar) } }
                    li { a href=(frame.local("/feed.atom")) { (words.feed) } }
                    li { a href=(frame.local("/corrections")) { (words.register_title) } }
                    li { a href=(frame.local("/quote-check")) { (words.quote_check) } }
                    li { a href=(frame.local("/signatures")) { (words.signatures) } }
                    @if let Some(contact) = frame.contact {
                        li { (words.contact) ": " (contact) }
                    }
                }
            }
        }
    }
}

/// A moment of an event in its own zone; `press.js` adds the reader's.
pub fn moment(frame: &Frame<'_>, at: Timestamp, zone: &str) -> Markup {
    html! {
        time datetime=(dates::iso(at)) data-zone=(zone) data-your=(frame.words.your_time) { (dates::date_time(frame.words, at, zone)) }
    }
}

/// A text in the reader's language, marked when it is in another.
pub fn text(frame: &Frame<'_>, text: &Text) -> Markup {
    let shown = text.read(frame.lang());
    let lang = text
        .0
        .iter()
        .find(|(_, value)| value.as_str() == shown)
        .map(|(lang, _)| lang.as_str());
    match lang.filter(|lang| *lang != frame.lang() && !text.0.contains_key(frame.lang())) {
        Some(lang) => html! { span lang=(lang) { (shown) } },
        None => html! { (shown) },
    }
}

/// JSON that cannot end the script element it stands in.
fn inline_json(value: &Value) -> String {
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}
