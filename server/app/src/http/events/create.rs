//! A new event: a draft, filled from its series where the request says nothing.

use super::Event;
use crate::{
    App,
    http::{
        Problem,
        auth::SignedIn,
        idempotency::Create,
        input::Check,
        series::{check_rules, next_rules},
    },
    store::{events, events::Event as Stored, series},
};
use axum::{extract::State, http::StatusCode, response::Response};
use rostrum_domain::{
    event::{Attendance, EventState, GroundRules},
    id::SeriesId,
    policy::{Action, Place},
    text::Text,
    time::Timestamp,
};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewEvent {
    series: SeriesId,
    title: Text,
    #[serde(default)]
    description: Text,
    starts_at: Timestamp,
    ends_at: Timestamp,
    zone: Option<String>,
    languages: Option<Vec<String>>,
    caption_language: Option<String>,
    rules: Option<GroundRules>,
    attendance: Option<Attendance>,
    /// Default: the start.
    registration_closes_at: Option<Timestamp>,
    /// Until when questions can be handed in before the event. Default: the start.
    questions_close_at: Option<Timestamp>,
}

/// Drafts an event.
#[utoipa::path(post, path = "/events", tag = "programme", request_body = NewEvent, responses(
    (status = 201, description = "Drafted", body = Event),
    (status = 422, description = "Wrong fields", body = Problem),
))]
pub async fn create(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Create { body, once }: Create<NewEvent>,
) -> Result<Response, Problem> {
    who.must(Action::EditProgramme, Place::Series(body.series))?;
    let mut tx = app.db.begin().await?;
    if let Some(answer) = once.seen(&app, &mut tx).await? {
        return Ok(answer);
    }
    let series = series::by_id(&mut tx, body.series).await?;
    let series = series.ok_or_else(|| Problem::invalid().field("series", "unknown"))?;
    let event = check(Stored {
        id: app.new_id(),
        series: series.id,
        number: None,
        year: None,
        title: body.title,
        description: body.description,
        starts_at: body.starts_at,
        ends_at: body.ends_at,
        zone: body.zone.unwrap_or(series.zone),
        languages: body.languages.unwrap_or(series.languages),
        caption_language: body.caption_language.unwrap_or(series.caption_language),
        rules: next_rules(&series.rules, body.rules),
        attendance: body.attendance.unwrap_or(Attendance::Online),
        registration_closes_at: body.registration_closes_at.unwrap_or(body.starts_at),
        questions_close_at: body.questions_close_at.unwrap_or(body.starts_at),
        state: EventState::Draft,
        cancel_reason: None,
        announced_at: None,
        version: 1,
    })?;
    events::insert(&mut tx, &event, app.now()).await?;
    let shown = Event::of(&mut tx, event).await?;
    let answer = once.answer(&mut tx, StatusCode::CREATED, &shown).await?;
    tx.commit().await?;
    Ok(answer)
}

/// What holds for every event, new or edited.
pub fn check(event: Stored) -> Result<Stored, Problem> {
    /// 2000-01-01 and 2200-01-01: what is outside was sent in another unit.
    const TIMES: std::ops::Range<i64> = 946_684_800_000_000..7_258_118_400_000_000;
    const LONGEST: i64 = 7 * 24 * 3600 * 1_000_000;
    let mut check = Check::default();
    let title = check.texts("title", &event.title, 300, true);
    let description = check.texts("description", &event.description, 8000, false);
    for (field, at) in [
        ("starts_at", event.starts_at),
        ("ends_at", event.ends_at),
        ("registration_closes_at", event.registration_closes_at),
        ("questions_close_at", event.questions_close_at),
    ] {
        check.must(TIMES.contains(&at.micros()), field, "not_a_time");
    }
    check.must(event.ends_at > event.starts_at, "ends_at", "before_start");
    let length = event.ends_at.micros().saturating_sub(event.starts_at.micros());
    check.must(length <= LONGEST, "ends_at", "too_long");
    check.must(
        event.registration_closes_at <= event.ends_at,
        "registration_closes_at",
        "after_end",
    );
    check.must(
        event.questions_close_at <= event.ends_at,
        "questions_close_at",
        "after_end",
    );
    check.zone("zone", &event.zone);
    check.languages("languages", &event.languages);
    check.language("caption_language", &event.caption_language);
    let rules = check_rules(&mut check, event.rules);
    check.done()?;
    Ok(Stored {
        title,
        description,
        rules,
        ..event
    })
}
