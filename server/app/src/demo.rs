//! `serve --demo`: a fictional ministry in an empty installation, a sign-in link per role on the terminal, and a synthetic
//! press corps that holds a briefing for as long as the server runs. The ministry is made through the public doors, by
//! `rostrum-drill`; the corps is a child process, so that its media cost is not the server's.

mod corps;
mod links;
mod memory;

use crate::{
    App,
    config::{self, Config},
    sign_in,
};
use anyhow::Context;
use memory::Memory;
use rostrum_domain::text::Text;
use rostrum_drill::{client::House, client::token_in, demo};
use std::{net::SocketAddr, time::Duration};
use tokio::time::sleep;

/// Between two looks whether the server answers.
const LOOK: Duration = Duration::from_millis(50);

/// One address plays everybody: limits per address are for strangers.
pub fn relax_limits(config: &mut Config) {
    config.limits.sign_in = 200;
    config.limits.registration = 200;
    config.limits.join = 200;
}

/// The ministry's name on the public pages, unless the settings have one.
pub fn name_the_house(config: &mut Config) {
    if config.house.name == config::House::default().name {
        let names = [
            ("vi", "Bộ Ngoại giao Lạc Việt"),
            ("en", "Ministry of Foreign Affairs of Lạc Việt"),
            ("fr", "Ministère des Affaires étrangères du Lạc Việt"),
        ];
        config.house.name = Text(names.map(|(lang, name)| (lang.to_owned(), name.to_owned())).into());
    }
}

/// Runs beside the server until it stops.
pub fn start(app: &App, address: SocketAddr) {
    let demo = app.clone();
    app.tasks.spawn(async move {
        tokio::select! {
            () = demo.shutdown.cancelled() => {}
            result = run(&demo, address) => if let Err(error) = result {
                tracing::error!(error = format!("{error:#}"), "the demonstration stopped; the server goes on");
            }
        }
    });
}

async fn run(app: &App, address: SocketAddr) -> anyhow::Result<()> {
    anyhow::ensure!(
        app.config.tls.is_none(),
        "the demonstration talks plain HTTP; leave `tls` out"
    );
    let base = format!("http://localhost:{}", address.port());
    let house = House::new(&base);
    while house.fetch("/livez").await.is_err() {
        sleep(LOOK).await;
    }
    let mut memory = match sign_in::setup_link(app).await? {
        Some(link) => {
            let token = token_in(&link, "token=").context("the set-up link has a token")?;
            let seeded = demo::seed(&house, token).await.context("make the ministry")?;
            let memory = Memory::of(&seeded);
            memory.keep(&app.config.data_dir)?;
            memory
        }
        None => Memory::recall(&app.config.data_dir)?
            .context("this installation has people already and is not a demonstration: serve it without --demo")?,
    };
    links::print(app, &memory).await.context("print the sign-in links")?;
    loop {
        corps::play(app, &base, &memory).await?;
        // Somebody ended the briefing: its record is theirs to make, and another is held.
        memory.live = demo::another(&house).await.context("hold another briefing")?.id;
        memory.keep(&app.config.data_dir)?;
        println!(
            "another briefing is held: {}/app/room/{}",
            app.config.public_url(),
            memory.live
        );
    }
}

#[cfg(test)]
mod tests;
