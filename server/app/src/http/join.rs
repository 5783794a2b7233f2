//! The personal link of an accredited journalist: signs in and names the event. It works until the event is over, on any
//! device, because a hotel network or an empty battery must not cost anybody the briefing.

use super::{
    Problem,
    auth::set_cookie,
    client::Client,
    events::{PublicEvent, at},
    input::Json,
    session::{Me, Token},
};
use crate::{
    App, secrets, sign_in,
    store::{
        people,
        registrations::{self, RegistrationState},
        sessions::{self, Purpose, Via},
    },
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use rostrum_domain::event::EventState;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Joined {
    me: Me,
    event: PublicEvent,
}

/// Signs in with the link of an approval mail.
#[utoipa::path(post, path = "/join", tag = "session", request_body = Token, responses(
    (status = 200, description = "Signed in; the session cookie is set", body = Joined),
    (status = 410, description = "The event is over, the accreditation withdrawn, or the link not ours", body = Problem),
))]
pub async fn join(State(app): State<App>, client: Client, Json(body): Json<Token>) -> Result<Response, Problem> {
    app.limits.join.check_address(client.0)?;
    let mut tx = app.db.begin().await?;
    let link = sessions::find_link(&mut tx, &secrets::hash(&body.token), Purpose::Join, app.now()).await?;
    let id = link.and_then(|link| link.registration).ok_or_else(Problem::bad_link)?;
    let registration = registrations::by_id(&mut tx, id).await?.ok_or_else(Problem::bad_link)?;
    let event = at(&mut tx, registration.event).await?;
    let is_open = matches!(event.state, EventState::Announced | EventState::Live);
    if registration.state != RegistrationState::Approved || !is_open {
        return Err(Problem::bad_link());
    }
    let person = people::by_id(&mut tx, registration.person)
        .await?
        .filter(|person| !person.disabled);
    let person = person.ok_or_else(Problem::bad_link)?;
    let secret = sign_in::open(&app, &mut tx, &person, Via::Join).await?;
    let held = people::held(&mut tx, person.id).await?;
    let event = PublicEvent::of(&mut tx, event).await?;
    tx.commit().await?;
    let joined = Joined {
        me: Me::new(&person, &held),
        event,
    };
    Ok(([set_cookie(&app.config, Some(&secret))], Json(joined)).into_response())
}
