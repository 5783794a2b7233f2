//! What operators see: structured log lines and Prometheus metrics. Nothing personal is logged above debug.

use crate::config::{Log, LogFormat};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::{io::IsTerminal, sync::OnceLock};
use tracing_subscriber::{EnvFilter, fmt};

/// Upper bounds of the duration histograms, in seconds: fine enough to tell a fast page from a slow one, few enough to stay cheap.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// The WebRTC crates tell every step of every connection; the operator's own filter may still ask for it.
const QUIET: &str = "rtc=warn,rtc_ice=error,rtc_dtls=error";

/// Starts logging to standard error (standard output is for answers and for the announced address).
/// A second call in one process changes nothing.
pub fn start(log: &Log) {
    let filter = EnvFilter::try_new(format!("{QUIET},{}", log.filter)).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A subscriber set earlier in the same process stays; that is what a test run wants.
    let _already_set = match log.format {
        LogFormat::Json => lines.json().try_init(),
        LogFormat::Pretty => lines.with_ansi(std::io::stderr().is_terminal()).try_init(),
    };
}

/// The process's metrics, installed on first use.
pub fn metrics() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &BUCKETS)
            .expect("the bucket list is not empty")
            .build_recorder();
        let handle = recorder.handle();
        // Another recorder can only be there in a test that brought its own; its metrics are then its own affair.
        let _already_set = ::metrics::set_global_recorder(recorder);
        handle
    })
}
