//! What comes in, parsed at the border: JSON, paths and queries answer a problem document when they cannot be read, and
//! `Check` collects every wrong field before refusing, so that a form shows all of them at once.

use super::Problem;
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Response},
};
use rostrum_domain::text::Text;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use std::ops::RangeInclusive;
use unicode_normalization::UnicodeNormalization;

/// A JSON body (in) or answer (out).
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| {
                kind.split(';')
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .eq_ignore_ascii_case("application/json")
            });
        if !is_json {
            return Err(Problem::wrong_media_type().detail("send application/json"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        Ok(Self(parse(&bytes)?))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Reads a body that was taken as bytes, for handlers that also hash it.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| Problem::malformed().detail(error.to_string()))
}

pub fn unreadable(rejection: BytesRejection) -> Problem {
    if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        Problem::too_large()
    } else {
        Problem::malformed().detail("the body broke off")
    }
}

/// Path parameters. What is not an id names nothing.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Problem::missing())
    }
}

/// Query parameters.
pub struct QueryOf<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for QueryOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::from_request_parts(parts, state).await;
        query
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|error| Problem::malformed().detail(error.body_text()))
    }
}

/// Collects wrong fields.
#[derive(Debug, Default)]
pub struct Check(Vec<(String, &'static str)>);

impl Check {
    pub fn must(&mut self, holds: bool, field: &str, code: &'static str) {
        if !holds {
            self.0.push((field.to_owned(), code));
        }
    }

    /// A line or paragraph: trimmed, NFC, without control characters; `length` in characters.
    pub fn text(&mut self, field: &str, text: &str, length: RangeInclusive<usize>) -> String {
        let text = tidy(text);
        let count = text.chars().count();
        self.must(
            count >= *length.start(),
            field,
            if count == 0 { "required" } else { "too_short" },
        );
        self.must(count <= *length.end(), field, "too_long");
        text
    }

    /// Texts per language, in languages of the interface; at least one when `required`.
    pub fn texts(&mut self, field: &str, text: &Text, length: usize, required: bool) -> Text {
        let mut out = Text::default();
        for (language, text) in &text.0 {
            self.language(field, language);
            let text = self.text(&format!("{field}.{language}"), text, 0..=length);
            if !text.is_empty() {
                out.0.insert(language.clone(), text);
            }
        }
        self.must(!required || !out.0.is_empty(), field, "required");
        out
    }

    /// `vi`, `en-GB`: two or three letters, perhaps a region or script.
    pub fn language(&mut self, field: &str, tag: &str) {
        let mut parts = tag.split('-');
        let first = parts.next().unwrap_or_default();
        let holds = (2..=3).contains(&first.len())
            && first.bytes().all(|byte| byte.is_ascii_lowercase())
            && tag.len() <= 16
            && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        self.must(holds, field, "not_a_language");
    }

    pub fn languages(&mut self, field: &str, tags: &[String]) {
        self.must(!tags.is_empty(), field, "required");
        self.must(tags.len() <= 12, field, "too_many");
        for tag in tags {
            self.language(field, tag);
        }
    }

    /// An e-mail address as it is stored: lower case, NFC.
    pub fn email(&mut self, field: &str, text: &str) -> String {
        let email = tidy(text).to_lowercase();
        let holds = email.len() <= 254
            && email.parse::<lettre::Address>().is_ok()
            && email.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'));
        self.must(holds, field, if email.is_empty() { "required" } else { "not_an_email" });
        email
    }

    /// ISO 3166-1 alpha-2, upper case.
    pub fn country(&mut self, field: &str, text: &str) -> String {
        let country = tidy(text).to_uppercase();
        let holds = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
        self.must(
            holds,
            field,
            if country.is_empty() {
                "required"
            } else {
                "not_a_country"
            },
        );
        country
    }

    /// An IANA time zone this build knows.
    pub fn zone(&mut self, field: &str, name: &str) {
        self.must(jiff::tz::TimeZone::get(name).is_ok(), field, "not_a_zone");
    }

    pub fn done(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(self
            .0
            .into_iter()
            .fold(Problem::invalid(), |problem, (field, code)| problem.field(field, code)))
    }
}

/// Trimmed, NFC, line breaks kept, other control characters dropped: what people read is what is stored.
pub fn tidy(text: &str) -> String {
    let kept = text.nfc().filter(|c| !c.is_control() || *c == '\n').collect::<String>();
    kept.trim().to_owned()
}

/// The one value of a header, as text.
pub fn header_text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// For fields of an edit that may be set to `null`: absent is `None`, `null` is `Some(None)`.
pub fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(source: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(source).map(Some)
}
