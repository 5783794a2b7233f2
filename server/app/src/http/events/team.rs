//! The team of one event: who chairs, who speaks, who edits, in what office. Guests come by their e-mail address.

use super::{at, place};
use crate::{
    App,
    http::{
        Problem,
        auth::SignedIn,
        input::{Check, Json, Path},
        people::greet,
    },
    store::{people, people::Person},
};
use axum::{extract::State, http::StatusCode};
use rostrum_domain::{
    id::{EventId, PersonId},
    person::Role,
    policy::{Action, Held, Scope},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct TeamMember {
    pub person: PersonId,
    pub name: String,
    pub role: Role,
    /// In what capacity, as shown on air.
    #[schema(required = true)]
    pub office: Option<String>,
}

impl From<people::TeamMember> for TeamMember {
    fn from(member: people::TeamMember) -> Self {
        let people::TeamMember {
            person,
            name,
            role,
            office,
        } = member;
        Self {
            person,
            name,
            role,
            office,
        }
    }
}

/// Lists the team.
#[utoipa::path(get, path = "/events/{event}/team", tag = "programme", params(("event" = EventId, Path)), responses(
    (status = 200, description = "The team, as it was chosen", body = Vec<TeamMember>),
))]
pub async fn list(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<Vec<TeamMember>>, Problem> {
    let mut reader = app.db.read().await?;
    let event = at(&mut reader, id).await?;
    who.must(Action::SeeProgramme, place(&event))?;
    let team = people::team(&mut reader, id).await?;
    Ok(Json(team.into_iter().map(TeamMember::from).collect()))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewMember {
    /// Somebody the house knows…
    person: Option<PersonId>,
    /// …or a guest, by address and name.
    email: Option<String>,
    name: Option<String>,
    role: Role,
    office: Option<String>,
}

/// Adds somebody to the team, or changes their office.
#[utoipa::path(post, path = "/events/{event}/team", tag = "programme", request_body = NewMember,
    params(("event" = EventId, Path)), responses(
        (status = 201, description = "Added", body = TeamMember),
        (status = 422, description = "Wrong fields", body = Problem),
))]
pub async fn add(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<EventId>,
    Json(body): Json<NewMember>,
) -> Result<(StatusCode, Json<TeamMember>), Problem> {
    let mut check = Check::default();
    let office = body.office.as_ref().map(|office| check.text("office", office, 0..=120));
    let office = office.filter(|office| !office.is_empty());
    check.must(
        !matches!(body.role, Role::Journalist | Role::Admin),
        "role",
        "not_for_a_team",
    );
    let guest = match (&body.person, &body.email) {
        (None, Some(email)) => {
            let name = check.text("name", body.name.as_deref().unwrap_or_default(), 1..=120);
            Some((check.email("email", email), name))
        }
        (person, _) => {
            check.must(person.is_some(), "person", "required");
            None
        }
    };
    check.done()?;

    let now = app.now();
    let mut tx = app.db.begin().await?;
    let event = at(&mut tx, id).await?;
    who.must(Action::EditProgramme, place(&event))?;
    let person = match (body.person, guest) {
        (Some(person), _) => people::by_id(&mut tx, person).await?,
        (None, Some((email, name))) => match people::by_email(&mut tx, &email).await? {
            Some(known) => Some(known),
            None => {
                let language = event.languages.first().unwrap_or(&app.config.house.language).clone();
                let guest = Person {
                    id: app.new_id(),
                    name,
                    email,
                    language,
                    staff: false,
                    disabled: false,
                    version: 1,
                };
                people::insert(&mut tx, &guest, None, now).await?;
                greet(&app, &mut tx, &guest).await?;
                Some(guest)
            }
        },
        (None, None) => None,
    };
    let person = person.ok_or_else(|| Problem::invalid().field("person", "unknown"))?;
    people::grant(
        &mut tx,
        person.id,
        Held {
            role: body.role,
            scope: Scope::Event(id),
        },
        office.as_deref(),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok((
        StatusCode::CREATED,
        Json(TeamMember {
            person: person.id,
            name: person.name,
            role: body.role,
            office,
        }),
    ))
}

/// Takes somebody off the team.
#[utoipa::path(delete, path = "/events/{event}/team/{person}/{role}", tag = "programme",
    params(("event" = EventId, Path), ("person" = PersonId, Path), ("role" = Role, Path)), responses(
        (status = 204, description = "Off the team"),
        (status = 404, description = "Was not on it", body = Problem),
))]
pub async fn remove(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path((id, person, role)): Path<(EventId, PersonId, Role)>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin().await?;
    let event = at(&mut tx, id).await?;
    who.must(Action::EditProgramme, place(&event))?;
    if !people::revoke(
        &mut tx,
        person,
        Held {
            role,
            scope: Scope::Event(id),
        },
    )
    .await?
    {
        return Err(Problem::missing());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
