//! The portal: one's own registrations and questions, in all events.

use super::{
    Problem,
    auth::SignedIn,
    events::{PublicEvent, at},
    input::Json,
    page::Page,
    registrations::Registration,
};
use crate::{
    App,
    store::{questions, registrations},
};
use axum::extract::State;
use rostrum_domain::{
    id::{EventId, QuestionId},
    question::{Channel, Promise, Question, QuestionState, WrittenAnswer},
    text::Text,
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct MyRegistration {
    #[serde(flatten)]
    registration: Registration,
    event_detail: PublicEvent,
}

/// One's own registrations.
#[utoipa::path(get, path = "/me/registrations", tag = "portal", responses(
    (status = 200, description = "Newest first, at most 200", body = Page<MyRegistration>),
))]
pub async fn registrations(
    State(app): State<App>,
    SignedIn(who): SignedIn,
) -> Result<Json<Page<MyRegistration>>, Problem> {
    let mut reader = app.db.read().await?;
    let mut items = Vec::new();
    for registration in registrations::of_person(&mut reader, who.person.id).await? {
        let event = at(&mut reader, registration.event).await?;
        let event_detail = PublicEvent::of(&mut reader, event).await?;
        items.push(MyRegistration {
            registration: registration.into(),
            event_detail,
        });
    }
    Ok(Json(Page { items, next: None }))
}

/// A question as its asker sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyQuestion {
    pub id: QuestionId,
    pub channel: Channel,
    pub topic: String,
    #[schema(required = true)]
    pub text: Option<String>,
    pub language: String,
    pub state: QuestionState,
    #[schema(required = true)]
    pub reason: Option<String>,
    pub submitted_at: Timestamp,
    /// The question this one follows up.
    #[schema(required = true)]
    pub parent: Option<QuestionId>,
    /// When it was taken: by when it will be answered, and who sees to it.
    #[schema(required = true)]
    pub promise: Option<Promise>,
    #[schema(required = true)]
    pub answer: Option<WrittenAnswer>,
    pub event: EventId,
    pub event_title: Text,
}

impl MyQuestion {
    pub fn new(question: Question, event: EventId, event_title: Text) -> Self {
        let Question {
            id,
            channel,
            topic,
            text,
            language,
            state,
            reason,
            submitted_at,
            parent,
            promise,
            answer,
            ..
        } = question;
        Self {
            id,
            channel,
            topic,
            text,
            language,
            state,
            reason,
            submitted_at,
            parent,
            promise,
            answer,
            event,
            event_title,
        }
    }
}

/// One's own questions.
#[utoipa::path(get, path = "/me/questions", tag = "portal", responses(
    (status = 200, description = "Newest first", body = Page<MyQuestion>),
))]
pub async fn questions(State(app): State<App>, SignedIn(who): SignedIn) -> Result<Json<Page<MyQuestion>>, Problem> {
    let mut reader = app.db.read().await?;
    let mut items = Vec::new();
    for (event, question) in questions::of_person(&mut reader, who.person.id).await? {
        let title = at(&mut reader, event).await?.title;
        items.push(MyQuestion::new(question, event, title));
    }
    Ok(Json(Page { items, next: None }))
}
