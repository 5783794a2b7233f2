//! The command line. Each subcommand reads the settings, does one thing and ends with an exit code.

use crate::{App, admin, clock::SystemClock, config::Config, doctor, http, telemetry, verify};
use clap::{Parser, Subcommand};
use rostrum_speech::worker::{self, WorkerConfig};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc};

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
    /// Folder of database, keys and recordings; goes before file and environment.
    #[arg(long, global = true)]
    data_dir: Option<PathBuf>,
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
        /// Address and port of HTTP; goes before file and environment.
        #[arg(long)]
        listen: Option<SocketAddr>,
    },
    /// Bring the database up to date and stop.
    Migrate,
    /// Say what is wrong with this installation, in sentences.
    Doctor,
    /// People, from the operator's terminal.
    #[command(subcommand)]
    Admin(admin::AdminCommand),
    /// The synthetic press corps: a demonstration, load runs, measurements.
    #[command(subcommand)]
    Drill(rostrum_drill::cli::DrillCommand),
    /// Check a published edition offline: its hashes and its signature.
    Verify {
        /// An `.edition.json` file.
        file: PathBuf,
        /// The key you expect: a file with the public key, or its key id.
        #[arg(long)]
        key: Option<String>,
    },
    /// Print the description of the programming interface.
    #[command(hide = true)]
    Openapi,
    /// Recognise speech for the server that started this process: audio on standard input, captions on standard output.
    #[command(hide = true)]
    SpeechWorker {
        #[arg(long)]
        models: PathBuf,
    },
}

impl Cli {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        // These need no settings.
        match &self.command {
            Command::SpeechWorker { models } => {
                let config = WorkerConfig {
                    model_dir: models.clone(),
                    library: None,
                    threads: None,
                };
                worker::run(std::io::stdin(), std::io::stdout(), config)?;
                return Ok(ExitCode::SUCCESS);
            }
            Command::Verify { file, key } => return Ok(verify::run(file, key.as_deref())),
            Command::Openapi => {
                print!("{}", http::openapi::text());
                return Ok(ExitCode::SUCCESS);
            }
            _ => {}
        }
        let mut config = Config::load(self.config.as_deref())?;
        if let Some(data_dir) = self.data_dir {
            config.data_dir = data_dir;
        }
        telemetry::start(&config.log);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(perform(self.command, config))
    }
}

async fn perform(command: Command, mut config: Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { demo, listen } => {
            config.demo = demo;
            config.listen = listen.unwrap_or(config.listen);
            crate::serve(config).await?;
        }
        Command::Migrate => {
            App::assemble(config, Arc::new(SystemClock)).await?;
            println!("the database is up to date");
        }
        Command::Doctor => return Ok(doctor::run(&config).await),
        Command::Admin(command) => admin::run(command, config).await?,
        Command::Drill(command) => crate::drill::run(command, &config).await?,
        // Done above, without settings.
        Command::Verify { .. } | Command::Openapi | Command::SpeechWorker { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}
