//! The address is proved: the officers see the registration from now on. The link may be opened again; it says the same.

use super::tell;
use crate::{
    App,
    http::{Problem, client::Client, events::at, input::Json, session::Token},
    secrets,
    store::{
        people,
        people::Person,
        registrations::{self, RegistrationState},
        sessions::{self, Purpose},
    },
};
use axum::extract::State;
use rostrum_domain::id::EventId;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Confirmed {
    event: EventId,
    state: RegistrationState,
}

/// Confirms the address of a registration.
#[utoipa::path(post, path = "/registrations/confirm", tag = "public", request_body = Token, responses(
    (status = 200, description = "Confirmed; where the registration stands", body = Confirmed),
    (status = 410, description = "Too old, or not ours", body = Problem),
))]
pub async fn confirm(
    State(app): State<App>,
    client: Client,
    Json(body): Json<Token>,
) -> Result<Json<Confirmed>, Problem> {
    app.limits.join.check_address(client.0)?;
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let link = sessions::find_link(&mut tx, &secrets::hash(&body.token), Purpose::Confirm, now).await?;
    let id = link.and_then(|link| link.registration).ok_or_else(Problem::bad_link)?;
    let mut registration = registrations::by_id(&mut tx, id).await?.ok_or_else(Problem::bad_link)?;
    if registration.state == RegistrationState::Unconfirmed {
        registration.state = RegistrationState::Pending;
        if !registrations::update(&mut tx, &registration, now).await? {
            return Err(Problem::conflict());
        }
        // The address is theirs, so the name they gave with it is who they are. Staff names are the house's business.
        if let Some(person) = people::by_id(&mut tx, registration.person)
            .await?
            .filter(|person| !person.staff)
        {
            let (name, language) = (registration.name.clone(), registration.language.clone());
            people::update(
                &mut tx,
                &Person {
                    name,
                    language,
                    ..person
                },
                now,
            )
            .await?;
        }
        let event = at(&mut tx, registration.event).await?;
        tell(&app, &mut tx, &registration, &event).await?;
    }
    tx.commit().await?;
    Ok(Json(Confirmed {
        event: registration.event,
        state: registration.state,
    }))
}
