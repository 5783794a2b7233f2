//! The shell of Rostrum: everything that touches the world. It decides nothing: rules live in `rostrum-domain`,
//! packets in `rostrum-media`.

pub mod captions;
pub mod cli;
pub mod clock;
pub mod config;
pub mod http;
pub mod keys;
pub mod lifecycle;
mod live;
pub mod media_io;
pub mod recorder;
pub mod room;
mod signalling;
pub mod state;
pub mod store;
pub mod telemetry;

pub use state::App;

use anyhow::Context;
use std::sync::Arc;

/// Runs the server until it is told to stop. The wiring, readable as a list.
pub async fn serve(mut config: config::Config) -> anyhow::Result<()> {
    let listener = lifecycle::bind(&config)?;
    let address = listener.local_addr().context("read the bound address")?;
    config.settle_public_url(address);

    let app = App::assemble(config, Arc::new(clock::SystemClock)).await?;
    app.start_live().await?;
    lifecycle::watch_signals(&app);
    lifecycle::serve(app, listener).await
}
