//! Start to stop: bind, serve, and a shutdown in two steps. The first signal drains (no new connections, rooms say
//! goodbye, running requests finish); the second, or `DRAIN`, ends the process, so that a deploy cuts nobody mid-sentence
//! and a stuck task cannot hold it for ever.

use crate::{App, config::Config, http, turn::WithRelay};
use anyhow::Context;
use axum_server::{
    Handle,
    accept::DefaultAcceptor,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use std::{
    net::{SocketAddr, TcpListener},
    time::Duration,
};
use tokio::signal::unix::{SignalKind, signal};

/// How long draining may take. Longer: slow uploads finish; shorter: a restart is quicker for everybody in the rooms.
const DRAIN: Duration = Duration::from_secs(10);

pub fn bind(config: &Config) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(config.listen).with_context(|| format!("listen on {}", config.listen))?;
    listener
        .set_nonblocking(true)
        .context("make the listener non-blocking")?;
    Ok(listener)
}

/// First SIGTERM or SIGINT: drain. Second: abort.
pub fn watch_signals(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
            tracing::error!("signals cannot be watched; stop the process with SIGKILL");
            return;
        };
        for step in [&app.shutdown, &app.abort] {
            tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
            step.cancel();
        }
    });
}

/// Serves until `app.shutdown`, then waits for the tasks.
pub async fn serve(app: App, listener: TcpListener) -> anyhow::Result<()> {
    let address = listener.local_addr().context("read the bound address")?;
    let handle = Handle::<SocketAddr>::new();
    let service = http::app(app.clone()).into_make_service_with_connect_info::<SocketAddr>();

    let stopper = tokio::spawn({
        let (app, handle) = (app.clone(), handle.clone());
        async move {
            app.shutdown.cancelled().await;
            tracing::info!("draining: no new connections");
            handle.graceful_shutdown(Some(DRAIN));
            tokio::select! {
                () = app.abort.cancelled() => {}
                () = tokio::time::sleep(DRAIN) => app.abort.cancel(),
            }
            handle.shutdown();
        }
    });

    let scheme = if app.config.tls.is_some() { "https" } else { "http" };
    println!("listening on {scheme}://{address}");
    tracing::info!(%address, public_url = app.config.public_url(), "ready");
    let relay = app.media.relay().cloned();
    let server = axum_server::from_tcp(listener)?.handle(handle);
    match &app.config.tls {
        Some(tls) => {
            // Another part of the process may have chosen the same provider before.
            let _already_set = rustls::crypto::ring::default_provider().install_default();
            let rustls = RustlsConfig::from_pem_file(&tls.certificate, &tls.key)
                .await
                .context("read the TLS certificate and key")?;
            let door = WithRelay::new(RustlsAcceptor::new(rustls), relay, app.shutdown.clone());
            server.acceptor(door).serve(service).await?;
        }
        None => {
            let door = WithRelay::new(DefaultAcceptor::new(), relay, app.shutdown.clone());
            server.acceptor(door).serve(service).await?;
        }
    }

    app.stop_live().await;
    app.tasks.close();
    tokio::select! {
        () = app.tasks.wait() => tracing::info!("stopped"),
        () = app.abort.cancelled() => tracing::warn!("stopped without waiting for every task"),
    }
    stopper.abort();
    app.db.close().await;
    Ok(())
}
