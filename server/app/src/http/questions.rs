//! Questions from outside the room: the portal before the event, the desk without a socket. All of them go through the
//! room, so a question has one life whatever the channel.

use super::{
    Problem,
    auth::SignedIn,
    events::{at, place},
    idempotency::Create,
    input::{Json, Path},
    me::MyQuestion,
};
use crate::{
    App, entrance,
    room::{RoomError, RoomHandle},
    sign_in::Who,
    store::{Conn, events::Event, questions},
};
use axum::{extract::State, http::StatusCode};
use rostrum_domain::{
    event::EventState,
    id::{CommandId, EventId, QuestionId},
    policy::Action,
    question::{Question, QuestionDraft},
    room::{
        Actor,
        command::{Command, Refusal},
        outcomes::Done,
        view::Totals,
    },
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// Hands in a question. With an `Idempotency-Key` it is stored once, however often it is sent.
#[utoipa::path(post, path = "/events/{event}/questions", tag = "room", request_body = QuestionDraft,
    params(("event" = EventId, Path)), responses(
        (status = 201, description = "Handed in", body = MyQuestion),
        (status = 403, description = "Not accredited for this event", body = Problem),
        (status = 409, description = "The room refused; `refusal` says why by a stable word", body = Problem),
        (status = 429, description = "Too many questions", body = Problem),
))]
pub async fn ask(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
    Create { body, once }: Create<QuestionDraft>,
) -> Result<(StatusCode, Json<MyQuestion>), Problem> {
    app.limits.question.check(who.person.id)?;
    let mut reader = app.db.read().await?;
    let event = at(&mut reader, id).await?;
    who.must(Action::Ask, place(&event))?;
    match event.state {
        EventState::Announced if app.now() < event.questions_close_at => {}
        // From the start on the room itself says until when.
        EventState::Announced if app.rooms.running(id).is_some() => {}
        EventState::Live => {}
        _ => return Err(Problem::closed()),
    }
    let actor = actor(&mut reader, &who, &event).await?;
    drop(reader);
    let command = match once.key() {
        Some(key) => command_id(&[&who.person.id.to_string(), &id.to_string(), key]),
        None => app.new_id(),
    };
    let done = room(&app, id)
        .await?
        .command(actor, Some(command), Command::Submit { draft: body })
        .await;
    let question = question_of(done)?.ok_or_else(Problem::internal)?;
    let (_, question) = questions::find(&mut *app.db.read().await?, question)
        .await?
        .ok_or_else(Problem::internal)?;
    Ok((StatusCode::CREATED, Json(MyQuestion::new(question, id, event.title))))
}

/// Takes back one's own question.
#[utoipa::path(post, path = "/questions/{question}/withdraw", tag = "room", params(("question" = QuestionId, Path)),
    responses(
        (status = 200, description = "Withdrawn", body = MyQuestion),
        (status = 404, description = "Not one's own", body = Problem),
        (status = 409, description = "Too late", body = Problem),
))]
pub async fn withdraw(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<QuestionId>,
) -> Result<Json<MyQuestion>, Problem> {
    let mut reader = app.db.read().await?;
    let found = questions::find(&mut reader, id)
        .await?
        .filter(|(_, question)| question.asker == who.person.id);
    let (event, _) = found.ok_or_else(Problem::missing)?;
    let event = at(&mut reader, event).await?;
    let actor = actor(&mut reader, &who, &event).await?;
    drop(reader);
    let done = room(&app, event.id)
        .await?
        .command(actor, None, Command::Withdraw { question: id })
        .await;
    question_of(done)?;
    let (_, question) = questions::find(&mut *app.db.read().await?, id)
        .await?
        .ok_or_else(Problem::missing)?;
    Ok(Json(MyQuestion::new(question, event.id, event.title)))
}

/// The question desk.
#[derive(Debug, Serialize, ToSchema)]
pub struct Desk {
    questions: Vec<Question>,
    /// The call list in order.
    line: Vec<QuestionId>,
    totals: Totals,
}

/// Every question of an event, the call list and the totals.
#[utoipa::path(get, path = "/events/{event}/questions", tag = "room", params(("event" = EventId, Path)), responses(
    (status = 200, description = "The desk", body = Desk),
))]
pub async fn desk(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<Desk>, Problem> {
    let event = at(&mut *app.db.read().await?, id).await?;
    who.must(Action::SeeDesk, place(&event))?;
    let view = room(&app, id).await?.desk().await.ok_or_else(Problem::unavailable)?;
    Ok(Json(Desk {
        questions: view.questions,
        line: view.line,
        totals: view.totals,
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct CommandRequest {
    /// Made by the client; the same id is carried out once.
    id: CommandId,
    command: Command,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CommandOutcome {
    /// Why it was not done; `null` when it was.
    #[schema(required = true)]
    refused: Option<Refusal>,
    /// The question it made, if it made one.
    #[schema(required = true)]
    question: Option<QuestionId>,
}

/// Gives a command to the room, as over the WebSocket.
#[utoipa::path(post, path = "/events/{event}/commands", tag = "room", request_body = CommandRequest,
    params(("event" = EventId, Path)), responses(
        (status = 200, description = "What became of it", body = CommandOutcome),
        (status = 403, description = "Nobody of this event's team", body = Problem),
))]
pub async fn command(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
    Json(body): Json<CommandRequest>,
) -> Result<Json<CommandOutcome>, Problem> {
    let mut reader = app.db.read().await?;
    let event = at(&mut reader, id).await?;
    who.must(Action::CommandRoom, place(&event))?;
    let actor = actor(&mut reader, &who, &event).await?;
    drop(reader);
    let Done { refused, question } = room(&app, id).await?.command(actor, Some(body.id), body.command).await;
    Ok(Json(CommandOutcome { refused, question }))
}

async fn room(app: &App, event: EventId) -> Result<RoomHandle, Problem> {
    app.rooms.get(event).await.map_err(|error| match error {
        RoomError::NoSuchEvent => Problem::missing(),
        RoomError::Stopping => Problem::unavailable().retry_after(5),
        RoomError::Store(error) => error.into(),
    })
}

async fn actor(conn: &mut Conn, who: &Who, event: &Event) -> Result<Actor, Problem> {
    entrance::actor(conn, who, event).await?.ok_or_else(Problem::forbidden)
}

fn question_of(done: Done) -> Result<Option<QuestionId>, Problem> {
    match done.refused {
        None => Ok(done.question),
        Some(Refusal::NotAllowed) => Err(Problem::forbidden()),
        Some(Refusal::NoSuchQuestion) => Err(Problem::missing()),
        Some(Refusal::NotStored) => Err(Problem::unavailable().retry_after(2)),
        Some(Refusal::Empty) => Err(Problem::invalid().field("topic", "required")),
        Some(Refusal::TooLong) => Err(Problem::invalid().field("text", "too_long")),
        Some(refusal) => Err(Problem::refused().detail(refusal.to_string()).with("refusal", refusal)),
    }
}

/// The same key of the same person for the same event is the same command, in this process and the next.
fn command_id(parts: &[&str]) -> CommandId {
    let digest = Sha256::digest(parts.join("\n"));
    let bytes = digest.first_chunk::<16>().copied().unwrap_or_default();
    uuid::Builder::from_custom_bytes(bytes).into_uuid().into()
}

#[cfg(test)]
mod tests;
