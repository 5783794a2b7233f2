//! The router: a table of contents by audience. Each line is one resource; its file holds the handlers.

pub mod health;
pub mod problem;

pub use problem::Problem;

use crate::App;
use axum::{Router, routing::get};

/// Everything Rostrum answers over HTTP. Tests drive this very router.
pub fn app(app: App) -> Router {
    Router::new()
        // Operators
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(problem::not_found)
        .with_state(app)
}
