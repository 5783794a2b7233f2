//! The first gate of the interface: every route and who may knock, in one table that a test compares with the OpenAPI
//! document. A route that is not here answers nobody. What is touched (which event) is judged in the handler, by the same
//! `domain::policy`.

use super::{Problem, auth::Visitor, auth::cookie, csrf};
use crate::{App, sign_in};
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use rostrum_domain::policy::{self, Action};
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, rate-limited where it costs or reveals something.
    Public,
    /// Anybody signed in, for their own things.
    SignedIn,
    /// A bearer grant, checked by the handler: WHIP, WHEP, the WebSocket.
    Grant,
    /// Whoever may do this somewhere.
    May(Action),
}

use Access::{Grant, May, Public, SignedIn};

/// Method, path below `/api/v1`, who may knock.
pub const ROUTES: &[(&str, &str, Access)] = &[
    // Coming in
    ("GET", "/session", Public),
    ("POST", "/session", Public),
    ("DELETE", "/session", Public),
    ("POST", "/session/link", Public),
    ("POST", "/session/link/redeem", Public),
    ("GET", "/setup", Public),
    ("POST", "/setup", Public),
    ("POST", "/join", Public),
    // The public
    ("GET", "/public/events/{event}", Public),
    ("POST", "/events/{event}/registrations", Public),
    ("POST", "/registrations/confirm", Public),
    // One's own
    ("GET", "/me/registrations", SignedIn),
    ("GET", "/me/questions", SignedIn),
    ("POST", "/registrations/{registration}/withdraw", SignedIn),
    ("POST", "/questions/{question}/withdraw", SignedIn),
    ("POST", "/events/{event}/questions", May(Action::Ask)),
    // The room
    ("POST", "/events/{event}/grant", May(Action::EnterRoom)),
    ("GET", "/rooms/{event}/signal", Grant),
    ("POST", "/whip", Grant),
    ("DELETE", "/whip/{source}", Grant),
    ("POST", "/whep", Grant),
    ("DELETE", "/whep/{subscriber}", Grant),
    ("GET", "/events/{event}/questions", May(Action::SeeDesk)),
    ("POST", "/events/{event}/commands", May(Action::CommandRoom)),
    ("GET", "/ledger", May(Action::SeeLedger)),
    // The house
    ("GET", "/staff", May(Action::SeePeople)),
    ("POST", "/staff", May(Action::ManagePeople)),
    ("PATCH", "/staff/{person}", May(Action::ManagePeople)),
    ("GET", "/series", May(Action::SeeProgramme)),
    ("POST", "/series", May(Action::EditProgramme)),
    ("GET", "/series/{series}", May(Action::SeeProgramme)),
    ("PATCH", "/series/{series}", May(Action::EditProgramme)),
    ("GET", "/events", May(Action::SeeProgramme)),
    ("POST", "/events", May(Action::EditProgramme)),
    ("GET", "/events/{event}", May(Action::SeeProgramme)),
    ("PATCH", "/events/{event}", May(Action::EditProgramme)),
    ("POST", "/events/{event}/announce", May(Action::EditProgramme)),
    ("POST", "/events/{event}/cancel", May(Action::EditProgramme)),
    ("GET", "/events/{event}/team", May(Action::SeeProgramme)),
    ("POST", "/events/{event}/team", May(Action::EditProgramme)),
    (
        "DELETE",
        "/events/{event}/team/{person}/{role}",
        May(Action::EditProgramme),
    ),
    ("GET", "/events/{event}/registrations", May(Action::SeeRegistrations)),
    (
        "POST",
        "/registrations/{registration}/decision",
        May(Action::DecideRegistration),
    ),
    ("GET", "/outbox", May(Action::SeeMail)),
    // The record
    ("GET", "/events/{event}/takes", May(Action::SeeRecord)),
    ("GET", "/takes/{take}/media", May(Action::SeeRecord)),
    ("GET", "/events/{event}/transcript", May(Action::SeeRecord)),
    ("PATCH", "/segments/{segment}", May(Action::EditTranscript)),
    ("POST", "/events/{event}/segments", May(Action::EditTranscript)),
    ("POST", "/segments/{segment}/split", May(Action::EditTranscript)),
    ("POST", "/segments/{segment}/merge", May(Action::EditTranscript)),
    ("POST", "/segments/{segment}/strike", May(Action::EditTranscript)),
    ("POST", "/segments/{segment}/restore", May(Action::EditTranscript)),
    ("GET", "/segments/{segment}/revisions", May(Action::SeeRecord)),
    ("GET", "/events/{event}/editions", May(Action::SeeRecord)),
    ("POST", "/events/{event}/editions/assemble", May(Action::EditTranscript)),
    ("POST", "/events/{event}/editions/submit", May(Action::SubmitEdition)),
    ("POST", "/events/{event}/editions/return", May(Action::ReleaseEdition)),
    ("POST", "/events/{event}/editions/release", May(Action::ReleaseEdition)),
];

/// Where the interface lives.
pub const ROOT: &str = "/api/v1";

pub fn access(method: &str, path: &str) -> Option<Access> {
    let path = path.strip_prefix(ROOT)?;
    // HEAD is GET without the body.
    let method = if method == "HEAD" { "GET" } else { method };
    ROUTES
        .iter()
        .find(|route| route.0 == method && route.1 == path)
        .map(|route| route.2)
}

/// Reads the session once, then lets through or refuses.
pub async fn gate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match admit(&app, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn admit(app: &App, request: &mut Request) -> Result<(), Problem> {
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let path = path.ok_or_else(Problem::missing)?;
    let Some(access) = access(request.method().as_str(), &path) else {
        // Either no such method (the router says so) or a route somebody forgot to put into the table.
        return Err(Problem::no_such_method());
    };
    if access == Grant {
        // Grants travel in a header, which no other site can make a browser send.
        return Ok(());
    }
    csrf::check(&app.config, request.method(), request.headers())?;
    let who = match cookie(&app.config, request.headers()) {
        Some(secret) => sign_in::who(app, &secret).await?.map(Arc::new),
        None => None,
    };
    match (access, &who) {
        (SignedIn | May(_), None) => return Err(Problem::not_signed_in()),
        (May(action), Some(who)) if !policy::may_somewhere(&who.held, action) => return Err(Problem::forbidden()),
        _ => {}
    }
    request.extensions_mut().insert(Visitor(who));
    Ok(())
}

#[cfg(test)]
mod tests;
