//! The connection test: by which ways this visitor's network lets media through, and how much of it. Needs no sign-in and
//! tells nothing that an answer to a viewer would not; each request is limited, each connection ends by itself.

use super::{Problem, client::Client, grant::IceServer, turn, whip::must_be_sdp};
use crate::App;
use axum::{
    Json,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::IntoResponse,
};
use futures::stream;
use rand::{RngCore, rng};
use serde::Serialize;
use std::{convert::Infallible, iter::repeat_n, sync::LazyLock};

/// The download: long enough to be measured, short enough not to hurt.
const CHUNK: usize = 128 * 1024;
const CHUNKS: usize = 24;

/// What nobody can compress on the way.
static NOISE: LazyLock<Bytes> = LazyLock::new(|| {
    let mut noise = vec![0; CHUNK];
    rng().fill_bytes(&mut noise);
    noise.into()
});

#[derive(Debug, Serialize)]
pub struct Ways {
    /// Only the relay that is built in: one beside us could be used for other ends.
    ice_servers: Vec<IceServer>,
    /// Where media is taken, for those who open firewalls: `203.0.113.7:50000`.
    media: Vec<String>,
}

pub async fn ways(State(app): State<App>, client: Client) -> Result<Json<Ways>, Problem> {
    app.limits.check.check_address(client.0)?;
    Ok(Json(Ways {
        ice_servers: turn::built_in(&app, app.now()).into_iter().collect(),
        media: app.media.addresses(),
    }))
}

/// Answers a publisher's offer; what it sends is counted and goes nowhere.
pub async fn probe(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    offer: String,
) -> Result<impl IntoResponse, Problem> {
    app.limits.check.check_address(client.0)?;
    must_be_sdp(&headers)?;
    let answer = app.media.probe(offer).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/sdp")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, answer))
}

/// Bytes to measure a download by.
pub async fn bytes(State(app): State<App>, client: Client) -> Result<impl IntoResponse, Problem> {
    app.limits.check.check_address(client.0)?;
    let chunks = repeat_n(NOISE.clone(), CHUNKS).map(Ok::<_, Infallible>);
    let headers: [(HeaderName, HeaderValue); 4] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_LENGTH, HeaderValue::from(CHUNK * CHUNKS)),
        // Compressing noise is work for nothing.
        (header::CONTENT_ENCODING, HeaderValue::from_static("identity")),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store, no-transform"),
        ),
    ];
    Ok((headers, Body::from_stream(stream::iter(chunks))))
}
