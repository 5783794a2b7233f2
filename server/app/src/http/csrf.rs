//! Requests that change something must come from our own pages. Browsers say where a request comes from, and pages cannot
//! lie about it; programs that are no browsers say nothing and carry no stolen cookie.

use super::{Problem, input::header_text};
use crate::config::Config;
use axum::http::{HeaderMap, Method};

pub fn check(config: &Config, method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    if method.is_safe() {
        return Ok(());
    }
    if let Some(site) = header_text(headers, "sec-fetch-site") {
        // `none`: the person did it themself, in the address bar.
        return if matches!(site, "same-origin" | "none") {
            Ok(())
        } else {
            Err(Problem::cross_site())
        };
    }
    let Some(origin) = header_text(headers, "origin") else {
        return Ok(());
    };
    let own_host = header_text(headers, "host");
    let is_own = origin == config.public_url()
        || origin
            .split_once("://")
            .is_some_and(|(_, authority)| Some(authority) == own_host);
    if is_own { Ok(()) } else { Err(Problem::cross_site()) }
}

#[cfg(test)]
mod tests;
