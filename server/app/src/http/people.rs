//! Staff accounts and the roles they hold.

use super::{
    Problem,
    auth::SignedIn,
    idempotency::Create,
    input::{Check, Json, Path},
    page::{Page, PageQuery, Wanted},
    session::RoleGrant,
    version::{IfMatch, Versioned},
};
use crate::{
    App, mail,
    mail::{Reader, Template},
    password, sign_in,
    store::{Conn, StoreError, people, people::Person, sessions},
};
use axum::{extract::State, http::StatusCode, response::Response};
use rostrum_domain::{
    id::PersonId,
    person::Role,
    policy::{Action, Held, Place, Scope},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A member of the house.
#[derive(Debug, Serialize, ToSchema)]
pub struct Staff {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub language: String,
    pub roles: Vec<RoleGrant>,
    pub disabled: bool,
    pub version: i64,
}

async fn shown(conn: &mut Conn, person: Person) -> Result<Staff, StoreError> {
    let roles = people::held(conn, person.id)
        .await?
        .into_iter()
        .map(RoleGrant::from)
        .collect();
    let Person {
        id,
        name,
        email,
        language,
        disabled,
        version,
        ..
    } = person;
    Ok(Staff {
        id,
        name,
        email,
        language,
        roles,
        disabled,
        version,
    })
}

/// Lists the staff.
#[utoipa::path(get, path = "/staff", tag = "people", params(PageQuery), responses(
    (status = 200, description = "Staff, oldest account first", body = Page<Staff>),
))]
pub async fn list(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    wanted: Wanted,
) -> Result<Json<Page<Staff>>, Problem> {
    who.must(Action::SeePeople, Place::House)?;
    let mut reader = app.db.read().await?;
    let found = people::staff_page(&mut reader, wanted.after().unwrap_or_default(), wanted.fetch()).await?;
    let Page { items, next } = wanted.page(found, |person| person.id.to_string(), |person| person);
    let mut staff = Vec::with_capacity(items.len());
    for person in items {
        staff.push(shown(&mut reader, person).await?);
    }
    Ok(Json(Page { items: staff, next }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewStaff {
    name: String,
    email: String,
    /// Without one, they sign in by mailed link.
    password: Option<String>,
    language: String,
    #[serde(default)]
    roles: Vec<RoleGrant>,
}

/// Makes an account and mails its owner a link.
#[utoipa::path(post, path = "/staff", tag = "people", request_body = NewStaff, responses(
    (status = 201, description = "Made", body = Staff),
    (status = 409, description = "The address has an account already", body = Problem),
    (status = 422, description = "Wrong fields", body = Problem),
))]
pub async fn create(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Create { body, once }: Create<NewStaff>,
) -> Result<Response, Problem> {
    who.must(Action::ManagePeople, Place::House)?;
    let mut check = Check::default();
    let name = check.text("name", &body.name, 1..=120);
    let email = check.email("email", &body.email);
    check.language("language", &body.language);
    if let Some(password) = &body.password {
        check_password(&mut check, password);
    }
    let roles = check_roles(&mut check, &body.roles);
    check.done()?;
    let hash = match &body.password {
        Some(password) => Some(password::hash(password).await),
        None => None,
    };

    let now = app.now();
    let mut tx = app.db.begin().await?;
    if let Some(answer) = once.seen(&app, &mut tx).await? {
        return Ok(answer);
    }
    let person = match people::by_email(&mut tx, &email).await? {
        Some(known) if known.staff => return Err(Problem::conflict().field("email", "taken")),
        // Somebody who registered as a journalist joins the house.
        Some(known) => {
            let mut person = Person {
                name,
                language: body.language,
                staff: true,
                ..known
            };
            if !people::update(&mut tx, &person, now).await? {
                return Err(Problem::conflict());
            }
            person.version += 1;
            if let Some(hash) = &hash {
                people::set_password_hash(&mut tx, person.id, hash).await?;
            }
            person
        }
        None => {
            let language = body.language;
            let person = Person {
                id: app.new_id(),
                name,
                email,
                language,
                staff: true,
                disabled: false,
                version: 1,
            };
            people::insert(&mut tx, &person, hash.as_deref(), now).await?;
            person
        }
    };
    for held in roles {
        people::grant(&mut tx, person.id, held, None, now).await?;
    }
    greet(&app, &mut tx, &person).await?;
    let staff = shown(&mut tx, person).await?;
    let answer = once.answer(&mut tx, StatusCode::CREATED, &staff).await?;
    tx.commit().await?;
    Ok(answer)
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct StaffEdit {
    name: Option<String>,
    email: Option<String>,
    language: Option<String>,
    /// A new password ends every sign-in of this person.
    password: Option<String>,
    /// Replaces every role that is held on the house or a series; roles in single events belong to their teams.
    roles: Option<Vec<RoleGrant>>,
    disabled: Option<bool>,
}

/// Changes an account. The last administrator stays one.
#[utoipa::path(patch, path = "/staff/{person}", tag = "people", request_body = StaffEdit,
    params(("person" = PersonId, Path), ("If-Match" = String, Header, description = "The version edited")),
    responses(
        (status = 200, description = "Changed", body = Staff),
        (status = 409, description = "The house would be without an administrator", body = Problem),
        (status = 412, description = "Somebody else changed it", body = Problem),
))]
pub async fn edit(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    Path(id): Path<PersonId>,
    IfMatch(version): IfMatch,
    Json(body): Json<StaffEdit>,
) -> Result<Versioned<Staff>, Problem> {
    who.must(Action::ManagePeople, Place::House)?;
    let mut check = Check::default();
    let name = body.name.as_ref().map(|name| check.text("name", name, 1..=120));
    let email = body.email.as_ref().map(|email| check.email("email", email));
    if let Some(language) = &body.language {
        check.language("language", language);
    }
    if let Some(password) = &body.password {
        check_password(&mut check, password);
    }
    let roles = body.roles.as_ref().map(|roles| check_roles(&mut check, roles));
    check.done()?;
    let hash = match &body.password {
        Some(password) => Some(password::hash(password).await),
        None => None,
    };

    let now = app.now();
    let mut tx = app.db.begin().await?;
    let known = people::by_id(&mut tx, id)
        .await?
        .filter(|person| person.staff)
        .ok_or_else(Problem::missing)?;
    let mut person = Person {
        name: name.unwrap_or(known.name),
        email: email.unwrap_or(known.email),
        language: body.language.unwrap_or(known.language),
        disabled: body.disabled.unwrap_or(known.disabled),
        version,
        ..known
    };
    if !people::update(&mut tx, &person, now).await? {
        let current = people::by_id(&mut tx, id).await?.ok_or_else(Problem::missing)?;
        return Err(Problem::stale().with("current", shown(&mut tx, current).await?));
    }
    person.version += 1;
    if let Some(hash) = &hash {
        people::set_password_hash(&mut tx, id, hash).await?;
    }
    if let Some(wanted) = roles {
        replace_roles(&mut tx, id, &wanted, now).await?;
    }
    if person.disabled || hash.is_some() {
        sessions::revoke_all(&mut tx, id, now).await?;
    }
    if !people::any_admin(&mut tx).await? {
        return Err(Problem::wrong_state().detail("somebody must remain administrator"));
    }
    let staff = shown(&mut tx, person).await?;
    tx.commit().await?;
    Ok(Versioned(staff.version, staff))
}

