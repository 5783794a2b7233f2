//! Signing in and out: by password for staff, by mailed link for everybody.

use super::{
    Problem,
    auth::{MaybeWho, SignedIn, set_cookie},
    client::Client,
    input::{Check, Json},
};
use crate::{
    App, mail,
    mail::{Reader, Template},
    password, secrets, sign_in,
    sign_in::Who,
    store::{
        people,
        people::Person,
        sessions::{self, Purpose, Via},
    },
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use rostrum_domain::{
    id::PersonId,
    person::Role,
    policy::{Held, Scope},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Who is signed in, and as what.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    pub person: MePerson,
    pub roles: Vec<RoleGrant>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MePerson {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub language: String,
}

/// A role and where it is held.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RoleGrant {
    pub role: Role,
    pub scope: RoleScope,
    /// The series or event; `null` for the house.
    #[schema(required = true)]
    pub id: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleScope {
    House,
    Series,
    Event,
}

impl From<Held> for RoleGrant {
    fn from(held: Held) -> Self {
        let (scope, id) = match held.scope {
            Scope::House => (RoleScope::House, None),
            Scope::Series(id) => (RoleScope::Series, Some(id.0)),
            Scope::Event(id) => (RoleScope::Event, Some(id.0)),
        };
        Self {
            role: held.role,
            scope,
            id,
        }
    }
}

impl RoleGrant {
    /// `None` when scope and id do not fit together.
    pub fn held(&self) -> Option<Held> {
        let scope = match (self.scope, self.id) {
            (RoleScope::House, None) => Scope::House,
            (RoleScope::Series, Some(id)) => Scope::Series(id.into()),
            (RoleScope::Event, Some(id)) => Scope::Event(id.into()),
            _ => return None,
        };
        Some(Held { role: self.role, scope })
    }
}

impl Me {
    pub fn new(person: &Person, held: &[Held]) -> Self {
        let Person {
            id,
            name,
            email,
            language,
            ..
        } = person.clone();
        Self {
            person: MePerson {
                id,
                name,
                email,
                language,
            },
            roles: held.iter().copied().map(RoleGrant::from).collect(),
        }
    }
}

impl From<&Who> for Me {
    fn from(who: &Who) -> Self {
        Self::new(&who.person, &who.held)
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct SignIn {
    email: String,
    password: String,
}

/// Signs staff in with a password.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn, responses(
    (status = 200, description = "Signed in; the session cookie is set", body = Me),
    (status = 401, description = "Wrong address or password", body = Problem),
    (status = 429, description = "Too many attempts", body = Problem),
))]
pub async fn create(State(app): State<App>, client: Client, Json(body): Json<SignIn>) -> Result<Response, Problem> {
    app.limits.sign_in.check_address(client.0)?;
    let email = body.email.trim().to_lowercase();
    // Also per account, so that many addresses cannot guess at one password together.
    app.limits.sign_in.check(&email)?;
    if body.password.len() > 4 * password::LENGTH.end() {
        return Err(Problem::bad_credentials());
    }
    let stored = people::password_hash(&mut *app.db.read().await?, &email).await?;
    let (person, hash) = stored.unzip();
    if !password::verify(&body.password, hash).await {
        metrics::counter!("rostrum_sign_in_failed_total").increment(1);
        return Err(Problem::bad_credentials());
    }
    let person = person.ok_or_else(Problem::bad_credentials)?;
    welcome(&app, person, Via::Password).await
}

/// Says who is signed in.
#[utoipa::path(get, path = "/session", tag = "session", responses(
    (status = 200, description = "Who is signed in", body = Me),
    (status = 401, description = "Nobody is", body = Problem),
))]
pub async fn current(SignedIn(who): SignedIn) -> Json<Me> {
    Json(Me::from(who.as_ref()))
}

