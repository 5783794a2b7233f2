//! Announcing gives an event its number and its public page; cancelling tells everybody who asked to come.

use super::{Event, at, place};
use crate::{
    App,
    http::{
        Problem,
        auth::SignedIn,
        input::{Check, Json, Path, header_text},
        version::Versioned,
    },
    mail,
    mail::{Reader, Template},
    store::{Conn, events, events::Event as Stored, registrations, series},
};
use axum::{extract::State, http::HeaderMap};
use rostrum_domain::{event::EventState, id::EventId, policy::Action};
use serde::Deserialize;
use utoipa::ToSchema;

/// Announces a draft: number, public page, feed, calendar, registration.
#[utoipa::path(post, path = "/events/{event}/announce", tag = "programme",
    params(("event" = EventId, Path), ("If-Match" = Option<String>, Header, description = "The version read, if it matters")),
    responses(
        (status = 200, description = "Announced", body = Event),
        (status = 409, description = "It is no draft", body = Problem),
        (status = 412, description = "Somebody else changed it; `current` holds it", body = Problem),
))]
pub async fn announce(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
    headers: HeaderMap,
) -> Result<Versioned<Event>, Problem> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let mut event = at(&mut tx, id).await?;
    who.must(Action::EditProgramme, place(&event))?;
    fresh(&mut tx, &event, &headers).await?;
    if event.state != EventState::Draft {
        return Err(Problem::wrong_state().detail("only a draft can be announced"));
    }
    let year = year(&event);
    event.number = Some(series::next_number(&mut tx, event.series, year).await?);
    event.year = Some(year);
    event.state = EventState::Announced;
    event.announced_at = Some(now);
    if !events::update(&mut tx, &event, now).await? {
        return Err(Problem::stale());
    }
    event.version += 1;
    let shown = Event::of(&mut tx, event).await?;
    tx.commit().await?;
    Ok(Versioned(shown.version, shown))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Cancel {
    reason: String,
}

/// Cancels an event before it is live; it keeps its number, so that the count has no hole.
#[utoipa::path(post, path = "/events/{event}/cancel", tag = "programme", request_body = Cancel,
    params(("event" = EventId, Path), ("If-Match" = Option<String>, Header, description = "The version read, if it matters")),
    responses(
        (status = 200, description = "Cancelled; everybody concerned gets a mail", body = Event),
        (status = 409, description = "It is live or over", body = Problem),
        (status = 412, description = "Somebody else changed it; `current` holds it", body = Problem),
))]
pub async fn cancel(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
    headers: HeaderMap,
    Json(body): Json<Cancel>,
) -> Result<Versioned<Event>, Problem> {
    let mut check = Check::default();
    let reason = check.text("reason", &body.reason, 1..=1000);
    check.done()?;
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let mut event = at(&mut tx, id).await?;
    who.must(Action::EditProgramme, place(&event))?;
    fresh(&mut tx, &event, &headers).await?;
    if !matches!(event.state, EventState::Draft | EventState::Announced) {
        return Err(Problem::wrong_state().detail("only what has not begun can be cancelled"));
    }
    event.state = EventState::Cancelled;
    event.cancel_reason = Some(reason.clone());
    if !events::update(&mut tx, &event, now).await? {
        return Err(Problem::stale());
    }
    event.version += 1;
    for concerned in registrations::concerned(&mut tx, id).await? {
        let language = &concerned.language;
        let (title, when) = (
            event.title.read(language),
            mail::when(event.starts_at, &event.zone, language),
        );
        let to = Reader {
            name: &concerned.name,
            email: &concerned.email,
            language,
        };
        let values = [("event", title), ("when", when.as_str()), ("reason", reason.as_str())];
        mail::write(&app, &mut tx, Template::Cancelled, to, &values).await?;
    }
    let shown = Event::of(&mut tx, event).await?;
    tx.commit().await?;
    Ok(Versioned(shown.version, shown))
}

/// `If-Match` is checked when it is sent: these acts are safe without, but nobody should announce what they have not seen.
async fn fresh(conn: &mut Conn, event: &Stored, headers: &HeaderMap) -> Result<(), Problem> {
    match header_text(headers, "if-match") {
        Some(tag) if tag.trim().trim_matches('"') != event.version.to_string() => {
            let current = Event::of(conn, event.clone()).await?;
            Err(Problem::stale().with("current", current))
        }
        _ => Ok(()),
    }
}

/// The year of the start, where it starts.
fn year(event: &Stored) -> i32 {
    let start = jiff::Timestamp::from_microsecond(event.starts_at.micros()).unwrap_or_default();
    let zone = jiff::tz::TimeZone::get(&event.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    i32::from(start.to_zoned(zone).year())
}