pub fn check_password(check: &mut Check, password: &str) {
    let length = password.chars().count();
    check.must(length >= *password::LENGTH.start(), "password", "too_short");
    check.must(length <= *password::LENGTH.end(), "password", "too_long");
}

fn check_roles(check: &mut Check, roles: &[RoleGrant]) -> Vec<Held> {
    let mut held = Vec::with_capacity(roles.len());
    check.must(roles.len() <= 50, "roles", "too_many");
    for (index, grant) in roles.iter().enumerate() {
        let field = format!("roles.{index}");
        // Accreditation comes from a registration, never from the staff list.
        check.must(grant.role != Role::Journalist, &field, "not_for_staff");
        match grant.held() {
            Some(grant) => held.push(grant),
            None => check.must(false, &field, "scope_and_id"),
        }
    }
    held
}

async fn replace_roles(conn: &mut Conn, person: PersonId, wanted: &[Held], now: Timestamp) -> Result<(), StoreError> {
    let of_events = |held: &Held| matches!(held.scope, Scope::Event(_));
    for held in people::held(conn, person).await? {
        if !of_events(&held) && !wanted.contains(&held) {
            people::revoke(conn, person, held).await?;
        }
    }
    for held in wanted.iter().filter(|held| !of_events(held)) {
        people::grant(conn, person, *held, None, now).await?;
    }
    Ok(())
}

/// Tells somebody that they have an account now, with a link to come in.
pub async fn greet(app: &App, conn: &mut Conn, person: &Person) -> Result<(), StoreError> {
    let link = sign_in::sign_in_link(app, conn, person.id, None, sign_in::TERMINAL_LINK).await?;
    let to = Reader {
        name: &person.name,
        email: &person.email,
        language: &person.language,
    };
    mail::write(app, conn, Template::Welcome, to, &[("link", &link)]).await
}

#[cfg(test)]
mod tests;
