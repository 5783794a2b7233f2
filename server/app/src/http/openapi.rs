//! The description of the interface, made from the handlers. `server/app/openapi.json` is its checked-in copy, from which
//! the web client's types are made; a test fails when they drift apart.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use std::sync::OnceLock;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rostrum",
        description = "Press briefings from the invitation to the published record. Errors are problem documents \
                       (RFC 9457); lists come in pages; edits carry If-Match; creates accept Idempotency-Key. Times are \
                       microseconds since 1970 UTC.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "session", description = "Signing in"),
        (name = "public", description = "Without signing in"),
        (name = "portal", description = "One's own things"),
        (name = "room", description = "Live: entry, media, questions"),
        (name = "programme", description = "Series, events, teams"),
        (name = "registration", description = "Accreditation"),
        (name = "record", description = "Recordings, transcript, editions"),
        (name = "people", description = "The house's people and mail"),
    )
)]
pub struct Description;

/// The document as it is served and checked in.
pub fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let (_, mut document) = super::api().split_for_parts();
        name_operations(&mut document);
        let mut text = document.to_pretty_json().expect("the document is plain JSON");
        text.push('\n');
        text
    })
}

/// Gives each operation a name of its own, from method and path; handlers in different modules share theirs.
fn name_operations(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let place = path
            .trim_start_matches("/api/v1/")
            .replace(['{', '}'], "")
            .replace(['/', '-', '.'], "_");
        let operations = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{place}"));
            }
        }
    }
}

pub async fn serve() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text()).into_response()
}

#[cfg(test)]
mod tests;
