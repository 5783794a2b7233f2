//! The first administrator, made with the link that an empty installation prints on its terminal.

use super::{
    Problem,
    auth::set_cookie,
    client::Client,
    input::{Check, Json},
    session::Me,
};
use crate::{
    App, password, secrets, sign_in,
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
use rostrum_domain::policy::{Held, Scope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct SetupState {
    /// Nobody runs this installation yet.
    needed: bool,
}

/// Says whether the installation still waits for its first administrator.
#[utoipa::path(get, path = "/setup", tag = "session", responses((status = 200, body = SetupState, description = "Whether set-up is needed")))]
pub async fn state(State(app): State<App>) -> Result<Json<SetupState>, Problem> {
    let needed = !people::any_admin(&mut *app.db.read().await?).await?;
    Ok(Json(SetupState { needed }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Setup {
    token: String,
    name: String,
    email: String,
    password: String,
}

/// Makes the first administrator and signs them in.
#[utoipa::path(post, path = "/setup", tag = "session", request_body = Setup, responses(
    (status = 201, description = "Made and signed in", body = Me),
    (status = 410, description = "Not the link of this installation, or used up", body = Problem),
    (status = 422, description = "Wrong fields", body = Problem),
))]
pub async fn create(State(app): State<App>, client: Client, Json(body): Json<Setup>) -> Result<Response, Problem> {
    app.limits.join.check_address(client.0)?;
    let mut check = Check::default();
    let name = check.text("name", &body.name, 1..=120);
    let email = check.email("email", &body.email);
    super::people::check_password(&mut check, &body.password);
    check.done()?;
    let hash = password::hash(&body.password).await;

    let now = app.now();
    let mut tx = app.db.begin().await?;
    let link = sessions::use_link(&mut tx, &secrets::hash(&body.token), Purpose::Setup, now).await?;
    if link.is_none() || people::any_admin(&mut tx).await? {
        return Err(Problem::bad_link());
    }
    let language = app.config.house.language.clone();
    let person = Person {
        id: app.new_id(),
        name,
        email,
        language,
        staff: true,
        disabled: false,
        version: 1,
    };
    people::insert(&mut tx, &person, Some(&hash), now).await?;
    for role in sign_in::FIRST_ADMIN {
        people::grant(
            &mut tx,
            person.id,
            Held {
                role,
                scope: Scope::House,
            },
            None,
            now,
        )
        .await?;
    }
    let secret = sign_in::open(&app, &mut tx, &person, Via::Setup).await?;
    let held = people::held(&mut tx, person.id).await?;
    tx.commit().await?;
    Ok((
        StatusCode::CREATED,
        [set_cookie(&app.config, Some(&secret))],
        Json(Me::new(&person, &held)),
    )
        .into_response())
}