/// Signs out on this device.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204, description = "Signed out")))]
pub async fn end(State(app): State<App>, MaybeWho(who): MaybeWho) -> Result<Response, Problem> {
    if let Some(who) = who {
        let mut tx = app.db.begin().await?;
        sessions::revoke(&mut tx, who.session, app.now()).await?;
        tx.commit().await?;
    }
    Ok((StatusCode::NO_CONTENT, [set_cookie(&app.config, None)]).into_response())
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct AskLink {
    email: String,
    /// Language of the mail: the one the person reads just now.
    #[serde(default)]
    language: Option<String>,
}

/// Mails a link that signs in once. The answer is the same whether the address is known or not.
#[utoipa::path(post, path = "/session/link", tag = "session", request_body = AskLink, responses(
    (status = 202, description = "If the address is known, a mail is on its way"),
    (status = 429, description = "Too many mails", body = Problem),
))]
pub async fn ask_link(
    State(app): State<App>,
    client: Client,
    Json(body): Json<AskLink>,
) -> Result<StatusCode, Problem> {
    let mut check = Check::default();
    let email = check.email("email", &body.email);
    check.done()?;
    app.limits.sign_in.check_address(client.0)?;
    app.limits.link.check(&email)?;
    let mut tx = app.db.begin().await?;
    if let Some(person) = people::by_email(&mut tx, &email)
        .await?
        .filter(|person| !person.disabled)
    {
        let link = sign_in::sign_in_link(&app, &mut tx, person.id, None, sign_in::SIGN_IN_LINK).await?;
        let minutes = sign_in::minutes(sign_in::SIGN_IN_LINK).to_string();
        let language = body.language.as_deref().unwrap_or(&person.language);
        let to = Reader {
            name: &person.name,
            email: &person.email,
            language,
        };
        mail::write(
            &app,
            &mut tx,
            Template::SignIn,
            to,
            &[("link", &link), ("minutes", &minutes)],
        )
        .await?;
    }
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Token {
    pub token: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Redeemed {
    me: Me,
    /// Where to go, inside the application.
    next: String,
}

/// Signs in with a mailed link, once.
#[utoipa::path(post, path = "/session/link/redeem", tag = "session", request_body = Token, responses(
    (status = 200, description = "Signed in; the session cookie is set", body = Redeemed),
    (status = 410, description = "Used up, too old, or not ours", body = Problem),
))]
pub async fn redeem(State(app): State<App>, client: Client, Json(body): Json<Token>) -> Result<Response, Problem> {
    app.limits.join.check_address(client.0)?;
    let mut tx = app.db.begin().await?;
    let link = sessions::use_link(&mut tx, &secrets::hash(&body.token), Purpose::SignIn, app.now()).await?;
    let link = link.ok_or_else(Problem::bad_link)?;
    let person = link.person.ok_or_else(Problem::bad_link)?;
    let person = people::by_id(&mut tx, person).await?.filter(|person| !person.disabled);
    let person = person.ok_or_else(Problem::bad_link)?;
    let secret = sign_in::open(&app, &mut tx, &person, Via::Link).await?;
    let held = people::held(&mut tx, person.id).await?;
    tx.commit().await?;
    let redeemed = Redeemed {
        me: Me::new(&person, &held),
        next: link.next.unwrap_or_else(|| "/app/".into()),
    };
    Ok(([set_cookie(&app.config, Some(&secret))], Json(redeemed)).into_response())
}

/// Opens a session and answers with `Me`.
pub async fn welcome(app: &App, person: PersonId, via: Via) -> Result<Response, Problem> {
    let mut tx = app.db.begin().await?;
    let person = people::by_id(&mut tx, person)
        .await?
        .ok_or_else(Problem::not_signed_in)?;
    let secret = sign_in::open(app, &mut tx, &person, via).await?;
    let held = people::held(&mut tx, person.id).await?;
    tx.commit().await?;
    Ok(([set_cookie(&app.config, Some(&secret))], Json(Me::new(&person, &held))).into_response())
}

#[cfg(test)]
mod tests;
