//! Addresses of feeds: the house, each series and the corrections, as `feed.atom` and `feed.json`; and the register itself.

use crate::{
    App,
    press::{
        answer::{frame, give, show},
        feed::{self, About, News},
        layout::Frame,
        register,
        respond::Failure,
        source,
    },
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};

const ATOM: &str = "application/atom+xml; charset=utf-8";
const JSON: &str = "application/feed+json; charset=utf-8";

pub async fn home_atom(Path(lang): Path<String>, State(app): State<App>, request: HeaderMap) -> Response {
    give(&app, &request, &lang, ATOM, home(&app, &lang, feed::atom).await)
}

pub async fn home_json(Path(lang): Path<String>, State(app): State<App>, request: HeaderMap) -> Response {
    give(&app, &request, &lang, JSON, home(&app, &lang, feed::json_feed).await)
}

pub async fn series_atom(
    Path((lang, slug)): Path<(String, String)>,
    State(app): State<App>,
    request: HeaderMap,
) -> Response {
    give(
        &app,
        &request,
        &lang,
        ATOM,
        series(&app, &lang, &slug, feed::atom).await,
    )
}

pub async fn series_json(
    Path((lang, slug)): Path<(String, String)>,
    State(app): State<App>,
    request: HeaderMap,
) -> Response {
    let body = series(&app, &lang, &slug, feed::json_feed).await;
    give(&app, &request, &lang, JSON, body)
}

pub async fn corrections_atom(Path(lang): Path<String>, State(app): State<App>, request: HeaderMap) -> Response {
    give(&app, &request, &lang, ATOM, corrections(&app, &lang, feed::atom).await)
}

pub async fn corrections_json(Path(lang): Path<String>, State(app): State<App>, request: HeaderMap) -> Response {
    give(
        &app,
        &request,
        &lang,
        JSON,
        corrections(&app, &lang, feed::json_feed).await,
    )
}

pub async fn register(Path(lang): Path<String>, State(app): State<App>, request: HeaderMap) -> Response {
    let page = async {
        let frame = frame(&app, &lang)?;
        Ok(register::register_page(&frame, &register::corrections(&app).await?))
    };
    show(&app, &request, &lang, page.await)
}

type Writer = fn(&Frame<'_>, &About<'_>, &[News]) -> String;

async fn home(app: &App, lang: &str, write: Writer) -> Result<String, Failure> {
    let frame = frame(app, lang)?;
    let news = feed::news(&frame, &source::listing(app, None).await?);
    let about = About {
        path: "/feed",
        page: "/",
        title: frame.house(),
    };
    Ok(write(&frame, &about, &news))
}

async fn series(app: &App, lang: &str, slug: &str, write: Writer) -> Result<String, Failure> {
    let frame = frame(app, lang)?;
    let series = source::series_by_slug(app, slug).await?;
    let news = feed::news(&frame, &source::listing(app, Some(&series)).await?);
    let about = About {
        path: &format!("/{slug}/feed"),
        page: &format!("/{slug}"),
        title: series.name.read(frame.lang()),
    };
    Ok(write(&frame, &about, &news))
}

async fn corrections(app: &App, lang: &str, write: Writer) -> Result<String, Failure> {
    let frame = frame(app, lang)?;
    let news = feed::corrections(&frame, &register::corrections(app).await?);
    let about = About {
        path: "/corrections/feed",
        page: "/corrections",
        title: frame.words.register_title,
    };
    Ok(write(&frame, &about, &news))
}
