//! The router: a table of contents by audience. Each line is one resource; its file holds the handlers. Who may knock is in
//! `access`.

pub mod access;
pub mod assets;
pub mod auth;
mod check;
pub mod client;
mod csrf;
mod docs;
pub mod editions;
pub mod events;
pub mod grant;
mod headers;
pub mod health;
pub mod idempotency;
pub mod input;
pub mod join;
pub mod ledger;
pub mod me;
mod observe;
pub mod openapi;
pub mod outbox;
pub mod page;
pub mod people;
pub mod problem;
pub mod questions;
pub mod ranged;
pub mod registrations;
pub mod segments;
pub mod series;
pub mod session;
pub mod setup;
pub mod takes;
#[cfg(test)]
pub(crate) mod testing;
pub mod transcripts;
mod turn;
pub mod version;
pub mod whep;
pub mod whip;

pub use problem::Problem;

use crate::{App, press, signalling};
use axum::{Router, extract::DefaultBodyLimit, middleware, response::Redirect, routing::get};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Everything Rostrum answers over HTTP. Tests drive this very router.
pub fn app(app: App) -> Router {
    let (api, _) = api().split_for_parts();
    let api = api
        .layer(DefaultBodyLimit::max(app.config.limits.body))
        .layer(middleware::from_fn_with_state(app.clone(), access::gate));

    let site = Router::new()
        // Operators
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        // Whoever tries the connection
        .route("/api/check", get(check::ways).post(check::probe))
        .route("/api/check/bytes", get(check::bytes))
        // Programs
        .route("/api/openapi.json", get(openapi::serve))
        .route("/api/docs", get(docs::page))
        .route("/problems/{slug}", get(docs::problem))
        // The web application
        .route("/app", get(|| async { Redirect::permanent("/app/") }))
        .route("/app/", get(assets::app_page))
        .route("/app/{*path}", get(assets::app_file));

    let router = api
        .merge(site)
        .merge(press::routes())
        .fallback(press::not_found)
        .method_not_allowed_fallback(problem::no_such_method);
    observe::wrap(router, &app).with_state(app)
}

/// The programming interface, described by its handlers.
pub fn api() -> OpenApiRouter<App> {
    let api = OpenApiRouter::new()
        // Coming in
        .routes(routes!(session::create, session::current, session::end))
        .routes(routes!(session::ask_link))
        .routes(routes!(session::redeem))
        .routes(routes!(setup::state, setup::create))
        .routes(routes!(join::join))
        // The public
        .routes(routes!(events::public::read))
        .routes(routes!(registrations::register::register, registrations::list))
        .routes(routes!(registrations::confirm::confirm))
        // One's own
        .routes(routes!(me::registrations))
        .routes(routes!(me::questions))
        .routes(routes!(registrations::withdraw))
        .routes(routes!(questions::ask, questions::desk))
        .routes(routes!(questions::withdraw))
        // The room
        .routes(routes!(questions::command))
        .routes(routes!(ledger::list))
        .routes(routes!(grant::grant))
        .routes(routes!(signalling::open))
        .routes(routes!(whip::publish))
        .routes(routes!(whip::leave))
        .routes(routes!(whep::watch))
        .routes(routes!(whep::leave))
        // The house
        .routes(routes!(people::list, people::create))
        .routes(routes!(people::edit))
        .routes(routes!(series::list, series::create))
        .routes(routes!(series::read, series::edit))
        .routes(routes!(events::list, events::create::create))
        .routes(routes!(events::read, events::edit::edit))
        .routes(routes!(events::announce::announce))
        .routes(routes!(events::announce::cancel))
        .routes(routes!(events::team::list, events::team::add))
        .routes(routes!(events::team::remove))
        .routes(routes!(registrations::decide::decide))
        .routes(routes!(outbox::list))
        // The record
        .routes(routes!(takes::list))
        .routes(routes!(takes::media))
        .routes(routes!(transcripts::read))
        .routes(routes!(segments::edit))
        .routes(routes!(segments::add))
        .routes(routes!(segments::split))
        .routes(routes!(segments::merge))
        .routes(routes!(segments::strike))
        .routes(routes!(segments::restore))
        .routes(routes!(segments::revisions))
        .routes(routes!(editions::list))
        .routes(routes!(editions::submit))
        .routes(routes!(editions::give_back))
        .routes(routes!(editions::release))
        .routes(routes!(editions::assemble));
    OpenApiRouter::with_openapi(openapi::Description::openapi()).nest(access::ROOT, api)
}
