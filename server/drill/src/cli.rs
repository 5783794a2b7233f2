//! `rostrum drill …`: the press corps on the command line.

use crate::{bench, client::House, demo, load, mint::OpenMint, show};
use anyhow::{Context, ensure};
use clap::Subcommand;
use rostrum_domain::id::EventId;
use std::path::PathBuf;
use tokio::sync::oneshot;

#[derive(Debug, Subcommand)]
pub enum DrillCommand {
    /// Hold a briefing for ever with synthetic people, in an installation started with `serve --demo`.
    Show {
        /// Address of the server.
        #[arg(long, default_value = "http://localhost:8080")]
        url: String,
        /// The event to hold; by default the first that is live or announced.
        #[arg(long)]
        event: Option<EventId>,
        /// Also hold this event once, briefly, and publish its record.
        #[arg(long)]
        record: Option<EventId>,
        /// Leave when standard input ends: for a server that starts this and may be killed.
        #[arg(long, hide = true)]
        until_input_ends: bool,
    },
    /// Send viewers into a live event for a while and report what they got. Run beside the server: it signs grants with
    /// the key in the data folder.
    Load {
        #[arg(long, default_value = "http://localhost:8080")]
        url: String,
        #[arg(long)]
        event: EventId,
        /// Between 1 and 2,000.
        #[arg(long, default_value_t = 50)]
        viewers: usize,
        #[arg(long, default_value_t = 20)]
        seconds: u64,
    },
    /// Measure this build on this machine, each time with a server of its own.
    Bench {
        /// Only the measurement of this name.
        #[arg(long)]
        name: Option<String>,
        #[arg(long, default_value = "target/bench.json")]
        out: PathBuf,
    },
    /// Draw the cost of a forwarded packet against the number of subscribers, from the numbers of a bench.
    Plot {
        #[arg(long, default_value = "target/bench.json")]
        from: PathBuf,
        #[arg(long, default_value = "deploy/bench/fanout.svg")]
        out: PathBuf,
    },
}

/// What the shell brings.
pub struct Ground {
    /// Data folder of the installation, for its keys.
    pub data_dir: PathBuf,
    pub models: PathBuf,
    pub open_mint: OpenMint,
}

pub async fn run(command: DrillCommand, ground: Ground) -> anyhow::Result<()> {
    if let DrillCommand::Show { url, .. } | DrillCommand::Load { url, .. } = &command {
        ensure!(
            url.starts_with("http://"),
            "the drill speaks plain HTTP, to a server on this machine or network"
        );
    }
    match command {
        DrillCommand::Show {
            url,
            event,
            record,
            until_input_ends,
        } => {
            let password = show::HOUSE_PASSWORD.to_owned();
            let house = House::new(&url);
            let record = async {
                if let Some(event) = record
                    && let Err(error) = demo::hold_and_publish(&house, event).await
                {
                    tracing::warn!(error = format!("{error:#}"), "no record of the past briefing");
                }
            };
            let play = async {
                tokio::join!(
                    show::run(show::Options {
                        url: url.clone(),
                        event,
                        password
                    }),
                    record
                )
                .0
            };
            tokio::select! {
                result = play => result,
                () = input_ends(), if until_input_ends => Ok(()),
            }
        }
        DrillCommand::Load {
            url,
            event,
            viewers,
            seconds,
        } => {
            let mint = (ground.open_mint)(&ground.data_dir).context("open the installation's key")?;
            let report = load::run(
                &load::Options {
                    url,
                    event,
                    viewers,
                    seconds,
                },
                &mint,
            )
            .await?;
            println!(
                "{} viewers in after {:.1} s; {:.0} packets/s, {:.1} Mbit/s; least to most {:.2}; {} still connected",
                report.viewers,
                report.joined_in,
                report.packets_per_second,
                report.megabits_per_second,
                report.evenness,
                report.still_connected
            );
            Ok(())
        }
        DrillCommand::Plot { from, out } => bench::draw(&from, &out),
        DrillCommand::Bench { name, out } => {
            let options = bench::Options {
                name,
                out,
                program: std::env::current_exe().context("find this program")?,
                models: std::path::absolute(&ground.models).context("find the models")?,
                open_mint: ground.open_mint,
            };
            bench::run(&options).await.map(drop)
        }
    }
}

/// Returns at the end of standard input, or when it cannot be read. The thread that reads is left behind at the end: a read
/// on the runtime's own threads would hold the process.
async fn input_ends() {
    let (ended, end) = oneshot::channel();
    std::thread::spawn(move || {
        let copied = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = ended.send(copied);
    });
    if let Ok(Err(error)) = end.await {
        tracing::debug!(%error, "standard input cannot be read");
    }
}
