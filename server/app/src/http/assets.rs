//! The web application, built into the binary (read from disk in debug builds). Files with a hash in their name never
//! change; everything else under `/app/` is the one page whose script knows the address.

use super::{Problem, headers::policy};
use crate::App;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "../../web/build"]
struct Web;

/// SvelteKit puts files whose names hold their content's hash here.
const IMMUTABLE: &str = "_app/immutable/";
const PAGE: &str = "index.html";

pub async fn app_page(State(app): State<App>, headers: HeaderMap) -> Response {
    serve(&app, PAGE, &headers)
}

pub async fn app_file(State(app): State<App>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    if Web::get(&path).is_some() {
        return serve(&app, &path, &headers);
    }
    // A missing file must not be answered with a page: a browser would read it as a script.
    let is_file = path.starts_with("_app/") || path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if is_file {
        Problem::missing().into_response()
    } else {
        serve(&app, PAGE, &headers)
    }
}

/// Whether there is a web application to serve.
pub fn is_built() -> bool {
    Web::get(PAGE).is_some()
}

fn serve(app: &App, path: &str, headers: &HeaderMap) -> Response {
    let Some(file) = Web::get(path) else {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "The web application is not built into this binary: run `make web`, then build again.\n",
        )
            .into_response();
    };
    let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let keep = if path.starts_with(IMMUTABLE) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let common = [
        (
            header::ETAG,
            HeaderValue::from_str(&tag).expect("hexadecimal digits in quotes"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static(keep)),
    ];
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind =
        HeaderValue::from_str(file.metadata.mimetype()).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let scripts = (path == PAGE).then(|| inline_script_hashes(&String::from_utf8_lossy(&file.data)));
    let mut response = (common, [(header::CONTENT_TYPE, kind)], file.data.into_owned()).into_response();
    if let Some(scripts) = scripts {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy(&app.config, &scripts));
    }
    response
}

/// SHA-256 of every inline script of a page, as Content-Security-Policy wants it.
fn inline_script_hashes(page: &str) -> Vec<String> {
    inline_scripts(page)
        .map(|script| STANDARD.encode(Sha256::digest(script)))
        .collect()
}

fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::inline_scripts;

    #[test]
    fn inline_scripts_are_found_and_files_are_not() {
        let page = "<script src=\"/a.js\"></script><script>one()</script><p><script type=\"module\">\ntwo\n</script>";
        assert_eq!(inline_scripts(page).collect::<Vec<_>>(), ["one()", "\ntwo\n"]);
    }
}
