//! What wraps every answer: a request id, a log span, figures, security headers, compression, and a plain refusal where a
//! handler panicked.

use super::{Problem, headers};
use crate::App;
use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderName, Response as HttpResponse},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use std::{any::Any, sync::Arc, time::Instant};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::{DefaultOnFailure, TraceLayer},
};
use tracing::Level;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub fn wrap(router: Router<App>, app: &App) -> Router<App> {
    let security = Arc::new(headers::security(&app.config));
    // Recordings are compressed already, and their readers ask for byte ranges.
    let compressible = DefaultPredicate::new()
        .and(NotForContentType::const_new("video/"))
        .and(NotForContentType::const_new("audio/"));
    let trace = TraceLayer::new_for_http()
        .make_span_with(|request: &Request<Body>| {
            let id = request
                .headers()
                .get(REQUEST_ID)
                .and_then(|id| id.to_str().ok())
                .unwrap_or_default();
            // The path only: queries hold the tokens of mailed links.
            tracing::info_span!("http", method = %request.method(), path = request.uri().path(), id)
        })
        .on_request(())
        .on_response(())
        .on_failure(DefaultOnFailure::new().level(Level::DEBUG));
    router.route_layer(middleware::from_fn(count)).layer(
        ServiceBuilder::new()
            .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
            .layer(trace)
            .layer(PropagateRequestIdLayer::new(REQUEST_ID))
            .layer(middleware::from_fn_with_state(security, protect))
            .layer(CompressionLayer::new().compress_when(compressible))
            .layer(CatchPanicLayer::custom(panicked)),
    )
}

type Headers = Arc<Vec<(HeaderName, axum::http::HeaderValue)>>;

async fn protect(State(security): State<Headers>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in security.iter() {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    response
}

async fn count(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned())
        .unwrap_or_default();
    let method = request.method().to_string();
    let begun = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::histogram!("rostrum_http_request_seconds", "route" => route.clone()).record(begun.elapsed().as_secs_f64());
    metrics::counter!("rostrum_http_requests_total", "method" => method, "route" => route, "status" => status)
        .increment(1);
    response
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> HttpResponse<Body> {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or(panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = what.unwrap_or("without a message"), "a handler panicked");
    metrics::counter!("rostrum_http_panics_total").increment(1);
    Problem::internal().into_response()
}
