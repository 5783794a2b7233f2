//! Changes at the transcript desk. Each is a revision with its reason; each says which revision it was made on.

use super::{
    Problem,
    auth::SignedIn,
    events::{at, place},
    idempotency::Create,
    input::{Check, Json, Path},
    version::{IfMatch, Versioned},
};
use crate::{
    App,
    sign_in::Who,
    store::{Conn, people, segments},
    transcript::{self, Addition, DeskError, Hand},
};
use axum::{extract::State, http::StatusCode, response::Response};
use rostrum_domain::{
    id::{EventId, PersonId, QuestionId, SegmentId},
    policy::Action,
    time::Timestamp,
    transcript::{Edit, Reason, Revision, Segment, SegmentKind},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Several segments that one act changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Segments {
    pub items: Vec<Segment>,
}

/// The history of a segment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Revisions {
    pub items: Vec<SignedRevision>,
}

/// A revision with the name of who made it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedRevision {
    #[serde(flatten)]
    #[schema(inline)]
    pub revision: Revision,
    /// `null`: a machine.
    #[schema(required = true)]
    pub author_name: Option<String>,
}

/// Why an editor changes words.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EditReason {
    /// The machine or the captioner heard wrong.
    Recognition,
    /// A name.
    Name,
    /// Punctuation, repetitions: the sense is untouched.
    Style,
    /// The sense changes; after a release this needs a public correction.
    Sense,
}

impl From<EditReason> for Reason {
    fn from(reason: EditReason) -> Self {
        match reason {
            EditReason::Recognition => Self::Recognition,
            EditReason::Name => Self::Name,
            EditReason::Style => Self::Style,
            EditReason::Sense => Self::Sense,
        }
    }
}

/// What to change; absent fields stay, `null` clears speaker or question.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SegmentEdit {
    #[serde(flatten)]
    #[schema(inline)]
    edit: Edit,
    reason: EditReason,
}

/// Changes words, speaker, kind, question or times.
#[utoipa::path(patch, path = "/segments/{segment}", tag = "record", request_body = SegmentEdit,
    params(("segment" = SegmentId, Path), ("If-Match" = String, Header, description = "The revision edited")),
    responses(
        (status = 200, description = "A new revision", body = Segment),
        (status = 409, description = "Under review", body = Problem),
        (status = 412, description = "Somebody else changed it; `current` holds it", body = Problem),
        (status = 422, description = "Not possible so; `errors` say why", body = Problem),
))]
pub async fn edit(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<SegmentId>,
    IfMatch(seen): IfMatch,
    Json(body): Json<SegmentEdit>,
) -> Result<Versioned<Segment>, Problem> {
    let mut tx = app.db.begin().await?;
    let hand = hand(&app, &mut tx, &who, id, seen).await?;
    let segment = transcript::edit(&mut tx, id, hand, &body.edit, body.reason.into()).await?;
    tx.commit().await?;
    Ok(versioned(segment))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewSegment {
    /// Begins where this one ends, when no start is given.
    after: Option<SegmentId>,
    speaker: Option<PersonId>,
    kind: SegmentKind,
    question: Option<QuestionId>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    language: String,
    text: String,
}

/// Adds words that nobody wrote down live.
#[utoipa::path(post, path = "/events/{event}/segments", tag = "record", request_body = NewSegment,
    params(("event" = EventId, Path)), responses(
        (status = 201, description = "Added", body = Segment),
        (status = 409, description = "Under review", body = Problem),
        (status = 422, description = "Not possible so; `errors` say why", body = Problem),
))]
pub async fn add(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(event): Path<EventId>,
    Create { body, once }: Create<NewSegment>,
) -> Result<Response, Problem> {
    let mut check = Check::default();
    check.language("language", &body.language);
    check.done()?;
    let mut tx = app.db.begin().await?;
    let found = at(&mut tx, event).await?;
    who.must(Action::EditTranscript, place(&found))?;
    if let Some(answer) = once.seen(&app, &mut tx).await? {
        return Ok(answer);
    }
    let before = match body.after {
        Some(after) => segments::find(&mut tx, after).await?.filter(|(of, _)| *of == event),
        None => None,
    };
    let start = body.start.or(before.map(|(_, segment)| segment.end));
    let start = start.ok_or_else(|| Problem::invalid().field("start", "required"))?;
    let addition = Addition {
        id: app.new_id(),
        speaker: body.speaker,
        kind: body.kind,
        question: body.question,
        start,
        end: body.end.unwrap_or(Timestamp(start.micros() + 1_000_000)),
        language: body.language,
        text: body.text,
    };
    let segment = transcript::add(&mut tx, event, who.person.id, app.now(), addition).await?;
    let answer = once.answer(&mut tx, StatusCode::CREATED, &segment).await?;
    tx.commit().await?;
    Ok(answer)
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Split {
    /// Before which character, counted in Unicode scalar values.
    at: usize,
    /// When the second half begins.
    time: Timestamp,
}

/// Cuts a segment in two.
#[utoipa::path(post, path = "/segments/{segment}/split", tag = "record", request_body = Split,
    params(("segment" = SegmentId, Path), ("If-Match" = String, Header, description = "The revision edited")),
    responses(
        (status = 200, description = "Both halves", body = Segments),
        (status = 412, description = "Somebody else changed it", body = Problem),
        (status = 422, description = "Not possible there", body = Problem),
))]
pub async fn split(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<SegmentId>,
    IfMatch(seen): IfMatch,
    Json(body): Json<Split>,
) -> Result<Json<Segments>, Problem> {
    let mut tx = app.db.begin().await?;
    let hand = hand(&app, &mut tx, &who, id, seen).await?;
    let halves = transcript::split(&mut tx, id, hand, body.at, body.time, app.new_id()).await?;
    tx.commit().await?;
    Ok(Json(Segments { items: halves.into() }))
}

