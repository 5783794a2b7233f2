//! For operators and their machines: alive, ready, metrics. `livez` says the process runs; `readyz` that it should be sent
//! people: the database answers and no shutdown has begun.

use crate::App;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};

pub async fn live() -> &'static str {
    "alive\n"
}

pub async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.shutdown.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n");
    }
    match app.db.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}

pub async fn metrics(State(app): State<App>) -> impl IntoResponse {
    app.metrics.run_upkeep();
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        app.metrics.render(),
    )
}
