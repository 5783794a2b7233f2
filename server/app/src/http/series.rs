//! Series: made once, edited with care, never deleted, because public addresses hang on them.

use super::{
    Problem,
    auth::SignedIn,
    idempotency::Create,
    input::{Check, Json, Path, nullable},
    page::{Page, PageQuery, Wanted},
    version::{IfMatch, Versioned},
};
use crate::{
    App,
    store::{
        StoreError, series,
        series::{Numbering, Series as Stored},
    },
};
use axum::{extract::State, http::StatusCode, response::Response};
use rostrum_domain::{
    event::{AskerPolicy, GroundRules},
    id::SeriesId,
    policy::{Action, Place},
    text::Text,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Series {
    pub id: SeriesId,
    /// Part of the public address.
    pub slug: String,
    pub name: Text,
    pub languages: Vec<String>,
    /// IANA zone.
    pub zone: String,
    pub cadence: String,
    pub numbering: Numbering,
    pub asker_policy: AskerPolicy,
    pub rules: GroundRules,
    pub caption_language: String,
    /// Days that recordings are kept; `null`: as the house does.
    #[schema(required = true)]
    pub retention_days: Option<u32>,
    pub version: i64,
}

impl From<Stored> for Series {
    fn from(series: Stored) -> Self {
        let Stored {
            id,
            slug,
            name,
            languages,
            zone,
            cadence,
            numbering,
            asker_policy,
            rules,
            caption_language,
            retention_days,
            version,
        } = series;
        Self {
            id,
            slug,
            name,
            languages,
            zone,
            cadence,
            numbering,
            asker_policy,
            rules,
            caption_language,
            retention_days,
            version,
        }
    }
}

/// Lists the series.
#[utoipa::path(get, path = "/series", tag = "programme", params(PageQuery), responses(
    (status = 200, description = "Series, oldest first", body = Page<Series>),
))]
pub async fn list(State(app): State<App>, wanted: Wanted) -> Result<Json<Page<Series>>, Problem> {
    let mut reader = app.db.read().await?;
    let found = series::page(&mut reader, wanted.after().unwrap_or_default(), wanted.fetch()).await?;
    Ok(Json(wanted.page(found, |series| series.id.to_string(), Series::from)))
}

