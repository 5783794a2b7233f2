//! The public addresses. A path's last part carries the form: nothing for the page, `.ics`, `.json`, `.vtt`, `.srt`, `.txt`
//! and `.edition.json` for machines.

use crate::{
    App,
    press::{
        PublicEvent, PublicRecord,
        answer::{frame, give, missing, show},
        calendar, event_page, feed,
        files::{key, media, robots, script, site_map, style},
        home_page::{self, Listing},
        layout::Frame,
        record_page,
        respond::Failure,
        signatures_page, source,
        words::{LANGUAGES, words, words_or_default},
    },
    publication::bundle,
    store::editions,
};
use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use rostrum_domain::publication;

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
        .route("/{lang}/feed.atom", get(home_feed))
        .route("/{lang}/calendar.ics", get(home_calendar))
        .route("/{lang}/signatures", get(signatures))
        .route("/{lang}/{file}", get(series))
        .route("/{lang}/{series}/feed.atom", get(series_feed))
        .route("/{lang}/{series}/", get(whole_series))
        .route("/{lang}/{series}/{year}", get(whole_year))
        .route("/{lang}/{series}/{year}/{file}", get(event))
        .route("/{lang}/{series}/{year}/{number}/edition/{edition}", get(edition))
        .route(
            "/{lang}/{series}/{year}/{number}/edition/{edition}/captions.vtt",
            get(edition_captions),
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

async fn home_feed(Path(lang): Path<String>, State(app): State<App>, request: HeaderMap) -> Response {
    give(
        &app,
        &request,
        &lang,
        "application/atom+xml; charset=utf-8",
        async {
            let frame = frame(&app, &lang)?;
            let items = source::listing(&app, None).await?;
            Ok(feed::feed(&frame, "/feed.atom", "/", frame.house(), &items))
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

async fn series_feed(
    Path((lang, slug)): Path<(String, String)>,
    State(app): State<App>,
    request: HeaderMap,
) -> Response {
    give(
        &app,
        &request,
        &lang,
        "application/atom+xml; charset=utf-8",
        async {
            let frame = frame(&app, &lang)?;
            let series = source::series_by_slug(&app, &slug).await?;
            let items = source::listing(&app, Some(&series)).await?;
            let page = format!("/{slug}");
            Ok(feed::feed(
                &frame,
                &format!("{page}/feed.atom"),
                &page,
                series.name.read(frame.lang()),
                &items,
            ))
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

/// An event's page, its record once released, or one of its machine forms.
async fn event(
    Path((lang, slug, year, file)): Path<(String, String, String, String)>,
    State(app): State<App>,
    request: HeaderMap,
) -> Response {
    let (number, suffix) = match file.split_once('.') {
        Some((number, suffix)) => (number, Some(suffix)),
        None => (file.as_str(), None),
    };
    let load = || source::event(&app, &slug, &year, number, None);
    match suffix {
        None => show(
            &app,
            &request,
            &lang,
            async {
                let frame = frame(&app, &lang)?;
                Ok(match load().await? {
                    (event, Some(record)) => record_page::record_page(&frame, &event, &record, true),
                    (event, None) => event_page::event_page(&frame, &event),
                })
            }
            .await,
        ),
        Some("ics") => give(
            &app,
            &request,
            &lang,
            "text/calendar; charset=utf-8",
            async {
                let frame = frame(&app, &lang)?;
                let (event, _) = load().await?;
                Ok(calendar::calendar(
                    &frame,
                    event.title.read(frame.lang()),
                    std::slice::from_ref(&event),
                ))
            }
            .await,
        ),
        Some("json") => give(
            &app,
            &request,
            &lang,
            "application/json",
            async {
                frame(&app, &lang)?;
                let (event, record) = load().await?;
                Ok(serde_json::json!({ "event": event, "record": record }).to_string())
            }
            .await,
        ),
        Some("vtt") => give(
            &app,
            &request,
            &lang,
            "text/vtt; charset=utf-8",
            async {
                let frame = frame(&app, &lang)?;
                Ok(captions(&frame, &released(load().await?)?))
            }
            .await,
        ),
        Some("srt") => give(
            &app,
            &request,
            &lang,
            "application/x-subrip; charset=utf-8",
            async {
                frame(&app, &lang)?;
                Ok(publication::subtitles(&released(load().await?)?.content))
            }
            .await,
        ),
        Some("txt") => give(
            &app,
            &request,
            &lang,
            "text/plain; charset=utf-8",
            async {
                let frame = frame(&app, &lang)?;
                let record = released(load().await?)?;
                Ok(publication::plain_text(&record.content, &heading(&frame, &record)))
            }
            .await,
        ),
        Some("edition.json") => give(
            &app,
            &request,
            &lang,
            "application/json",
            async {
                frame(&app, &lang)?;
                let (event, _) = load().await?;
                let mut reader = app.db.read().await?;
                let stored = editions::get(&mut reader, event.id, None)
                    .await?
                    .ok_or(Failure::NotFound)?;
                let bytes = bundle::bytes(&mut reader, &stored)
                    .await
                    .map_err(|error| Failure::Broken(error.to_string()))?;
                String::from_utf8(bytes).map_err(|error| Failure::Broken(error.to_string()))
            }
            .await,
        ),
        Some(_) => missing(&app, &request, &lang),
    }
}

/// An edition by its number, also when a later one has replaced it.
async fn edition(
    Path((lang, slug, year, number, edition)): Path<(String, String, String, String, u32)>,
    State(app): State<App>,
    request: HeaderMap,
) -> Response {
    show(
        &app,
        &request,
        &lang,
        async {
            let frame = frame(&app, &lang)?;
            let (event, record) = source::event(&app, &slug, &year, &number, Some(edition)).await?;
            Ok(record_page::record_page(
                &frame,
                &event,
                &released((event.clone(), record))?,
                false,
            ))
        }
        .await,
    )
}

async fn edition_captions(
    Path((lang, slug, year, number, edition)): Path<(String, String, String, String, u32)>,
    State(app): State<App>,
    request: HeaderMap,
) -> Response {
    give(
        &app,
        &request,
        &lang,
        "text/vtt; charset=utf-8",
        async {
            let frame = frame(&app, &lang)?;
            Ok(captions(
                &frame,
                &released(source::event(&app, &slug, &year, &number, Some(edition)).await?)?,
            ))
        }
        .await,
    )
}

fn released((_, record): (PublicEvent, Option<PublicRecord>)) -> Result<PublicRecord, Failure> {
    record.ok_or(Failure::NotFound)
}

fn captions(frame: &Frame<'_>, record: &PublicRecord) -> String {
    publication::captions(&record.content, &heading(frame, record))
}

fn heading(frame: &Frame<'_>, record: &PublicRecord) -> rostrum_domain::caption::Heading {
    publication::heading(
        &record.content,
        &record.manifest,
        &record.edition.manifest_sha256,
        frame.base,
        frame.lang(),
    )
}
