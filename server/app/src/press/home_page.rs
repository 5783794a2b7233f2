//! The front page and the page of one series: what comes next, what is on now, what has been published.

use crate::press::{
    dates,
    layout::{Frame, Meta, moment, page, text},
    public::PublicEvent,
    structured,
};
use maud::{Markup, html};
use rostrum_domain::{event::EventState, text::Text};

/// A series as the public sees it.
pub struct PublicSeries {
    pub slug: String,
    pub name: Text,
    pub cadence: String,
}

/// What the front page or a series page shows, latest start first.
pub struct Listing {
    pub events: Vec<PublicEvent>,
    pub series: Vec<PublicSeries>,
}

pub fn home(frame: &Frame<'_>, listing: &Listing) -> Markup {
    let words = frame.words;
    let mut meta = Meta::page("/", words.press_centre, frame.house());
    meta.alternates = alternates(frame, "/feed", "/calendar.ics");
    meta.structured = vec![structured::organisation(frame)];
    let body = html! {
        h1.visually-hidden { (words.press_centre) ", " (frame.house()) }
        (now_and_next(frame, &listing.events))
        (records(frame, &listing.events))
        section.series aria-labelledby="series" {
            h2 #series { (words.series) }
            ul.cards {
                @for series in &listing.series {
                    li.card {
                        h3 { a href=(frame.local(&format!("/{}", series.slug))) { (text(frame, &series.name)) } }
                        @if !series.cadence.is_empty() { p.muted { (series.cadence) } }
                    }
                }
            }
        }
    };
    page(frame, &meta, body)
}

pub fn series(frame: &Frame<'_>, series: &PublicSeries, events: &[PublicEvent]) -> Markup {
    let path = format!("/{}", series.slug);
    let name = series.name.read(frame.lang());
    let mut meta = Meta::page(path.clone(), name, frame.words.all_of_series);
    meta.alternates = alternates(frame, &format!("{path}/feed"), &format!("{path}.ics"));
    let body = html! {
        h1 { (text(frame, &series.name)) }
        @if !series.cadence.is_empty() { p.lead { (series.cadence) } }
        (now_and_next(frame, events))
        (records(frame, events))
    };
    page(frame, &meta, body)
}

fn now_and_next(frame: &Frame<'_>, events: &[PublicEvent]) -> Markup {
    let words = frame.words;
    let live: Vec<_> = events.iter().filter(|event| event.state == EventState::Live).collect();
    let mut coming: Vec<_> = events
        .iter()
        .filter(|event| event.state == EventState::Announced)
        .collect();
    coming.sort_by_key(|event| event.starts_at);
    html! {
        @if !live.is_empty() {
            section.live aria-labelledby="live" {
                h2 #live { span.on-air { (words.live_now) } }
                @for event in live { (headline(frame, event)) }
            }
        }
        section.next aria-labelledby="next" {
            h2 #next { (words.next_briefing) }
            @match coming.first() {
                Some(event) => (headline(frame, event)),
                None => p.empty { (words.no_next) },
            }
        }
        @if coming.len() > 1 {
            section aria-labelledby="upcoming" {
                h2 #upcoming { (words.upcoming) }
                ul.list {
                    @for event in &coming[1..] { li { (line(frame, event)) } }
                }
            }
        }
    }
}

fn records(frame: &Frame<'_>, events: &[PublicEvent]) -> Markup {
    let words = frame.words;
    let past: Vec<_> = events
        .iter()
        .filter(|event| {
            matches!(
                event.state,
                EventState::Published | EventState::Ended | EventState::Cancelled
            )
        })
        .collect();
    html! {
        section aria-labelledby="records" {
            h2 #records { (words.latest_records) }
            @if past.is_empty() { p.empty { (words.no_records) } }
            ul.list {
                @for event in past { li { (line(frame, event)) } }
            }
        }
    }
}

fn headline(frame: &Frame<'_>, event: &PublicEvent) -> Markup {
    let words = frame.words;
    let registration_open = event.state == EventState::Announced && frame.now < event.registration_closes_at;
    html! {
        article.headline {
            p.number { (text(frame, &event.series_name)) " · " (words.number) " " (event.number) "/" (event.year) }
            h3 { a href=(frame.local(&event.path)) { (text(frame, &event.title)) } }
            p.when {
                (moment(frame, event.starts_at, &event.zone))
                @if event.state == EventState::Announced {
                    " " span.left { (dates::time_left(words, frame.now, event.starts_at)) }
                }
            }
            p.actions {
                @if registration_open { a.button href={ "/app/register/" (event.id) } { (words.register) } }
                @if event.state == EventState::Live { a.button href={ "/app/room/" (event.id) } { (words.enter_room) } }
            }
        }
    }
}

fn line(frame: &Frame<'_>, event: &PublicEvent) -> Markup {
    let words = frame.words;
    html! {
        a href=(frame.local(&event.path)) { (text(frame, &event.title)) }
        p.muted {
            (words.number) " " (event.number) "/" (event.year) " · "
            time datetime=(dates::iso(event.starts_at)) { (dates::date(words, event.starts_at, &event.zone)) }
            @match event.state {
                EventState::Published => { " · " (words.record) }
                EventState::Cancelled => { " · " (words.cancelled) }
                _ => {}
            }
        }
    }
}

fn alternates(frame: &Frame<'_>, feed: &str, calendar: &str) -> Vec<(&'static str, String, String)> {
    vec![
        (
            "application/atom+xml",
            frame.local(&format!("{feed}.atom")),
            frame.words.feed.to_owned(),
        ),
        (
            "application/feed+json",
            frame.local(&format!("{feed}.json")),
            frame.words.feed.to_owned(),
        ),
        ("text/calendar", frame.local(calendar), frame.words.calendar.to_owned()),
    ]
}
