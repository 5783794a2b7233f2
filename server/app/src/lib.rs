//! The shell of Rostrum: everything that touches the world. It decides nothing: rules live in `rostrum-domain`,
//! packets in `rostrum-media`.

pub mod admin;
pub mod captions;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod drill;
pub mod entrance;
pub mod http;
pub mod jobs;
pub mod keys;
pub mod lifecycle;
pub mod limits;
mod live;
pub mod mail;
pub mod media_io;
pub mod password;
pub mod press;
pub mod publication;
pub mod recorder;
pub mod room;
pub mod secrets;
pub mod sign_in;
mod signalling;
pub mod state;
pub mod store;
pub mod telemetry;
pub mod transcript;
pub mod turn;
pub mod verify;

pub use state::App;

use anyhow::Context;
use std::sync::Arc;

/// Runs the server until it is told to stop. The wiring, readable as a list.
pub async fn serve(mut config: config::Config) -> anyhow::Result<()> {
    let listener = lifecycle::bind(&config)?;
    let address = listener.local_addr().context("read the bound address")?;
    config.settle_public_url(address);
    if config.demo {
        demo::relax_limits(&mut config);
        demo::name_the_house(&mut config);
    }

    let app = App::assemble(config, Arc::new(clock::SystemClock)).await?;
    app.start_live().await?;
    lifecycle::watch_signals(&app);
    app.tasks.spawn(jobs::work(app.clone()));
    if app.config.demo {
        demo::start(&app, address);
    } else if let Some(link) = sign_in::setup_link(&app).await? {
        println!("set up the first administrator: {link}");
    }
    lifecycle::serve(app, listener).await
}
