//! RFC 9457 problem documents: what a person may read of a failure. `type` is a stable address a client can branch on;
//! everything internal is logged here, once, and not told.

use crate::store::StoreError;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A problem document (RFC 9457), to be returned as an error: small, because it travels through every handler.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(transparent)]
pub struct Problem(Box<Document>);

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ProblemDocument)]
struct Document {
    /// Stable: `/problems/<slug>`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    kind: String,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Which fields, and why, by stable code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// Further members, such as `current` with a 412.
    #[serde(flatten)]
    more: BTreeMap<&'static str, Value>,
    /// Seconds, with 429 and 503.
    #[serde(skip)]
    retry_after: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// As in the request: `name`, `roles.0`.
    #[schema(value_type = String)]
    pub field: String,
    /// Stable: `required`, `too_long`, `not_an_email`, …
    #[schema(value_type = String)]
    pub code: &'static str,
}

/// Every problem there is: slug, status, title. The reference page lists them.
macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident $slug:literal $status:ident $title:literal;)+) => {
        impl Problem {
            $($(#[$doc])* pub fn $name() -> Self {
                Self::new($slug, StatusCode::$status, $title)
            })+
        }

        pub const ALL: &[(&str, StatusCode, &str)] = &[$(($slug, StatusCode::$status, $title)),+];
    };
}

problems! {
    malformed "malformed" BAD_REQUEST "The request cannot be read";
    invalid "invalid" UNPROCESSABLE_ENTITY "Some fields need another value";
    not_signed_in "not-signed-in" UNAUTHORIZED "Sign in first";
    bad_credentials "bad-credentials" UNAUTHORIZED "E-mail address or password is wrong";
    bad_link "bad-link" GONE "This link is used up, too old or not ours";
    bad_grant "bad-grant" UNAUTHORIZED "The grant is missing, expired or for another door";
    forbidden "forbidden" FORBIDDEN "Your role may not do this";
    cross_site "cross-site" FORBIDDEN "The request came from another site";
    missing "not-found" NOT_FOUND "There is nothing here";
    no_such_method "method-not-allowed" METHOD_NOT_ALLOWED "This address does not do that";
    conflict "conflict" CONFLICT "Somebody else was first, or it is already so";
    wrong_state "wrong-state" CONFLICT "Not possible in the present state";
    stale "stale" PRECONDITION_FAILED "It has changed since you read it";
    version_required "version-required" PRECONDITION_REQUIRED "Say which version you edit, with If-Match";
    key_reused "idempotency-key-reused" UNPROCESSABLE_ENTITY "This Idempotency-Key was used for another request";
    too_large "too-large" PAYLOAD_TOO_LARGE "The request is too large";
    wrong_media_type "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE "The body has another type than this address takes";
    too_many "too-many-requests" TOO_MANY_REQUESTS "Too many requests";
    refused "refused" CONFLICT "The room refused this";
    closed "closed" CONFLICT "The time for this is over";
    internal "internal" INTERNAL_SERVER_ERROR "Something failed on our side";
    unavailable "unavailable" SERVICE_UNAVAILABLE "Not possible at this moment; try again";
}

impl Problem {
    fn new(slug: &str, status: StatusCode, title: &'static str) -> Self {
        Self(Box::new(Document {
            kind: format!("/problems/{slug}"),
            title,
            status: status.as_u16(),
            detail: None,
            errors: Vec::new(),
            more: BTreeMap::new(),
            retry_after: None,
        }))
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// A sentence for this very case.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    pub fn field(mut self, field: impl Into<String>, code: &'static str) -> Self {
        self.0.errors.push(FieldError {
            field: field.into(),
            code,
        });
        self
    }

    pub fn with(mut self, member: &'static str, value: impl Serialize) -> Self {
        self.0
            .more
            .insert(member, serde_json::to_value(value).unwrap_or_default());
        self
    }

    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), axum::Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::conflict(),
            StoreError::Dangling => Self::missing(),
            StoreError::Busy => {
                tracing::error!("no database connection became free in time");
                Self::unavailable().retry_after(2)
            }
            error => {
                tracing::error!(%error, "request failed in the store");
                Self::internal()
            }
        }
    }
}

/// For a known address that is asked with another method.
pub async fn no_such_method() -> Problem {
    Problem::no_such_method()
}
