//! The router: a table of contents by audience. Each line is one resource; its file holds the handlers.

pub mod health;
pub mod problem;
pub mod whep;
pub mod whip;

pub use problem::Problem;

use crate::{App, signalling};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{delete, get, post},
};

/// Everything Rostrum answers over HTTP. Tests drive this very router.
pub fn app(app: App) -> Router {
    Router::new()
        // Rooms, by grant
        .route("/api/v1/rooms/{event}/signal", get(signalling::open))
        .route("/api/v1/whip", post(whip::publish).layer(DefaultBodyLimit::max(whip::MAX_OFFER)))
        .route("/api/v1/whip/{source}", delete(whip::leave))
        .route("/api/v1/whep", post(whep::watch).layer(DefaultBodyLimit::max(whip::MAX_OFFER)))
        .route("/api/v1/whep/{subscriber}", delete(whep::leave))
        // Operators
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(problem::not_found)
        .with_state(app)
}
