//! How public documents are answered: type, language, a strong policy against foreign content, and an ETag so that a reader
//! who has the newest is told so.

use crate::{http::Problem, store::StoreError};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::Markup;
use sha2::{Digest, Sha256};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; media-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

/// Why a public page was not given. The reader sees a page in their language.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("not found")]
    NotFound,
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A frozen edition that cannot be rendered: an incident.
    #[error("broken edition: {0}")]
    Broken(String),
    #[error("file: {0}")]
    Io(#[from] std::io::Error),
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound => Problem::missing().into_response(),
            Self::Store(error) => Problem::from(error).into_response(),
            Self::Broken(error) => {
                tracing::error!(error, "an edition cannot be rendered");
                Problem::internal().into_response()
            }
            Self::Io(error) => {
                tracing::error!(%error, "a published file cannot be read");
                Problem::internal().into_response()
            }
        }
    }
}

pub fn html(request: &HeaderMap, status: StatusCode, lang: &str, page: Markup) -> Response {
    let mut response = document(request, "text/html; charset=utf-8", page.into_string());
    if status != StatusCode::OK {
        *response.status_mut() = status;
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(lang) = HeaderValue::from_str(lang) {
        headers.insert(header::CONTENT_LANGUAGE, lang);
    }
    response
}

/// Any public document. It may be kept, but must be asked for again: a correction shows at once.
pub fn document(request: &HeaderMap, media_type: &'static str, body: impl Into<Vec<u8>>) -> Response {
    let body = body.into();
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&body)[..12]));
    let known = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim().trim_start_matches("W/") == tag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(body))
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=0, must-revalidate"),
    );
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}
