//! Headers that keep browsers on our side: nothing from elsewhere runs, nobody frames us, links with secrets are not told
//! to other sites.

use super::assets;
use crate::config::Config;
use axum::http::{HeaderName, HeaderValue, header};

/// Name and value of every header each answer carries, unless its handler set that one itself.
pub fn security(config: &Config) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers = vec![
        (header::CONTENT_SECURITY_POLICY, value(&policy(config))),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        ),
        (
            HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static(
                "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), fullscreen=(self), \
                 geolocation=(), payment=(), usb=()",
            ),
        ),
    ];
    if config.is_https() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.push((header::STRICT_TRANSPORT_SECURITY, year));
    }
    headers
}

/// Scripts: our files, and the one inline script the web build starts with, by its hash. Styles may be inline because
/// components set positions and sizes; without a script they can do no harm that matters here.
fn policy(config: &Config) -> String {
    let scripts: String = assets::inline_script_hashes()
        .iter()
        .map(|hash| format!(" 'sha256-{hash}'"))
        .collect();
    let (_, authority) = config.public_url().split_once("://").unwrap_or_default();
    let socket = if config.is_https() { "wss" } else { "ws" };
    format!(
        "default-src 'self'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
         media-src 'self' blob:; font-src 'self'; worker-src 'self' blob:; connect-src 'self' {socket}://{authority}; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("hashes are base64 and the public address was checked at start")
}
