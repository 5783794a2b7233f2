//! Atom 1.0: advisories (announced events) and records. Ids never change, `updated` moves only with the thing itself.

use crate::press::{
    dates,
    layout::Frame,
    public::{PublicEdition, PublicEvent},
};
use atom_syndication::{Entry, Feed, FixedDateTime, Generator, Link, Person, Text};
use rostrum_domain::{event::EventState, time::Timestamp};

/// An event, and the newest and first edition of its record.
pub struct Item {
    pub event: PublicEvent,
    pub record: Option<(PublicEdition, Timestamp)>,
}

pub fn feed(frame: &Frame<'_>, path: &str, page: &str, title: &str, items: &[Item]) -> String {
    let mut entries: Vec<Entry> = items
        .iter()
        .flat_map(|item| [record(frame, item), Some(advisory(frame, &item.event))])
        .flatten()
        .collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.updated));
    let feed = Feed {
        title: Text::plain(title),
        id: frame.absolute(path),
        updated: entries
            .first()
            .map(|entry| entry.updated)
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
            link("self", "application/atom+xml", frame.absolute(path)),
            link("alternate", "text/html", frame.absolute(page)),
        ],
        lang: Some(frame.lang().to_owned()),
        entries,
        ..Feed::default()
    };
    feed.to_string()
}

fn advisory(frame: &Frame<'_>, event: &PublicEvent) -> Entry {
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
    Entry {
        title: Text::plain(if event.is_over() && event.state != EventState::Cancelled {
            title.to_owned()
        } else {
            format!("{mark}: {title}")
        }),
        id: format!("urn:uuid:{}", event.id),
        updated: fixed(updated),
        published: Some(fixed(event.announced_at)),
        links: vec![link("alternate", "text/html", frame.absolute(&event.path))],
        summary: Some(Text::plain(format!(
            "{}. {}",
            dates::date_time(words, event.starts_at, &event.zone),
            event.description.read(frame.lang())
        ))),
        ..Entry::default()
    }
}

fn record(frame: &Frame<'_>, item: &Item) -> Option<Entry> {
    let (newest, first) = item.record.as_ref()?;
    let (event, words) = (&item.event, frame.words);
    Some(Entry {
        title: Text::plain(format!("{}: {}", words.record, event.title.read(frame.lang()))),
        id: format!("{}#record", frame.absolute(&event.path)),
        updated: fixed(newest.published_at),
        published: Some(fixed(*first)),
        links: vec![
            link("alternate", "text/html", frame.absolute(&event.path)),
            link(
                "describedby",
                "application/json",
                format!("{}.edition.json", frame.absolute(&event.path)),
            ),
        ],
        summary: Some(Text::plain(format!("{} {}", words.edition, newest.number))),
        ..Entry::default()
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
