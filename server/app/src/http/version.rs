//! Edits say which version they edit (`If-Match`), answers say which version they show (`ETag`): nobody overwrites what
//! they have not seen.

use super::{Problem, input::Json, input::header_text};
use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// The version in `If-Match`. Without one the edit is refused (428).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let tag = header_text(&parts.headers, "if-match").ok_or_else(Problem::version_required)?;
        let number = tag.trim().trim_start_matches("W/").trim_matches('"');
        number
            .parse()
            .map(Self)
            .map_err(|_| Problem::malformed().detail("If-Match takes one version, as in \"3\""))
    }
}

/// A JSON answer with its version as the entity tag.
pub struct Versioned<T>(pub i64, pub T);

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.1).into_response();
        let tag = HeaderValue::from_str(&format!("\"{}\"", self.0)).expect("digits in quotes are a header value");
        response.headers_mut().insert(header::ETAG, tag);
        response
    }
}