/// Reads a series.
#[utoipa::path(get, path = "/series/{series}", tag = "programme", params(("series" = SeriesId, Path)), responses(
    (status = 200, description = "The series", body = Series),
    (status = 404, description = "No such series", body = Problem),
))]
pub async fn read(State(app): State<App>, Path(id): Path<SeriesId>) -> Result<Versioned<Series>, Problem> {
    let found = series::by_id(&mut *app.db.read().await?, id)
        .await?
        .ok_or_else(Problem::missing)?;
    Ok(Versioned(found.version, found.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewSeries {
    slug: String,
    name: Text,
    languages: Vec<String>,
    zone: String,
    #[serde(default)]
    cadence: String,
    #[serde(default)]
    numbering: Numbering,
    #[serde(default)]
    asker_policy: AskerPolicy,
    #[serde(default)]
    rules: GroundRules,
    /// Default: the first language.
    caption_language: Option<String>,
    retention_days: Option<u32>,
}

/// Makes a series.
#[utoipa::path(post, path = "/series", tag = "programme", request_body = NewSeries, responses(
    (status = 201, description = "Made", body = Series),
    (status = 409, description = "The slug is taken", body = Problem),
    (status = 422, description = "Wrong fields", body = Problem),
))]
pub async fn create(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Create { body, once }: Create<NewSeries>,
) -> Result<Response, Problem> {
    who.must(Action::EditProgramme, Place::House)?;
    let caption_language = body
        .caption_language
        .or_else(|| body.languages.first().cloned())
        .unwrap_or_default();
    let made = check(Stored {
        id: app.new_id(),
        slug: body.slug,
        name: body.name,
        languages: body.languages,
        zone: body.zone,
        cadence: body.cadence,
        numbering: body.numbering,
        asker_policy: body.asker_policy,
        rules: GroundRules {
            version: 1,
            ..body.rules
        },
        caption_language,
        retention_days: body.retention_days,
        version: 1,
    })?;
    let mut tx = app.db.begin().await?;
    if let Some(answer) = once.seen(&app, &mut tx).await? {
        return Ok(answer);
    }
    series::insert(&mut tx, &made, app.now()).await.map_err(taken)?;
    let answer = once.answer(&mut tx, StatusCode::CREATED, &Series::from(made)).await?;
    tx.commit().await?;
    Ok(answer)
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct SeriesEdit {
    slug: Option<String>,
    name: Option<Text>,
    languages: Option<Vec<String>>,
    zone: Option<String>,
    cadence: Option<String>,
    asker_policy: Option<AskerPolicy>,
    rules: Option<GroundRules>,
    caption_language: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    retention_days: Option<Option<u32>>,
}

/// Changes a series; its events keep what they have.
#[utoipa::path(patch, path = "/series/{series}", tag = "programme", request_body = SeriesEdit,
    params(("series" = SeriesId, Path), ("If-Match" = String, Header, description = "The version edited")),
    responses(
        (status = 200, description = "Changed", body = Series),
        (status = 412, description = "Somebody else changed it; `current` holds it", body = Problem),
))]
pub async fn edit(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<SeriesId>,
    IfMatch(version): IfMatch,
    Json(body): Json<SeriesEdit>,
) -> Result<Versioned<Series>, Problem> {
    who.must(Action::EditProgramme, Place::Series(id))?;
    let mut tx = app.db.begin().await?;
    let known = series::by_id(&mut tx, id).await?.ok_or_else(Problem::missing)?;
    if known.version != version {
        return Err(Problem::stale().with("current", Series::from(known)));
    }
    let mut edited = check(Stored {
        slug: body.slug.unwrap_or(known.slug),
        name: body.name.unwrap_or(known.name),
        languages: body.languages.unwrap_or(known.languages),
        zone: body.zone.unwrap_or(known.zone),
        cadence: body.cadence.unwrap_or(known.cadence),
        asker_policy: body.asker_policy.unwrap_or(known.asker_policy),
        rules: next_rules(&known.rules, body.rules),
        caption_language: body.caption_language.unwrap_or(known.caption_language),
        retention_days: body.retention_days.unwrap_or(known.retention_days),
        ..known
    })?;
    if !series::update(&mut tx, &edited, app.now()).await.map_err(taken)? {
        return Err(Problem::stale());
    }
    edited.version += 1;
    tx.commit().await?;
    Ok(Versioned(edited.version, edited.into()))
}

/// A new text or limit is a new version, whoever counts; the same again is not.
pub fn next_rules(known: &GroundRules, wanted: Option<GroundRules>) -> GroundRules {
    match wanted {
        None => known.clone(),
        Some(wanted) => {
            let same = GroundRules {
                version: known.version,
                ..wanted.clone()
            } == *known;
            GroundRules {
                version: if same { known.version } else { known.version + 1 },
                ..wanted
            }
        }
    }
}

fn check(series: Stored) -> Result<Stored, Problem> {
    let mut check = Check::default();
    let slug = series.slug.trim().to_owned();
    let fits = slug
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let edges = slug.starts_with('-') || slug.ends_with('-');
    check.must(!slug.is_empty(), "slug", "required");
    check.must(fits && !edges && slug.len() <= 60, "slug", "not_a_slug");
    // Addresses the public site uses itself.
    check.must(
        !["feed", "keys", "media", "search"].contains(&slug.as_str()),
        "slug",
        "reserved",
    );
    let name = check.texts("name", &series.name, 200, true);
    check.languages("languages", &series.languages);
    check.zone("zone", &series.zone);
    let cadence = check.text("cadence", &series.cadence, 0..=200);
    let rules = check_rules(&mut check, series.rules);
    check.language("caption_language", &series.caption_language);
    check.done()?;
    Ok(Stored {
        slug,
        name,
        cadence,
        rules,
        ..series
    })
}

pub fn check_rules(check: &mut Check, rules: GroundRules) -> GroundRules {
    let text = check.texts("rules.text", &rules.text, 4000, false);
    check.must(rules.exchange_seconds <= 3600, "rules.exchange_seconds", "too_long");
    check.must(rules.follow_ups <= 10, "rules.follow_ups", "too_many");
    GroundRules { text, ..rules }
}

fn taken(error: StoreError) -> Problem {
    match error {
        StoreError::Conflict => Problem::conflict().field("slug", "taken"),
        other => other.into(),
    }
}
