//! Registration: from the public form, over the proved address, to an officer's decision. One person, one event, one
//! registration; sent twice it is still one.

pub mod confirm;
pub mod decide;
pub mod register;
mod view;

pub use view::{Outlet, Registration};

use super::{
    Problem,
    auth::SignedIn,
    events::{at, place},
    input::{Json, Path, QueryOf},
    page::{Page, PageQuery, Wanted},
};
use crate::{
    App, mail,
    mail::{Reader, Template},
    sign_in,
    store::{
        Conn, StoreError,
        events::Event,
        registrations,
        registrations::{Registration as Stored, RegistrationState},
        sessions::{self, Purpose},
    },
};
use axum::extract::State;
use rostrum_domain::{
    id::{EventId, RegistrationId},
    policy::Action,
};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct RegistrationFilter {
    state: Option<RegistrationState>,
}

/// Lists the registrations of an event.
#[utoipa::path(get, path = "/events/{event}/registrations", tag = "registration",
    params(("event" = EventId, Path), ("state" = Option<RegistrationState>, Query), PageQuery), responses(
        (status = 200, description = "Registrations, oldest first", body = Page<Registration>),
))]
pub async fn list(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
    QueryOf(filter): QueryOf<RegistrationFilter>,
    wanted: Wanted,
) -> Result<Json<Page<Registration>>, Problem> {
    let mut reader = app.db.read().await?;
    let event = at(&mut reader, id).await?;
    who.must(Action::SeeRegistrations, place(&event))?;
    let after = wanted.after().unwrap_or_default();
    let found = registrations::page(&mut reader, id, filter.state, after, wanted.fetch()).await?;
    Ok(Json(wanted.page(
        found,
        |registration| registration.id.to_string(),
        Registration::from,
    )))
}

/// Takes back one's own registration.
#[utoipa::path(post, path = "/registrations/{registration}/withdraw", tag = "registration",
    params(("registration" = RegistrationId, Path)), responses(
        (status = 200, description = "Withdrawn", body = Registration),
        (status = 404, description = "Not one's own", body = Problem),
))]
pub async fn withdraw(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<RegistrationId>,
) -> Result<Json<Registration>, Problem> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let found = registrations::by_id(&mut tx, id).await?;
    let mut registration = found
        .filter(|found| found.person == who.person.id)
        .ok_or_else(Problem::missing)?;
    if registration.state == RegistrationState::Refused {
        return Err(Problem::wrong_state());
    }
    if registration.state != RegistrationState::Withdrawn {
        registration.state = RegistrationState::Withdrawn;
        if !registrations::update(&mut tx, &registration, now).await? {
            return Err(Problem::stale());
        }
        registration.version += 1;
        for purpose in [Purpose::Join, Purpose::Confirm] {
            sessions::cancel_links_of(&mut tx, id, purpose, now).await?;
        }
    }
    tx.commit().await?;
    Ok(Json(registration.into()))
}

/// The letter that tells somebody where their registration stands.
async fn tell(app: &App, conn: &mut Conn, registration: &Stored, event: &Event) -> Result<(), StoreError> {
    let language = &registration.language;
    let when = mail::when(event.starts_at, &event.zone, language);
    let common = [("event", event.title.read(language)), ("when", when.as_str())];
    let to = Reader {
        name: &registration.name,
        email: &registration.email,
        language,
    };
    let (person, id) = (registration.person, registration.id);
    let (template, last) = match registration.state {
        RegistrationState::Unconfirmed => (
            Template::Confirm,
            Some(("link", sign_in::confirm_link(app, conn, person, id).await?)),
        ),
        RegistrationState::Pending => (Template::Pending, None),
        RegistrationState::Approved => (
            Template::Approved,
            Some(("link", sign_in::join_link(app, conn, person, id, event.ends_at).await?)),
        ),
        RegistrationState::Refused => (
            Template::Refused,
            registration.reason.clone().map(|reason| ("reason", reason)),
        ),
        RegistrationState::Withdrawn => return Ok(()),
    };
    let mut values = common.to_vec();
    values.extend(last.as_ref().map(|(hole, value)| (*hole, value.as_str())));
    mail::write(app, conn, template, to, &values).await
}

#[cfg(test)]
mod tests;
