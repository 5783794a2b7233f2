//! Addresses of search and quote check. What comes in is bounded before anything is asked of the database.

use crate::{
    App,
    press::{
        answer::{frame, show},
        quote_page::{self, Finding, Verdict},
        respond::Failure,
        search_page::{self, Results, SHOWN},
    },
    store::{
        Conn, editions,
        record_index::{self, Passage},
    },
};
use axum::{
    extract::{Path, Query, State, rejection::FormRejection, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use rostrum_domain::{
    publication::{
        quote,
        search::{MAX_WORDS, Search, excerpt},
    },
    text::words,
};
use serde::Deserialize;

/// Longest field of a search, in characters.
const FIELD: usize = 200;
/// Passages that a quote is compared with. Higher: slower, and only a little more found.
const COMPARED: i64 = 12;
/// Passages shown for one quote.
const FINDINGS: usize = 5;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    speaker: String,
    topic: String,
    outlet: String,
    year: String,
    #[serde(rename = "in")]
    language: String,
    before: String,
}

impl Asked {
    fn search(&self) -> Search {
        let field = |text: &str| text.chars().take(FIELD).collect::<String>().trim().to_owned();
        Search {
            words: field(&self.q),
            speaker: field(&self.speaker),
            topic: field(&self.topic),
            outlet: field(&self.outlet),
            year: self.year.trim().parse().ok(),
            language: field(&self.language),
        }
    }
}

pub async fn search(
    Path(lang): Path<String>,
    State(app): State<App>,
    asked: Result<Query<Asked>, QueryRejection>,
    request: HeaderMap,
) -> Response {
    let page = async {
        let frame = frame(&app, &lang)?;
        let Query(asked) = asked.unwrap_or_default();
        let search = asked.search();
        let tokens = search.tokens();
        if tokens.is_empty() {
            return Ok(search_page::search_page(&frame, &search, None));
        }
        let before = asked.before.parse().ok();
        let mut reader = app.db.read().await?;
        let mut passages =
            record_index::search(&mut reader, app.db.engine(), &tokens, before, SHOWN as i64 + 1).await?;
        let more = passages.len() > SHOWN;
        passages.truncate(SHOWN);
        let more = passages
            .last()
            .filter(|_| more)
            .map(|last| next(frame.lang(), &search, last.id));
        Ok(search_page::search_page(
            &frame,
            &search,
            Some(&Results { passages, more }),
        ))
    };
    show(&app, &request, &lang, page.await)
}

/// The same search, further back.
fn next(lang: &str, search: &Search, before: i64) -> String {
    let year = search.year.map(|year| year.to_string()).unwrap_or_default();
    let fields = [
        ("q", search.words.as_str()),
        ("speaker", &search.speaker),
        ("topic", &search.topic),
        ("outlet", &search.outlet),
        ("year", &year),
        ("in", &search.language),
    ];
    let mut address = format!("/{lang}/search?before={before}");
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        address.push_str(&format!("&{name}={}", percent(value)));
    }
    address
}

/// `application/x-www-form-urlencoded`
pub fn percent(value: &str) -> String {
    value.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Pasted {
    quote: String,
}

pub async fn quote_form(Path(lang): Path<String>, State(app): State<App>, request: HeaderMap) -> Response {
    let page = frame(&app, &lang).map(|frame| quote_page::quote_page(&frame, "", None));
    show(&app, &request, &lang, page)
}

/// The sentence comes in the body: addresses are logged and remembered, what a newsroom is about to print is not.
pub async fn quote_check(
    Path(lang): Path<String>,
    State(app): State<App>,
    request: HeaderMap,
    pasted: Result<axum::Form<Pasted>, FormRejection>,
) -> Response {
    let page = async {
        let frame = frame(&app, &lang)?;
        let verdict = match &pasted {
            Ok(pasted) => check(&app, &pasted.quote).await?,
            Err(_) => Verdict::TooLong,
        };
        let quote = pasted.as_ref().map(|pasted| pasted.quote.as_str()).unwrap_or_default();
        Ok(quote_page::quote_page(&frame, quote, Some(&verdict)))
    };
    let mut response = show(&app, &request, &lang, page.await);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn check(app: &App, pasted: &str) -> Result<Verdict, Failure> {
    if pasted.chars().count() > quote::MAX_CHARS {
        return Ok(Verdict::TooLong);
    }
    if quote::count(pasted) < quote::MIN_WORDS {
        return Ok(Verdict::TooShort);
    }
    let mut reader = app.db.read().await?;
    let mut passages = record_index::alike(&mut reader, &quote::shingles(pasted), COMPARED).await?;
    if passages.is_empty() {
        passages = by_words(app, &mut reader, pasted).await?;
    }
    let mut findings = Vec::new();
    for passage in passages {
        if let Some(found) = quote::find(pasted, &passage.text()) {
            let newest = editions::newest(&mut reader, passage.event)
                .await?
                .unwrap_or(passage.edition);
            let at_ms = begins(&passage.pieces, pasted);
            findings.push(Finding {
                passage,
                found,
                at_ms,
                newest,
            });
        }
    }
    // The newest words first among equals.
    findings.sort_by_key(|finding| (finding.found.edits, finding.passage.superseded));
    findings.truncate(FINDINGS);
    Ok(Verdict::Checked(findings))
}

/// A short quote may fall between the fingerprints: passages with all its words, else with all but one.
async fn by_words(app: &App, conn: &mut Conn, pasted: &str) -> Result<Vec<Passage>, Failure> {
    let tokens = words(pasted);
    let tokens: Vec<String> = tokens.into_iter().take(MAX_WORDS).collect();
    for left_out in std::iter::once(None).chain((0..tokens.len()).map(Some)) {
        let some: Vec<String> = tokens
            .iter()
            .enumerate()
            .filter(|(index, _)| Some(*index) != left_out)
            .map(|(_, token)| token.clone())
            .collect();
        let passages = record_index::search(conn, app.db.engine(), &some, None, COMPARED).await?;
        if !passages.is_empty() || some.is_empty() {
            return Ok(passages);
        }
    }
    Ok(Vec::new())
}

/// The piece in which most of the quote stands.
fn begins(pieces: &[(u64, String)], pasted: &str) -> u64 {
    excerpt(pieces, pasted, 0).0
}
