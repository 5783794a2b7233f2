//! Who sends a request: the session cookie read once, by the gate, and handed to handlers as `Who` or `MaybeWho`.

use super::Problem;
use crate::{App, config::Config, sign_in::Who};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use axum_extra::extract::CookieJar;
use std::sync::Arc;

/// The session of this request, put there by the gate.
#[derive(Clone, Debug, Default)]
pub struct Visitor(pub Option<Arc<Who>>);

/// Somebody signed in; otherwise the request ends with 401.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Arc<Who>);

/// Somebody signed in, or nobody.
#[derive(Clone, Debug)]
pub struct MaybeWho(pub Option<Arc<Who>>);

impl FromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let MaybeWho(who) = MaybeWho::from_request_parts(parts, app).await?;
        who.map(Self).ok_or_else(Problem::not_signed_in)
    }
}

impl FromRequestParts<App> for MaybeWho {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        // Outside the gate nobody is signed in.
        Ok(Self(
            parts.extensions.get::<Visitor>().and_then(|visitor| visitor.0.clone()),
        ))
    }
}

/// The name says how far the browser trusts it: `__Host-` means Secure, this host only, whole site. Browsers keep Secure
/// cookies on `http://localhost` too; on other plain addresses they would not, so a first try there has a plain one.
pub fn cookie_name(config: &Config) -> &'static str {
    if is_secure(config) { "__Host-rostrum" } else { "rostrum" }
}

/// The secret in the session cookie.
pub fn cookie(config: &Config, headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers)
        .get(cookie_name(config))
        .map(|cookie| cookie.value().to_owned())
}

/// `Set-Cookie` that opens (`Some(secret)`) or ends (`None`) the sign-in in this browser.
pub fn set_cookie(config: &Config, secret: Option<&str>) -> (header::HeaderName, HeaderValue) {
    // The row decides when a session is over; the cookie only has to last longer than any row.
    const LASTS: u64 = 90 * 24 * 3600;
    let name = cookie_name(config);
    let secure = if is_secure(config) { "; Secure" } else { "" };
    let age = if secret.is_some() { LASTS } else { 0 };
    let text = format!(
        "{name}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}",
        secret.unwrap_or_default()
    );
    let value = HeaderValue::from_str(&text).expect("our secrets are base64url");
    (header::SET_COOKIE, value)
}

fn is_secure(config: &Config) -> bool {
    config.is_https() || config.public_host() == "localhost"
}
