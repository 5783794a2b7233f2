//! Every mail of the house, for its staff: what was sent, what was kept for want of a server, what failed and why.

use super::{
    Problem,
    auth::SignedIn,
    input::Json,
    page::{Page, PageQuery, Wanted},
};
use crate::{
    App,
    store::{
        mail,
        mail::{Mail as Stored, MailState},
    },
};
use axum::extract::State;
use rostrum_domain::{
    policy::{Action, Place},
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct Mail {
    id: Uuid,
    to: String,
    subject: String,
    text: String,
    state: MailState,
    #[schema(required = true)]
    error: Option<String>,
    created_at: Timestamp,
    #[schema(required = true)]
    sent_at: Option<Timestamp>,
}

impl From<Stored> for Mail {
    fn from(mail: Stored) -> Self {
        Self {
            id: mail.id,
            to: mail.to_email,
            subject: mail.subject,
            text: mail.body,
            state: mail.state,
            error: mail.error,
            created_at: mail.created_at,
            sent_at: mail.sent_at,
        }
    }
}

/// Lists the outbox.
#[utoipa::path(get, path = "/outbox", tag = "people", params(PageQuery), responses(
    (status = 200, description = "Mails, newest first", body = Page<Mail>),
))]
pub async fn list(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    wanted: Wanted,
) -> Result<Json<Page<Mail>>, Problem> {
    who.must(Action::SeeMail, Place::House)?;
    let mut reader = app.db.read().await?;
    let found = mail::page(&mut reader, wanted.after().unwrap_or("~"), wanted.fetch()).await?;
    Ok(Json(wanted.page(found, |mail| mail.id.to_string(), Mail::from)))
}
