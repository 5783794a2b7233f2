//! Events: drafted from their series, announced with a number, followed by their room, published by their record.

pub mod announce;
pub mod create;
pub mod edit;
pub mod public;
pub mod team;
mod view;

pub use view::{Event, EventCounts, PublicEvent};

use super::{
    Problem,
    auth::SignedIn,
    input::{Json, Path, QueryOf},
    page::{Page, PageQuery, Wanted},
    version::Versioned,
};
use crate::{
    App,
    store::{Conn, events, events::Event as Stored, series, series::Series},
};
use axum::extract::State;
use rostrum_domain::{
    event::EventState,
    id::{EventId, SeriesId},
    policy::{Action, Held, Place, Scope},
    time::Timestamp,
};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct EventFilter {
    series: Option<SeriesId>,
    state: Option<EventState>,
}

/// Lists events, drafts included: all for the house's people, their own for guests.
#[utoipa::path(get, path = "/events", tag = "programme", params(
    ("series" = Option<SeriesId>, Query), ("state" = Option<EventState>, Query), PageQuery), responses(
    (status = 200, description = "Events, latest start first", body = Page<Event>),
))]
pub async fn list(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    QueryOf(filter): QueryOf<EventFilter>,
    wanted: Wanted,
) -> Result<Json<Page<Event>>, Problem> {
    let mut reader = app.db.read().await?;
    let before = wanted.after().map(cursor).transpose()?;
    let found = if who.may(Action::SeeProgramme, Place::House) {
        let filter = events::Filter {
            series: filter.series,
            state: filter.state,
            public: false,
        };
        events::page(&mut reader, &filter, before, wanted.fetch()).await?
    } else {
        of_guest(&mut reader, &who.held, &filter, before).await?
    };
    let Page { items, next } = wanted.page(
        found,
        |event| format!("{} {}", event.starts_at.micros(), event.id),
        |event| event,
    );
    let mut shown = Vec::with_capacity(items.len());
    for event in items {
        shown.push(Event::of(&mut reader, event).await?);
    }
    Ok(Json(Page { items: shown, next }))
}

/// Reads an event.
#[utoipa::path(get, path = "/events/{event}", tag = "programme", params(("event" = EventId, Path)), responses(
    (status = 200, description = "The event", body = Event),
    (status = 404, description = "No such event", body = Problem),
))]
pub async fn read(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
) -> Result<Versioned<Event>, Problem> {
    let mut reader = app.db.read().await?;
    let event = at(&mut reader, id).await?;
    who.must(Action::SeeProgramme, place(&event))?;
    let shown = Event::of(&mut reader, event).await?;
    Ok(Versioned(shown.version, shown))
}

/// The event of a path, or 404.
pub async fn at(conn: &mut Conn, id: EventId) -> Result<Stored, Problem> {
    events::by_id(conn, id).await?.ok_or_else(Problem::missing)
}

pub fn place(event: &Stored) -> Place {
    Place::Event {
        event: event.id,
        series: event.series,
    }
}

async fn series_of(conn: &mut Conn, event: &Stored) -> Result<Series, Problem> {
    series::by_id(conn, event.series).await?.ok_or_else(|| {
        tracing::error!(event = %event.id, "an event without its series");
        Problem::internal()
    })
}

fn cursor(text: &str) -> Result<(Timestamp, EventId), Problem> {
    let wrong = || Problem::malformed().detail("this cursor is not one of ours");
    let (at, id) = text.split_once(' ').ok_or_else(wrong)?;
    Ok((
        Timestamp(at.parse().map_err(|_| wrong())?),
        id.parse().map_err(|_| wrong())?,
    ))
}

/// What somebody sees who holds roles in single events or series only. They are few, so they are read one by one.
async fn of_guest(
    conn: &mut Conn,
    held: &[Held],
    filter: &EventFilter,
    before: Option<(Timestamp, EventId)>,
) -> Result<Vec<Stored>, Problem> {
    let mut found: Vec<Stored> = Vec::new();
    for held in held
        .iter()
        .filter(|held| Action::SeeProgramme.roles().contains(&held.role))
    {
        match held.scope {
            Scope::Event(id) => found.extend(events::by_id(conn, id).await?),
            Scope::Series(series) => {
                let all = events::Filter {
                    series: Some(series),
                    ..events::Filter::default()
                };
                found.extend(events::page(conn, &all, None, 1000).await?);
            }
            Scope::House => {}
        }
    }
    found.retain(|event| {
        filter.series.is_none_or(|series| event.series == series)
            && filter.state.is_none_or(|state| event.state == state)
            && before.is_none_or(|before| (event.starts_at, event.id) < before)
    });
    found.sort_by_key(|event| std::cmp::Reverse((event.starts_at, event.id)));
    found.dedup_by_key(|event| event.id);
    Ok(found)
}

#[cfg(test)]
mod tests;
