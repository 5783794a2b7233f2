//! Reads what the public may see from the store. The one gate: only announced events and released editions pass.

use crate::{
    App,
    press::{PublicEdition, PublicEvent, PublicRecord, feed::Item, home_page::PublicSeries, respond::Failure},
    store::{Conn, StoreError, editions, events, press, series},
};
use rostrum_domain::{id::EventId, time::Timestamp};
use std::collections::BTreeMap;

/// Events on the front page, in feeds and calendars. Higher: heavier pages; lower: older ones are found only by address.
const SHOWN: i64 = 60;
/// Series on the front page and in the sitemap.
const SERIES: i64 = 100;

pub async fn all_series(app: &App) -> Result<Vec<(series::Series, PublicSeries)>, StoreError> {
    let mut reader = app.db.read().await?;
    let all = series::page(&mut reader, "", SERIES).await?;
    Ok(all
        .into_iter()
        .map(|series| (series.clone(), public_series(&series)))
        .collect())
}

pub fn public_series(series: &series::Series) -> PublicSeries {
    PublicSeries {
        slug: series.slug.clone(),
        name: series.name.clone(),
        cadence: series.cadence.clone(),
    }
}

/// The latest announced events, of one series or all, with their newest editions.
pub async fn listing(app: &App, of: Option<&series::Series>) -> Result<Vec<Item>, StoreError> {
    let mut reader = app.db.read().await?;
    let filter = events::Filter {
        series: of.map(|series| series.id),
        state: None,
        public: true,
    };
    let rows = events::page(&mut reader, &filter, None, SHOWN).await?;
    let mut known: BTreeMap<_, series::Series> = BTreeMap::new();
    let mut items = Vec::new();
    for event in rows {
        if !known.contains_key(&event.series)
            && let Some(series) = series::by_id(&mut reader, event.series).await?
        {
            known.insert(series.id, series);
        }
        let Some(series) = known.get(&event.series) else {
            continue;
        };
        let released = editions::list(&mut reader, event.id).await?;
        if let Some(public) = public(&mut reader, &event, series, !released.is_empty()).await? {
            let record = released
                .first()
                .zip(released.last())
                .map(|(newest, first)| (PublicEdition::from(newest), first.published_at));
            items.push(Item { event: public, record });
        }
    }
    Ok(items)
}

pub async fn series_by_slug(app: &App, slug: &str) -> Result<series::Series, Failure> {
    let mut reader = app.db.read().await?;
    series::by_slug(&mut reader, slug).await?.ok_or(Failure::NotFound)
}

/// The announced event of a public address, and an edition of its record: the one asked for, else the newest.
pub async fn event(
    app: &App,
    slug: &str,
    year: &str,
    number: &str,
    edition: Option<u32>,
) -> Result<(PublicEvent, Option<PublicRecord>), Failure> {
    let (Ok(year_number), Ok(in_year)) = (year.parse::<i32>(), number.parse::<u32>()) else {
        return Err(Failure::NotFound);
    };
    let mut reader = app.db.read().await?;
    let series = series::by_slug(&mut reader, slug).await?.ok_or(Failure::NotFound)?;
    let event = events::by_number(&mut reader, series.id, year_number, in_year)
        .await?
        .ok_or(Failure::NotFound)?;
    let record = record(&mut reader, event.id, edition).await?;
    let event = public(&mut reader, &event, &series, record.is_some())
        .await?
        .ok_or(Failure::NotFound)?;
    // One address for one thing: `/2026/022` is not it.
    if format!("/{slug}/{year}/{number}") != event.path {
        return Err(Failure::NotFound);
    }
    Ok((event, record))
}

async fn record(conn: &mut Conn, event: EventId, edition: Option<u32>) -> Result<Option<PublicRecord>, Failure> {
    let Some(stored) = editions::get(conn, event, edition).await? else {
        return Ok(None);
    };
    let all = editions::list(conn, event).await?;
    Ok(Some(PublicRecord::of(&stored, &all)?))
}

/// Whether an event may be shown at all.
pub async fn is_public(conn: &mut Conn, event: EventId) -> Result<bool, StoreError> {
    let Some(event) = events::by_id(conn, event).await? else {
        return Ok(false);
    };
    let Some(series) = series::by_id(conn, event.series).await? else {
        return Ok(false);
    };
    Ok(public(conn, &event, &series, true).await?.is_some())
}

async fn public(
    conn: &mut Conn,
    event: &events::Event,
    series: &series::Series,
    released: bool,
) -> Result<Option<PublicEvent>, StoreError> {
    let changed_at: Timestamp = press::changed_at(conn, event.id).await?.unwrap_or_default();
    Ok(PublicEvent::of(event, series, changed_at, released))
}
