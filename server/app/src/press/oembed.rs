//! oEmbed 1.0: a site that is given the address of a record or of one answer can show it with speaker, edition and link.
//! What it shows is text; nothing of it loads anything.

use crate::{
    App,
    press::{
        answer::frame,
        dates,
        respond::{Failure, document},
        source,
        words::LANGUAGES,
    },
};
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::HeaderMap,
    response::Response,
};
use maud::html;
use serde::Deserialize;
use serde_json::json;

/// Characters of an answer that are given away to be embedded.
const QUOTED: usize = 600;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    url: String,
    format: String,
}

pub async fn oembed(
    State(app): State<App>,
    asked: Result<Query<Asked>, QueryRejection>,
    request: HeaderMap,
) -> Result<Response, Failure> {
    let Query(asked) = asked.unwrap_or_default();
    if !matches!(asked.format.as_str(), "" | "json") {
        return Err(Failure::NotFound);
    }
    let address = asked
        .url
        .strip_prefix(app.config.public_url())
        .ok_or(Failure::NotFound)?;
    let (path, anchor) = address.split_once('#').unwrap_or((address, ""));
    let path = path.split('?').next().unwrap_or(path);
    let mut parts = path.trim_start_matches('/').split('/');
    let (Some(lang), Some(series), Some(year), Some(number), None) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Failure::NotFound);
    };
    let lang = LANGUAGES
        .into_iter()
        .find(|known| *known == lang)
        .ok_or(Failure::NotFound)?;
    let frame = frame(&app, lang)?;
    let (event, record) = source::event(&app, series, year, number, None).await?;
    let title = event.title.read(lang).to_owned();
    let mut answer = json!({
        "version": "1.0",
        "type": "link",
        "title": title,
        "provider_name": frame.house(),
        "provider_url": frame.absolute("/"),
        "cache_age": 300,
    });
    let block = record.as_ref().and_then(|record| {
        let found =
            |block: &&rostrum_domain::publication::Block| block.anchor.is_some_and(|known| known.to_string() == anchor);
        record.content.blocks.iter().find(found).map(|block| (record, block))
    });
    if let Some((record, block)) = block {
        let said: Vec<&str> = block.segments.iter().map(|segment| segment.text.as_str()).collect();
        let said = said.join(" ");
        let shown: String = said.chars().take(QUOTED).collect();
        let more = if shown.len() < said.len() { " …" } else { "" };
        let url = format!("{}#{anchor}", frame.absolute(&event.path));
        let language = block.segments.first().map(|segment| segment.language.clone());
        let markup = html! {
            blockquote cite=(url) lang=[language] {
                p { (shown) (more) }
                footer {
                    (block.speaker.line()) ", "
                    a href=(url) { (title) ", " (dates::date(frame.words, event.starts_at, &event.zone)) }
                    " · " (frame.words.edition) " " (record.edition.number)
                }
            }
        };
        answer["type"] = json!("rich");
        answer["html"] = json!(markup.into_string());
        answer["author_name"] = json!(block.speaker.line());
        answer["width"] = json!(640);
        answer["height"] = json!(null);
    }
    Ok(document(&request, "application/json", answer.to_string()))
}
