//! The network address a request really came from: the peer's, or, behind a trusted proxy, the last address in
//! `X-Forwarded-For` that is not a trusted proxy. What anybody else writes there is not believed.

use super::input::header_text;
use crate::{App, config::Network};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client(pub IpAddr);

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        // Only in-process tests come without a peer.
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(Ipv4Addr::LOCALHOST.into(), |info| info.0.ip());
        Ok(Self(real(peer, &parts.headers, &app.config.trusted_proxies)))
    }
}

fn real(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(peer) {
        return peer;
    }
    let forwarded = header_text(headers, "x-forwarded-for").unwrap_or_default();
    let mut nearest = peer;
    for hop in forwarded.split(',').rev() {
        let Ok(address) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        nearest = address;
        if !is_trusted(address) {
            break;
        }
    }
    nearest
}

#[cfg(test)]
mod tests;
