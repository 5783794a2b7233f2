//! An officer's decision. Two at once: the first counts, the second sees it (412 with `current`).

use super::{Registration, tell};
use crate::{
    App,
    http::{
        Problem,
        auth::SignedIn,
        events::{at, place},
        input::{Check, Json, Path},
        version::{IfMatch, Versioned},
    },
    store::{
        registrations::{self, RegistrationState},
        sessions::{self, Purpose},
    },
};
use axum::extract::State;
use rostrum_domain::{id::RegistrationId, policy::Action};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
pub struct DecisionRequest {
    decision: Decision,
    /// Told to the person; required with a refusal.
    reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Approve,
    Refuse,
}

/// Approves or refuses a registration; its person gets a mail. A decision may be changed by a later one.
#[utoipa::path(post, path = "/registrations/{registration}/decision", tag = "registration", request_body = DecisionRequest,
    params(("registration" = RegistrationId, Path), ("If-Match" = String, Header, description = "The version decided on")),
    responses(
        (status = 200, description = "Decided", body = Registration),
        (status = 409, description = "Not confirmed yet, or withdrawn", body = Problem),
        (status = 412, description = "Somebody else decided; `current` holds the registration", body = Problem),
))]
pub async fn decide(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<RegistrationId>,
    IfMatch(version): IfMatch,
    Json(body): Json<DecisionRequest>,
) -> Result<Versioned<Registration>, Problem> {
    let mut check = Check::default();
    let reason = body
        .reason
        .as_ref()
        .map(|reason| check.text("reason", reason, 0..=1000));
    let reason = reason.filter(|reason| !reason.is_empty());
    check.must(
        body.decision == Decision::Approve || reason.is_some(),
        "reason",
        "required",
    );
    check.done()?;

    let now = app.now();
    let mut tx = app.db.begin().await?;
    let mut registration = registrations::by_id(&mut tx, id).await?.ok_or_else(Problem::missing)?;
    let event = at(&mut tx, registration.event).await?;
    who.must(Action::DecideRegistration, place(&event))?;
    if registration.version != version {
        return Err(Problem::stale().with("current", Registration::from(registration)));
    }
    if matches!(
        registration.state,
        RegistrationState::Unconfirmed | RegistrationState::Withdrawn
    ) {
        return Err(Problem::wrong_state().with("current", Registration::from(registration)));
    }
    registration.state = match body.decision {
        Decision::Approve => RegistrationState::Approved,
        Decision::Refuse => RegistrationState::Refused,
    };
    registration.reason = reason;
    registration.decided_by = Some(who.person.id);
    registration.decided_by_name = Some(who.person.name.clone());
    registration.decided_at = Some(now);
    if !registrations::update(&mut tx, &registration, now).await? {
        // On PostgreSQL somebody may have decided since it was read above.
        let current = registrations::by_id(&mut tx, id).await?.ok_or_else(Problem::missing)?;
        return Err(Problem::stale().with("current", Registration::from(current)));
    }
    registration.version += 1;
    if registration.state == RegistrationState::Refused {
        sessions::cancel_links_of(&mut tx, id, Purpose::Join, now).await?;
    }
    tell(&app, &mut tx, &registration, &event).await?;
    tx.commit().await?;
    Ok(Versioned(registration.version, registration.into()))
}
