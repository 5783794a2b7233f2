//! Headers that keep browsers on our side: nothing from elsewhere runs, nobody frames us, links with secrets are not told
//! to other sites.

use crate::config::Config;
use axum::http::{HeaderName, HeaderValue, header};

/// Name and value of every header each answer carries, unless its handler set that one itself.
pub fn security(config: &Config) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers = vec![
        (header::CONTENT_SECURITY_POLICY, policy(config, &[])),
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

/// Content-Security-Policy. Scripts: our files, and the inline script a page of the web build starts with, by its hash.
/// Styles may be inline because components set positions and sizes; without a script they can do no harm that matters here.
pub fn policy(config: &Config, scripts: &[String]) -> HeaderValue {
    let scripts: String = scripts.iter().map(|hash| format!(" 'sha256-{hash}'")).collect();
    let (_, authority) = config.public_url().split_once("://").unwrap_or_default();
    let socket = if config.is_https() { "wss" } else { "ws" };
    let policy = format!(
        "default-src 'self'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
         media-src 'self' blob:; font-src 'self'; worker-src 'self' blob:; connect-src 'self' {socket}://{authority}; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("hashes are base64 and the public address was checked at start")
}
