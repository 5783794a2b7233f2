//! Public files without a language: recordings of editions, keys, the style sheet, and what crawlers ask for.

use crate::{
    App,
    http::ranged,
    press::{
        PublicEvent,
        respond::{Failure, document},
        sitemap, source,
    },
    publication::{programme, sign},
    store::editions,
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use rostrum_domain::{id::EditionId, publication::Record, time::Timestamp};

const STYLE: &str = concat!(
    include_str!("../../../../web/src/tokens.css"),
    include_str!("press.css")
);

/// A media file of a released edition, in ranges.
pub async fn media(
    Path((edition, file)): Path<(EditionId, String)>,
    State(app): State<App>,
    request: HeaderMap,
) -> Result<Response, Failure> {
    let stored = editions::find(&mut *app.db.read().await?, edition)
        .await?
        .ok_or(Failure::NotFound)?;
    let record: Record = serde_json::from_slice(&stored.content).map_err(|error| Failure::Broken(error.to_string()))?;
    let listed = record
        .media
        .into_iter()
        .find(|media| media.name == file)
        .ok_or(Failure::NotFound)?;
    let path = programme::file(&app.config.data_dir, stored.event, &listed.sha256);
    let mut response = ranged::serve(&path, &listed.media_type, &listed.sha256, &request).await?;
    // An edition's file never changes.
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, forever);
    Ok(response)
}

/// A public key that signs or has signed editions, as `{key_id}.pub` in PEM (SubjectPublicKeyInfo).
pub async fn key(Path(file): Path<String>, State(app): State<App>, request: HeaderMap) -> Result<Response, Failure> {
    let key_id = file.strip_suffix(".pub").ok_or(Failure::NotFound)?;
    let used = editions::keys(&mut *app.db.read().await?).await?;
    let pem = match used.iter().find(|key| key.key_id == key_id) {
        Some(key) => sign::pem(&key.public_key),
        None => app
            .keys
            .editions
            .public(key_id)
            .and_then(|key| sign::pem(&hex::encode(key.as_bytes()))),
    };
    Ok(document(
        &request,
        "application/x-pem-file",
        pem.ok_or(Failure::NotFound)?,
    ))
}

pub async fn style(request: HeaderMap) -> Response {
    document(&request, "text/css; charset=utf-8", STYLE)
}

pub async fn script(request: HeaderMap) -> Response {
    document(&request, "text/javascript; charset=utf-8", include_str!("press.js"))
}

pub async fn robots(State(app): State<App>, request: HeaderMap) -> Response {
    document(
        &request,
        "text/plain; charset=utf-8",
        sitemap::robots(app.config.public_url()),
    )
}

pub async fn site_map(State(app): State<App>, request: HeaderMap) -> Result<Response, Failure> {
    let series: Vec<String> = source::all_series(&app)
        .await?
        .into_iter()
        .map(|(_, series)| series.slug)
        .collect();
    let events: Vec<PublicEvent> = source::listing(&app, None)
        .await?
        .into_iter()
        .map(|item| item.event)
        .collect();
    Ok(document(
        &request,
        "application/xml; charset=utf-8",
        sitemap::sitemap(app.config.public_url(), &series, &events),
    ))
}

/// Records of the last two days, for news search.
pub async fn news_map(State(app): State<App>, request: HeaderMap) -> Result<Response, Failure> {
    let since = Timestamp(app.now().micros() - 2 * 24 * 3_600 * 1_000_000);
    let records: Vec<(PublicEvent, Timestamp)> = source::listing(&app, None)
        .await?
        .into_iter()
        .filter_map(|item| Some((item.event, item.record?.1)))
        .filter(|(_, first)| *first >= since)
        .collect();
    let house = &app.config.house;
    Ok(document(
        &request,
        "application/xml; charset=utf-8",
        sitemap::news(app.config.public_url(), &house.name, &records),
    ))
}
