//! The public form. Whoever sends it proves the address by a mailed link first; the answer is the same whether the address
//! is known or not, so nobody learns from it who is accredited.

use super::tell;
use crate::{
    App,
    http::{
        Problem,
        client::Client,
        events::at,
        idempotency::Create,
        input::{Check, Path},
    },
    store::{
        people,
        people::Person,
        registrations::{self, Registration as Stored, RegistrationState},
    },
};
use axum::{extract::State, http::StatusCode, response::Response};
use rostrum_domain::{event::EventState, id::EventId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewRegistration {
    /// As it will be shown on air.
    name: String,
    email: String,
    outlet: String,
    /// ISO 3166-1 alpha-2.
    outlet_country: String,
    language: String,
    press_card: String,
    message: Option<String>,
    privacy_accepted: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Registered {
    state: RegistrationState,
}

/// Asks to take part in an event.
#[utoipa::path(post, path = "/events/{event}/registrations", tag = "public", request_body = NewRegistration,
    params(("event" = EventId, Path)), responses(
        (status = 202, description = "A mail is on its way; its link confirms the address", body = Registered),
        (status = 404, description = "No such event, or not announced", body = Problem),
        (status = 409, description = "Registration is over", body = Problem),
        (status = 422, description = "Wrong fields", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
))]
pub async fn register(
    State(app): State<App>,
    Path(id): Path<EventId>,
    client: Client,
    Create { body, once }: Create<NewRegistration>,
) -> Result<Response, Problem> {
    app.limits.registration.check_address(client.0)?;
    let mut check = Check::default();
    let name = check.text("name", &body.name, 1..=120);
    let email = check.email("email", &body.email);
    let outlet = check.text("outlet", &body.outlet, 1..=160);
    let country = check.country("outlet_country", &body.outlet_country);
    check.language("language", &body.language);
    let press_card = check.text("press_card", &body.press_card, 1..=80);
    let message = body
        .message
        .as_ref()
        .map(|message| check.text("message", message, 0..=2000));
    check.must(body.privacy_accepted, "privacy_accepted", "required");
    check.done()?;

    let now = app.now();
    let mut tx = app.db.begin().await?;
    if let Some(answer) = once.seen(&app, &mut tx).await? {
        return Ok(answer);
    }
    let event = at(&mut tx, id).await?;
    match event.state {
        EventState::Draft => return Err(Problem::missing()),
        EventState::Announced | EventState::Live if now < event.registration_closes_at => {}
        _ => return Err(Problem::closed()),
    }
    let person = match people::by_email(&mut tx, &email).await? {
        Some(known) => known,
        None => {
            let (name, language) = (name.clone(), body.language.clone());
            let made = Person {
                id: app.new_id(),
                name,
                email,
                language,
                staff: false,
                disabled: false,
                version: 1,
            };
            people::insert(&mut tx, &made, None, now).await?;
            made
        }
    };
    let outlet = registrations::outlet(&mut tx, app.new_id(), &outlet, &country, now).await?;
    let known = registrations::of_person_in(&mut tx, person.id, id).await?;
    let asked = Stored {
        id: known.as_ref().map_or_else(|| app.new_id(), |known| known.id),
        event: id,
        person: person.id,
        email: person.email,
        name,
        outlet,
        language: body.language,
        press_card,
        message: message.filter(|message| !message.is_empty()),
        state: RegistrationState::Unconfirmed,
        reason: None,
        decided_by: None,
        decided_by_name: None,
        decided_at: None,
        created_at: known.as_ref().map_or(now, |known| known.created_at),
        version: known.as_ref().map_or(1, |known| known.version),
    };
    let stands = match known {
        None => {
            registrations::insert(&mut tx, &asked, now).await?;
            asked
        }
        Some(known)
            if matches!(
                known.state,
                RegistrationState::Unconfirmed | RegistrationState::Withdrawn
            ) =>
        {
            if !registrations::update(&mut tx, &asked, now).await? {
                return Err(Problem::conflict());
            }
            asked
        }
        // What is confirmed is not changed by whoever knows the address; its owner is told where it stands.
        Some(known) => known,
    };
    // Over the limit the registration still counts; only the mailbox is spared.
    if app.limits.link.check(&stands.email).is_ok() {
        tell(&app, &mut tx, &stands, &event).await?;
    }
    let answer = Registered {
        state: RegistrationState::Unconfirmed,
    };
    let answer = once.answer(&mut tx, StatusCode::ACCEPTED, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}
