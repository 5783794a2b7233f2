//! Answers in the reader's language: a page, a machine form, or the page that stands where nothing is.

use crate::{
    App,
    http::Problem,
    press::{
        layout::Frame,
        missing_page,
        respond::{Failure, document, html},
        words::{Words, words, words_or_default},
    },
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use maud::Markup;

/// For every address that nothing answers: a page for people, a problem document for programs.
pub async fn not_found(State(app): State<App>, uri: Uri, request: HeaderMap) -> Response {
    let accepted = request
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !accepted.contains("text/html") {
        return Problem::missing().into_response();
    }
    missing(&app, &request, uri.path().split('/').nth(1).unwrap_or_default())
}

/// Answers with a page; what is not there is a page too.
pub fn show(app: &App, request: &HeaderMap, lang: &str, page: Result<Markup, Failure>) -> Response {
    match page {
        Ok(page) => html(request, StatusCode::OK, lang, page),
        Err(Failure::NotFound) => missing(app, request, lang),
        Err(failure) => failure.into_response(),
    }
}

/// Answers with a machine form.
pub fn give(
    app: &App,
    request: &HeaderMap,
    lang: &str,
    media_type: &'static str,
    body: Result<impl Into<Vec<u8>>, Failure>,
) -> Response {
    match body {
        Ok(body) => document(request, media_type, body),
        Err(Failure::NotFound) => missing(app, request, lang),
        Err(failure) => failure.into_response(),
    }
}

/// What stands where nothing is. The interface's own addresses answer programs.
pub fn missing(app: &App, request: &HeaderMap, lang: &str) -> Response {
    if lang == "api" {
        return Problem::missing().into_response();
    }
    let words = words(lang).unwrap_or_else(|| words_or_default(&app.config.house.language));
    let page = missing_page::missing_page(&framed(app, words));
    html(request, StatusCode::NOT_FOUND, words.lang, page)
}

/// What every page knows; nothing is in a language the press centre does not have.
pub fn frame<'a>(app: &'a App, lang: &str) -> Result<Frame<'a>, Failure> {
    words(lang).map(|words| framed(app, words)).ok_or(Failure::NotFound)
}

fn framed<'a>(app: &'a App, words: &'static Words) -> Frame<'a> {
    Frame {
        words,
        base: app.config.public_url(),
        house: &app.config.house.name,
        contact: app.config.house.contact.as_deref(),
        now: app.now(),
    }
}
