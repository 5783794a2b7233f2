//! iCalendar (RFC 5545, published as RFC 5546 §3.2.1 says: no attendees, a UID for ever, a SEQUENCE that rises). Times are in
//! UTC, so that no reader needs to know the zone's rules; the event's own time is in the description.

use crate::press::{dates, layout::Frame, public::PublicEvent};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};
use rostrum_domain::event::{Attendance, EventState};

pub fn calendar(frame: &Frame<'_>, name: &str, events: &[PublicEvent]) -> String {
    let mut calendar = Calendar::empty();
    calendar
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Rostrum//Press centre//EN"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .append_property(("METHOD", "PUBLISH"))
        .name(name);
    for event in events {
        calendar.push(entry(frame, event));
    }
    calendar.done().to_string()
}

fn entry(frame: &Frame<'_>, event: &PublicEvent) -> Event {
    let (lang, words) = (frame.lang(), frame.words);
    let host = frame.base.split_once("://").map_or(frame.base, |(_, host)| host);
    let url = frame.absolute(&event.path);
    let place = match event.attendance {
        Attendance::Online => words.online,
        Attendance::OnSite => words.on_site,
        Attendance::Mixed => words.mixed,
    };
    let description = format!(
        "{}\n{}\n{url}",
        dates::date_time(words, event.starts_at, &event.zone),
        event.description.read(lang)
    );
    let status = match event.state {
        EventState::Cancelled => EventStatus::Cancelled,
        _ => EventStatus::Confirmed,
    };
    Event::with_uid(&format!("{}@{host}", event.id))
        .add_property("DTSTAMP", dates::ical(event.changed_at))
        .add_property("LAST-MODIFIED", dates::ical(event.changed_at))
        .add_property("CREATED", dates::ical(event.announced_at))
        .add_property("DTSTART", dates::ical(event.starts_at))
        .add_property("DTEND", dates::ical(event.ends_at))
        .add_property("SEQUENCE", event.version.to_string())
        .summary(&format!("{} ({}/{})", event.title.read(lang), event.number, event.year))
        .description(&description)
        .location(place)
        .url(&url)
        .status(status)
        .done()
}