/// Merges a segment with the next one of the same speaker.
#[utoipa::path(post, path = "/segments/{segment}/merge", tag = "record",
    params(("segment" = SegmentId, Path), ("If-Match" = String, Header, description = "The revision edited")),
    responses(
        (status = 200, description = "The merged segment, and the one struck for it", body = Segments),
        (status = 412, description = "Somebody else changed it", body = Problem),
        (status = 422, description = "Not possible", body = Problem),
))]
pub async fn merge(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<SegmentId>,
    IfMatch(seen): IfMatch,
) -> Result<Json<Segments>, Problem> {
    let mut tx = app.db.begin().await?;
    let hand = hand(&app, &mut tx, &who, id, seen).await?;
    let both = transcript::merge(&mut tx, id, hand).await?;
    tx.commit().await?;
    Ok(Json(Segments { items: both.into() }))
}

/// Takes a segment out of every output; it stays at the desk.
#[utoipa::path(post, path = "/segments/{segment}/strike", tag = "record",
    params(("segment" = SegmentId, Path), ("If-Match" = String, Header, description = "The revision edited")),
    responses(
        (status = 200, description = "Struck", body = Segment),
        (status = 412, description = "Somebody else changed it", body = Problem),
))]
pub async fn strike(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<SegmentId>,
    IfMatch(seen): IfMatch,
) -> Result<Versioned<Segment>, Problem> {
    let mut tx = app.db.begin().await?;
    let hand = hand(&app, &mut tx, &who, id, seen).await?;
    let segment = transcript::strike(&mut tx, id, hand).await?;
    tx.commit().await?;
    Ok(versioned(segment))
}

/// Brings a struck segment back.
#[utoipa::path(post, path = "/segments/{segment}/restore", tag = "record",
    params(("segment" = SegmentId, Path), ("If-Match" = String, Header, description = "The revision edited")),
    responses(
        (status = 200, description = "Restored", body = Segment),
        (status = 412, description = "Somebody else changed it", body = Problem),
))]
pub async fn restore(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<SegmentId>,
    IfMatch(seen): IfMatch,
) -> Result<Versioned<Segment>, Problem> {
    let mut tx = app.db.begin().await?;
    let hand = hand(&app, &mut tx, &who, id, seen).await?;
    let segment = transcript::restore(&mut tx, id, hand).await?;
    tx.commit().await?;
    Ok(versioned(segment))
}

/// Every state a segment has been in, oldest first.
#[utoipa::path(get, path = "/segments/{segment}/revisions", tag = "record", params(("segment" = SegmentId, Path)),
    responses(
        (status = 200, description = "The history", body = Revisions),
        (status = 404, description = "No such segment", body = Problem),
))]
pub async fn revisions(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<SegmentId>,
) -> Result<Json<Revisions>, Problem> {
    let mut reader = app.db.read().await?;
    let (event, _) = segments::find(&mut reader, id).await?.ok_or_else(Problem::missing)?;
    let event = at(&mut reader, event).await?;
    who.must(Action::SeeRecord, place(&event))?;
    let mut items = Vec::new();
    for revision in segments::revisions(&mut reader, id).await? {
        let author_name = match revision.author {
            Some(author) => people::by_id(&mut reader, author).await?.map(|author| author.name),
            None => None,
        };
        items.push(SignedRevision { revision, author_name });
    }
    Ok(Json(Revisions { items }))
}

async fn hand(app: &App, conn: &mut Conn, who: &Who, id: SegmentId, seen: i64) -> Result<Hand, Problem> {
    let (event, _) = segments::find(conn, id).await?.ok_or_else(Problem::missing)?;
    let event = at(conn, event).await?;
    who.must(Action::EditTranscript, place(&event))?;
    Ok(Hand {
        by: who.person.id,
        at: app.now(),
        seen,
    })
}

fn versioned(segment: Segment) -> Versioned<Segment> {
    Versioned(i64::from(segment.revision), segment)
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::NotFound => Self::missing(),
            DeskError::Stale(current) => Self::stale().with("current", *current),
            DeskError::Refused(refusal) => super::editions::refused(refusal),
            DeskError::Edit(error) => {
                let code = error.code();
                Self::invalid().detail(error.to_string()).field(field(code), code)
            }
            DeskError::Store(error) => error.into(),
        }
    }
}

/// Which field of the form a refusal belongs to.
fn field(code: &str) -> &'static str {
    match code {
        "not_in_roster" => "speaker",
        "unknown_question" => "question",
        "times_reversed" | "overlap" => "end",
        "split_outside" => "at",
        "split_time_outside" => "time",
        _ => "text",
    }
}
