//! Addresses of one event: its page, its record once released, every edition, and the machine forms of each.

use crate::{
    App,
    press::{
        PublicEvent, PublicRecord,
        answer::{frame, give, missing, show},
        calendar, event_page,
        forms::{self, FORMS},
        record_page,
        respond::Failure,
        source,
    },
    publication::bundle,
    store::editions,
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};

/// An event's page, its record once released, or one of its machine forms.
pub async fn event(
    Path((lang, slug, year, file)): Path<(String, String, String, String)>,
    State(app): State<App>,
    request: HeaderMap,
) -> Response {
    let (number, suffix) = split(&file);
    let load = || source::event(&app, &slug, &year, number, None);
    match suffix {
        None => {
            let page = async {
                let frame = frame(&app, &lang)?;
                Ok(match load().await? {
                    (event, Some(record)) => record_page::record_page(&frame, &event, &record, true),
                    (event, None) => event_page::event_page(&frame, &event),
                })
            };
            show(&app, &request, &lang, page.await)
        }
        Some("ics") => {
            let body = async {
                let frame = frame(&app, &lang)?;
                let (event, _) = load().await?;
                let title = event.title.read(frame.lang());
                Ok(calendar::calendar(&frame, title, std::slice::from_ref(&event)))
            };
            give(&app, &request, &lang, "text/calendar; charset=utf-8", body.await)
        }
        Some("json") => {
            let body = async {
                frame(&app, &lang)?;
                let (event, record) = load().await?;
                Ok(serde_json::json!({ "event": event, "record": record }).to_string())
            };
            give(&app, &request, &lang, "application/json", body.await)
        }
        Some(suffix) => form(&app, &request, &lang, suffix, load().await, None).await,
    }
}

/// An edition by its number, also when a later one has replaced it; with a suffix, one of its machine forms.
pub async fn edition(
    Path((lang, slug, year, number, file)): Path<(String, String, String, String, String)>,
    State(app): State<App>,
    request: HeaderMap,
) -> Response {
    let (edition, suffix) = split(&file);
    let Some(edition) = edition
        .parse::<u32>()
        .ok()
        .filter(|number| number.to_string() == edition)
    else {
        return missing(&app, &request, &lang);
    };
    let loaded = source::event(&app, &slug, &year, &number, Some(edition)).await;
    match suffix {
        None => {
            let page = async {
                let frame = frame(&app, &lang)?;
                let (event, record) = loaded?;
                let record = record.ok_or(Failure::NotFound)?;
                Ok(record_page::record_page(&frame, &event, &record, false))
            };
            show(&app, &request, &lang, page.await)
        }
        Some("json") => {
            let body = async {
                frame(&app, &lang)?;
                let (event, record) = loaded?;
                let record = record.ok_or(Failure::NotFound)?;
                Ok(serde_json::json!({ "event": event, "record": record }).to_string())
            };
            give(&app, &request, &lang, "application/json", body.await)
        }
        Some(suffix) => form(&app, &request, &lang, suffix, loaded, Some(edition)).await,
    }
}

pub async fn edition_captions(
    Path((lang, slug, year, number, edition)): Path<(String, String, String, String, u32)>,
    State(app): State<App>,
    request: HeaderMap,
) -> Response {
    let loaded = source::event(&app, &slug, &year, &number, Some(edition)).await;
    form(&app, &request, &lang, "vtt", loaded, Some(edition)).await
}

/// `1.csl.json` is number 1 in the form `csl.json`.
fn split(file: &str) -> (&str, Option<&str>) {
    match file.split_once('.') {
        Some((number, suffix)) => (number, Some(suffix)),
        None => (file, None),
    }
}

async fn form(
    app: &App,
    request: &HeaderMap,
    lang: &str,
    suffix: &str,
    loaded: Result<(PublicEvent, Option<PublicRecord>), Failure>,
    edition: Option<u32>,
) -> Response {
    if suffix == "edition.json" {
        return give(
            app,
            request,
            lang,
            "application/json",
            signed(app, lang, loaded, edition).await,
        );
    }
    let Some(form) = FORMS.iter().find(|form| form.suffix == suffix) else {
        return missing(app, request, lang);
    };
    let body = async {
        let frame = frame(app, lang)?;
        let (_, record) = loaded?;
        forms::render(&frame, &record.ok_or(Failure::NotFound)?, suffix)
    };
    give(app, request, lang, form.media_type, body.await)
}

async fn signed(
    app: &App,
    lang: &str,
    loaded: Result<(PublicEvent, Option<PublicRecord>), Failure>,
    edition: Option<u32>,
) -> Result<Vec<u8>, Failure> {
    frame(app, lang)?;
    let (event, _) = loaded?;
    let mut reader = app.db.read().await?;
    let stored = editions::get(&mut reader, event.id, edition)
        .await?
        .ok_or(Failure::NotFound)?;
    bundle::bytes(&mut reader, &stored)
        .await
        .map_err(|error| Failure::Broken(error.to_string()))
}
