//! Series: rows of briefings with their own numbering.

use super::{
    Conn, StoreError,
    row::{Cells, json, word},
};
use rostrum_domain::{
    event::{AskerPolicy, GroundRules},
    id::SeriesId,
    text::Text,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use utoipa::ToSchema;

/// How events of a series are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Numbering {
    /// 1, 2, 3 … anew each year, without gaps; given when an event is announced.
    #[default]
    PerYear,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pub id: SeriesId,
    /// Part of the public address: lower-case letters, digits and hyphens.
    pub slug: String,
    pub name: Text,
    pub languages: Vec<String>,
    /// IANA zone.
    pub zone: String,
    /// In words of the house: "every second Thursday".
    pub cadence: String,
    pub numbering: Numbering,
    pub asker_policy: AskerPolicy,
    pub rules: GroundRules,
    pub caption_language: String,
    pub retention_days: Option<u32>,
    pub version: i64,
}

impl TryFrom<&AnyRow> for Series {
    type Error = StoreError;

    fn try_from(row: &AnyRow) -> Result<Self, StoreError> {
        let retention = row.int_opt("retention_days")?;
        Ok(Self {
            id: row.id("id")?,
            slug: row.text("slug")?,
            name: row.json("name")?,
            languages: row.json("languages")?,
            zone: row.text("zone")?,
            cadence: row.text("cadence")?,
            numbering: row.word("numbering")?,
            asker_policy: row.word("asker_policy")?,
            rules: row.json("rules")?,
            caption_language: row.text("caption_language")?,
            retention_days: retention
                .map(u32::try_from)
                .transpose()
                .map_err(StoreError::inconsistent)?,
            version: row.int("version")?,
        })
    }
}

const INSERT: &str = "INSERT INTO series (id, slug, name, languages, zone, cadence, numbering, asker_policy, rules, \
     caption_language, retention_days, version, created_at, updated_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)";

pub async fn insert(conn: &mut Conn, series: &Series, now: Timestamp) -> Result<(), StoreError> {
    written(sqlx::query(INSERT), series)
        .bind(now.micros())
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes everything but the id if nobody else wrote since `series.version`.
pub async fn update(conn: &mut Conn, series: &Series, now: Timestamp) -> Result<bool, StoreError> {
    let update = sqlx::query(
        "UPDATE series SET slug = $2, name = $3, languages = $4, zone = $5, cadence = $6, numbering = $7, \
         asker_policy = $8, rules = $9, caption_language = $10, retention_days = $11, version = version + 1, \
         updated_at = $13 WHERE id = $1 AND version = $12",
    );
    let done = written(update, series).bind(now.micros()).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

pub async fn by_id(conn: &mut Conn, id: SeriesId) -> Result<Option<Series>, StoreError> {
    let row = sqlx::query("SELECT * FROM series WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(Series::try_from).transpose()
}

pub async fn by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Series>, StoreError> {
    let row = sqlx::query("SELECT * FROM series WHERE slug = $1")
        .bind(slug)
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(Series::try_from).transpose()
}

/// In the order they were made, after `after`.
pub async fn page(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Series>, StoreError> {
    let rows = sqlx::query("SELECT * FROM series WHERE id > $1 ORDER BY id LIMIT $2")
        .bind(after)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    rows.iter().map(Series::try_from).collect()
}

/// Takes the next number of a year. Part of the transaction that announces: undone with it, so there are no gaps.
pub async fn next_number(conn: &mut Conn, series: SeriesId, year: i32) -> Result<u32, StoreError> {
    let row = sqlx::query(
        "INSERT INTO series_numbers (series, year, last) VALUES ($1, $2, 1) \
         ON CONFLICT (series, year) DO UPDATE SET last = series_numbers.last + 1 RETURNING last",
    )
    .bind(series.to_string())
    .bind(i64::from(year))
    .fetch_one(conn)
    .await?;
    row.count("last")
}

type Query = sqlx::query::Query<'static, sqlx::Any, sqlx::any::AnyArguments>;

fn written(query: Query, series: &Series) -> Query {
    query
        .bind(series.id.to_string())
        .bind(series.slug.clone())
        .bind(json(&series.name))
        .bind(json(&series.languages))
        .bind(series.zone.clone())
        .bind(series.cadence.clone())
        .bind(word(&series.numbering))
        .bind(word(&series.asker_policy))
        .bind(json(&series.rules))
        .bind(series.caption_language.clone())
        .bind(series.retention_days.map(i64::from))
        .bind(series.version)
}
