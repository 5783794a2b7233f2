//! What is new, for feed readers: advisories (announced events), records and corrections, as Atom 1.0 and as JSON Feed 1.1.
//! Ids never change, `updated` moves only with the thing itself.

use crate::press::{
    dates,
    layout::Frame,
    public::{PublicEdition, PublicEvent},
    register::Corrected,
};
use atom_syndication::{Entry, Feed, FixedDateTime, Generator, Link, Person, Text};
use rostrum_domain::{event::EventState, time::Timestamp};
use serde_json::{Value, json};

/// An event, and the newest and first edition of its record.
pub struct Item {
    pub event: PublicEvent,
    pub record: Option<(PublicEdition, Timestamp)>,
}

/// One entry of a feed.
pub struct News {
    title: String,
    id: String,
    url: String,
    /// The signed edition, where there is one.
    data: Option<String>,
    updated: Timestamp,
    published: Timestamp,
    summary: String,
}

/// What a feed says about itself. Addresses are without language.
pub struct About<'a> {
    /// Without the suffix that tells Atom from JSON.
    pub path: &'a str,
    pub page: &'a str,
    pub title: &'a str,
}

/// Advisories and records, newest first.
pub fn news(frame: &Frame<'_>, items: &[Item]) -> Vec<News> {
    let mut news: Vec<News> = items
        .iter()
        .flat_map(|item| [record(frame, item), Some(advisory(frame, &item.event))])
        .flatten()
        .collect();
    news.sort_by_key(|entry| std::cmp::Reverse(entry.updated));
    news
}

/// Corrections, newest first as they come.
pub fn corrections(frame: &Frame<'_>, corrections: &[Corrected]) -> Vec<News> {
    corrections
        .iter()
        .map(|corrected| {
            let event = &corrected.event;
            News {
                title: format!(
                    "{}: {} {}/{}",
                    frame.words.corrections,
                    event.series_name.read(frame.lang()),
                    event.number,
                    event.year
                ),
                id: format!(
                    "{}/edition/{}#correction",
                    frame.absolute(&event.path),
                    corrected.edition
                ),
                url: format!("{}#{}", frame.absolute("/corrections"), corrected.id()),
                data: None,
                updated: corrected.at,
                published: corrected.at,
                summary: corrected.text.read(frame.lang()).to_owned(),
            }
        })
        .collect()
}

pub fn atom(frame: &Frame<'_>, about: &About<'_>, news: &[News]) -> String {
    let path = format!("{}.atom", about.path);
    let feed = Feed {
        title: Text::plain(about.title),
        id: frame.absolute(&path),
        updated: news
            .first()
            .map(|entry| fixed(entry.updated))
            .unwrap_or_else(|| fixed(Timestamp(0))),
        authors: vec![Person {
            name: frame.house().to_owned(),
            ..Person::default()
        }],
        generator: Some(Generator {
            value: "Rostrum".to_owned(),
            ..Generator::default()
        }),
        links: vec![
            link("self", "application/atom+xml", frame.absolute(&path)),
            link("alternate", "text/html", frame.absolute(about.page)),
        ],
        lang: Some(frame.lang().to_owned()),
        entries: news.iter().map(entry).collect(),
        ..Feed::default()
    };
    feed.to_string()
}

fn entry(news: &News) -> Entry {
    let mut links = vec![link("alternate", "text/html", news.url.clone())];
    links.extend(
        news.data
            .clone()
            .map(|data| link("describedby", "application/json", data)),
    );
    Entry {
        title: Text::plain(news.title.clone()),
        id: news.id.clone(),
        updated: fixed(news.updated),
        published: Some(fixed(news.published)),
        links,
        summary: Some(Text::plain(news.summary.clone())),
        ..Entry::default()
    }
}

/// JSON Feed 1.1 (jsonfeed.org).
pub fn json_feed(frame: &Frame<'_>, about: &About<'_>, news: &[News]) -> String {
    let items: Vec<Value> = news
        .iter()
        .map(|entry| {
            json!({
                "id": entry.id,
                "url": entry.url,
                "title": entry.title,
                "content_text": entry.summary,
                "date_published": dates::iso(entry.published),
                "date_modified": dates::iso(entry.updated),
                "language": frame.lang(),
            })
        })
        .collect();
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": about.title,
        "home_page_url": frame.absolute(about.page),
        "feed_url": frame.absolute(&format!("{}.json", about.path)),
        "language": frame.lang(),
        "authors": [{ "name": frame.house(), "url": frame.absolute("/") }],
        "items": items,
    })
    .to_string()
}

fn advisory(frame: &Frame<'_>, event: &PublicEvent) -> News {
    let words = frame.words;
    let title = event.title.read(frame.lang());
    let mark = if event.state == EventState::Cancelled {
        words.cancelled
    } else {
        words.next_briefing
    };
    // Going live and ending are no news of the advisory; a cancellation is.
    let updated = if matches!(event.state, EventState::Announced | EventState::Cancelled) {
        event.changed_at
    } else {
        event.announced_at
    };
    News {
        title: if event.is_over() && event.state != EventState::Cancelled {
            title.to_owned()
        } else {
            format!("{mark}: {title}")
        },
        id: format!("urn:uuid:{}", event.id),
        url: frame.absolute(&event.path),
        data: None,
        updated,
        published: event.announced_at,
        summary: format!(
            "{}. {}",
            dates::date_time(words, event.starts_at, &event.zone),
            event.description.read(frame.lang())
        ),
    }
}

fn record(frame: &Frame<'_>, item: &Item) -> Option<News> {
    let (newest, first) = item.record.as_ref()?;
    let (event, words) = (&item.event, frame.words);
    let url = frame.absolute(&event.path);
    Some(News {
        title: format!("{}: {}", words.record, event.title.read(frame.lang())),
        id: format!("{url}#record"),
        data: Some(format!("{url}.edition.json")),
        url,
        updated: newest.published_at,
        published: *first,
        summary: format!("{} {}", words.edition, newest.number),
    })
}

fn link(rel: &str, media_type: &str, href: String) -> Link {
    Link {
        rel: rel.to_owned(),
        mime_type: Some(media_type.to_owned()),
        href,
        ..Link::default()
    }
}

fn fixed(at: Timestamp) -> FixedDateTime {
    dates::iso(at).parse().unwrap_or_default()
}
