//! The command line. Each subcommand reads the settings, does one thing and ends with an exit code.

use crate::{App, clock::SystemClock, config::Config, telemetry};
use clap::{Parser, Subcommand};
use rostrum_speech::worker::{self, WorkerConfig};
use std::{path::PathBuf, process::ExitCode, sync::Arc};

#[derive(Debug, Parser)]
#[command(
    name = "rostrum",
    version,
    about = "Press briefings from the invitation to the published record"
)]
pub struct Cli {
    /// Settings file (TOML). The environment (ROSTRUM_…, DATABASE_URL) goes before it.
    #[arg(long, short, global = true, env = "ROSTRUM_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve {
        /// Fill an empty installation with a fictional ministry, and print a sign-in link per role.
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database up to date and stop.
    Migrate,
    /// Recognise speech for the server that started this process: audio on standard input, captions on standard output.
    #[command(hide = true)]
    SpeechWorker {
        #[arg(long)]
        models: PathBuf,
    },
}

impl Cli {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        if let Command::SpeechWorker { models } = self.command {
            let config = WorkerConfig { model_dir: models, library: None, threads: None };
            worker::run(std::io::stdin(), std::io::stdout(), config)?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut config = Config::load(self.config.as_deref())?;
        telemetry::start(&config.log);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async move {
            match self.command {
                Command::Serve { demo } => {
                    config.demo = demo;
                    crate::serve(config).await?;
                }
                Command::SpeechWorker { .. } => {}
                Command::Migrate => {
                    App::assemble(config, Arc::new(SystemClock)).await?;
                    println!("the database is up to date");
                }
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}
