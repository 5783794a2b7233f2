//! The public addresses. A path's last part carries the form: nothing for the page, a suffix of `forms::FORMS`, `.ics` or
//! `.edition.json` for machines.

use crate::{
    App,
    press::{
        answer::{frame, give, missing, show},
        calendar, event_routes, feed_routes,
        files::{key, media, news_map, robots, script, site_map, style},
        home_page::{self, Listing},
        oembed, search_routes, signatures_page, source,
        words::{LANGUAGES, words, words_or_default},
    },
    store::editions,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

/// Bytes of a pasted sentence with its encoding; longer ones are refused before they are read.
const PASTED: usize = 32 * 1024;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(root))
        .route("/press.css", get(style))
        .route("/press.js", get(script))
        .route("/robots.txt", get(robots))
        .route("/sitemap.xml", get(site_map))
        .route("/keys/{file}", get(key))
        .route("/media/{edition}/{file}", get(media))
        .route("/{lang}", get(bare_language))
        .route("/{lang}/", get(home))
        .route("/news-sitemap.xml", get(news_map))
        .route("/oembed", get(oembed::oembed))
        .route("/{lang}/feed.atom", get(feed_routes::home_atom))
        .route("/{lang}/feed.json", get(feed_routes::home_json))
        .route("/{lang}/corrections", get(feed_routes::register))
        .route("/{lang}/corrections/feed.atom", get(feed_routes::corrections_atom))
        .route("/{lang}/corrections/feed.json", get(feed_routes::corrections_json))
        .route("/{lang}/calendar.ics", get(home_calendar))
        .route("/{lang}/signatures", get(signatures))
        .route("/{lang}/search", get(search_routes::search))
        .route(
            "/{lang}/quote-check",
            get(search_routes::quote_form)
                .post(search_routes::quote_check)
                .layer(DefaultBodyLimit::max(PASTED)),
        )
        .route("/{lang}/{file}", get(series))
        .route("/{lang}/{series}/feed.atom", get(feed_routes::series_atom))
        .route("/{lang}/{series}/feed.json", get(feed_routes::series_json))
        .route("/{lang}/{series}/", get(whole_series))
        .route("/{lang}/{series}/{year}", get(whole_year))
        .route("/{lang}/{series}/{year}/{file}", get(event_routes::event))
        .route(
            "/{lang}/{series}/{year}/{number}/edition/{file}",
            get(event_routes::edition),
        )
        .route(
            "/{lang}/{series}/{year}/{number}/edition/{file}/captions.vtt",
            get(event_routes::edition_captions),
        )
}

/// To the reader's language, as their browser tells.
async fn root(State(app): State<App>, request: HeaderMap) -> Redirect {
    let wished = request
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .split(',')
        .filter_map(|part| part.split([';', '-']).next())
        .map(str::trim)
        .find(|tag| LANGUAGES.contains(tag))
        .unwrap_or(&app.config.house.language);
    Redirect::to(&format!("/{}/", words_or_default(wished).lang))
}

async fn bare_language(Path(lang): Path<String>, State(app): State<App>, request: HeaderMap) -> Response {
    match words(&lang) {
        Some(words) => Redirect::permanent(&format!("/{}/", words.lang)).into_response(),
        None => missing(&app, &request, &lang),
    }
}

async fn home(Path(lang): Path<String>, State(app): State<App>, request: HeaderMap) -> Response {
    show(
        &app,
        &request,
        &lang,
        async {
            let frame = frame(&app, &lang)?;
            let events = source::listing(&app, None)
                .await?
                .into_iter()
                .map(|item| item.event)
                .collect();
            let series = source::all_series(&app)
                .await?
                .into_iter()
                .map(|(_, series)| series)
                .collect();
            Ok(home_page::home(&frame, &Listing { events, series }))
        }
        .await,
    )
}

async fn home_calendar(Path(lang): Path<String>, State(app): State<App>, request: HeaderMap) -> Response {
    give(
        &app,
        &request,
        &lang,
        "text/calendar; charset=utf-8",
        async {
            let frame = frame(&app, &lang)?;
            let events: Vec<_> = source::listing(&app, None)
                .await?
                .into_iter()
                .map(|item| item.event)
                .collect();
            Ok(calendar::calendar(&frame, frame.house(), &events))
        }
        .await,
    )
}

async fn signatures(Path(lang): Path<String>, State(app): State<App>, request: HeaderMap) -> Response {
    show(
        &app,
        &request,
        &lang,
        async {
            let frame = frame(&app, &lang)?;
            let keys = editions::keys(&mut *app.db.read().await?).await?;
            Ok(signatures_page::signatures_page(
                &frame,
                &keys,
                app.keys.editions.current_id(),
            ))
        }
        .await,
    )
}

/// A series' page, or its calendar as `{slug}.ics`.
async fn series(Path((lang, file)): Path<(String, String)>, State(app): State<App>, request: HeaderMap) -> Response {
    if let Some(slug) = file.strip_suffix(".ics") {
        return give(
            &app,
            &request,
            &lang,
            "text/calendar; charset=utf-8",
            async {
                let frame = frame(&app, &lang)?;
                let series = source::series_by_slug(&app, slug).await?;
                let items = source::listing(&app, Some(&series)).await?;
                let events: Vec<_> = items.into_iter().map(|item| item.event).collect();
                Ok(calendar::calendar(&frame, series.name.read(frame.lang()), &events))
            }
            .await,
        );
    }
    show(
        &app,
        &request,
        &lang,
        async {
            let frame = frame(&app, &lang)?;
            let series = source::series_by_slug(&app, &file).await?;
            let events: Vec<_> = source::listing(&app, Some(&series))
                .await?
                .into_iter()
                .map(|item| item.event)
                .collect();
            Ok(home_page::series(&frame, &source::public_series(&series), &events))
        }
        .await,
    )
}

/// A series has one address.
async fn whole_series(
    Path((lang, slug)): Path<(String, String)>,
    State(app): State<App>,
    request: HeaderMap,
) -> Response {
    to_series(&app, &request, &lang, &slug)
}

/// Who shortens the address of an event lands on its series.
async fn whole_year(
    Path((lang, slug, _)): Path<(String, String, String)>,
    State(app): State<App>,
    request: HeaderMap,
) -> Response {
    to_series(&app, &request, &lang, &slug)
}

/// Only to an address that could be one of ours: what stands in a path may be anything.
fn to_series(app: &App, request: &HeaderMap, lang: &str, slug: &str) -> Response {
    let is_slug = !slug.is_empty() && slug.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match words(lang).filter(|_| is_slug) {
        Some(words) => Redirect::to(&format!("/{}/{slug}", words.lang)).into_response(),
        None => missing(app, request, lang),
    }
}
