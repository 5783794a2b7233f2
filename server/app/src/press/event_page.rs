//! The page of one event until its record is published: what, when, under which rules, and how to take part.

use crate::press::{
    dates,
    layout::{Frame, Meta, moment, page, text},
    public::PublicEvent,
    structured,
    words::language_name,
};
use maud::{Markup, html};
use rostrum_domain::{
    event::{Attendance, EventState},
    time::Timestamp,
};

pub fn event_page(frame: &Frame<'_>, event: &PublicEvent) -> Markup {
    let words = frame.words;
    let mut meta = Meta::page(
        event.path.clone(),
        event.title.read(frame.lang()),
        format!(
            "{}. {}",
            dates::date_time(words, event.starts_at, &event.zone),
            event.description.read(frame.lang())
        ),
    );
    meta.alternates = vec![
        (
            "text/calendar",
            format!("{}.ics", frame.local(&event.path)),
            words.add_to_calendar.to_owned(),
        ),
        (
            "application/json",
            format!("{}.json", frame.local(&event.path)),
            words.data_file.to_owned(),
        ),
    ];
    meta.structured = vec![structured::event(frame, event)];
    let body = html! {
        article.event {
            p.number {
                a href=(frame.local(&format!("/{}", event.series))) { (text(frame, &event.series_name)) }
                " · " (words.number) " " (event.number) "/" (event.year)
            }
            h1 { (text(frame, &event.title)) }
            (state(frame, event))
            (facts(frame, event))
            (description(frame, event))
            (rules(frame, event))
        }
    };
    page(frame, &meta, body)
}

fn state(frame: &Frame<'_>, event: &PublicEvent) -> Markup {
    let words = frame.words;
    html! {
        @match event.state {
            EventState::Announced => {
                p.left { (dates::time_left(words, frame.now, event.starts_at)) }
                p.actions {
                    @if frame.now < event.registration_closes_at {
                        a.button href={ "/app/register/" (event.id) } { (words.register) }
                    }
                    a.button.quiet href={ (frame.local(&event.path)) ".ics" } { (words.add_to_calendar) }
                }
                @if frame.now < event.registration_closes_at { p.muted { (words.register_note) } }
            }
            EventState::Live => {
                p { span.on-air { (words.live) } " " (words.live_note) }
                p.actions { a.button href={ "/app/room/" (event.id) } { (words.enter_room) } }
            }
            EventState::Cancelled => {
                div.notice role="note" {
                    p { strong { (words.cancelled) } ". " (words.cancelled_note) }
                    @if let Some(reason) = &event.cancel_reason { p { (reason) } }
                }
            }
            _ => div.notice role="note" { p { (words.ended_note) } },
        }
    }
}

fn facts(frame: &Frame<'_>, event: &PublicEvent) -> Markup {
    let words = frame.words;
    let attendance = match event.attendance {
        Attendance::Online => words.online,
        Attendance::OnSite => words.on_site,
        Attendance::Mixed => words.mixed,
    };
    html! {
        dl.facts {
            div {
                dt { (words.when) }
                dd {
                    (moment(frame, event.starts_at, &event.zone))
                    " " (words.lasts_until) " "
                    time datetime=(dates::iso(event.ends_at)) { (dates::time(words, event.ends_at, &event.zone)) }
                    br;
                    span.muted { (dates::date_time(words, event.starts_at, "UTC")) }
                }
            }
            div { dt { (words.place) } dd { (attendance) } }
            div {
                dt { (words.spoken_languages) }
                dd { (event.languages.iter().map(|tag| language_name(tag)).collect::<Vec<_>>().join(", ")) }
            }
            @if !event.is_over() {
                div { dt { (words.registration) } dd { (deadline(frame, event.registration_closes_at, &event.zone)) } }
                div {
                    dt { (words.questions) }
                    dd { (deadline(frame, event.questions_close_at, &event.zone)) br; span.muted { (words.questions_note) } }
                }
            }
        }
    }
}

fn deadline(frame: &Frame<'_>, at: Timestamp, zone: &str) -> Markup {
    let words = frame.words;
    let sentence = if frame.now < at {
        words.open_until
    } else {
        words.closed_since
    };
    let (before, after) = sentence.split_once("{}").unwrap_or((sentence, ""));
    html! { (before) time datetime=(dates::iso(at)) { (dates::date_time(words, at, zone)) } (after) }
}

fn description(frame: &Frame<'_>, event: &PublicEvent) -> Markup {
    let words = event.description.read(frame.lang());
    html! {
        @if !words.trim().is_empty() {
            section.prose aria-labelledby="about" {
                h2 #about { (frame.words.about) }
                @for paragraph in words.split("\n\n") { p { (paragraph) } }
            }
        }
    }
}

fn rules(frame: &Frame<'_>, event: &PublicEvent) -> Markup {
    let (words, rules) = (frame.words, &event.rules);
    html! {
        section.prose aria-labelledby="rules" {
            h2 #rules { (words.ground_rules) }
            @for paragraph in rules.text.read(frame.lang()).split('\n').filter(|line| !line.trim().is_empty()) {
                p { (paragraph) }
            }
            ul {
                li { (words.follow_ups.replace("{}", &rules.follow_ups.to_string())) }
                @if rules.exchange_seconds >= 60 {
                    li { (words.exchange_minutes.replace("{}", &(rules.exchange_seconds / 60).to_string())) }
                }
            }
        }
    }
}
