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
        Conn, people,
        people::Person,
        registrations::{self, Registration as Stored, RegistrationState},
    },
};
use axum::{extract::State, http::StatusCode, response::Response};
use rostrum_domain::{event::EventState, id::EventId, time::Timestamp};
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
    let language = body.language.clone();
    let stranger = Person {
        id: app.new_id(),
        name: name.clone(),
        email,
        language,
        staff: false,
        disabled: false,
        version: 1,
    };
    let person = people::find_or_insert(&mut tx, &stranger, now).await?;
    let outlet = registrations::outlet(&mut tx, app.new_id(), &outlet, &country, now).await?;
    let asked = Stored {
        id: app.new_id(),
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
        created_at: now,
        version: 1,
    };
    let stands = if registrations::insert(&mut tx, &asked, now).await? {
        asked
    } else {
        again(&mut tx, asked, now).await?
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

/// Sent before: what waits for its confirmation is brought up to date. What is confirmed is not changed by whoever knows
/// the address; its owner is told where it stands.
async fn again(conn: &mut Conn, asked: Stored, now: Timestamp) -> Result<Stored, Problem> {
    let known = registrations::of_person_in(conn, asked.person, asked.event).await?;
    let known = known.ok_or_else(Problem::conflict)?;
    if !matches!(
        known.state,
        RegistrationState::Unconfirmed | RegistrationState::Withdrawn
    ) {
        return Ok(known);
    }
    let asked = Stored {
        id: known.id,
        created_at: known.created_at,
        version: known.version,
        ..asked
    };
    if registrations::update(conn, &asked, now).await? {
        Ok(asked)
    } else {
        Ok(known)
    }
}
