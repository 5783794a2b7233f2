//! Parses the command line, runs it, turns an error into an exit code. Nothing else.

use clap::Parser;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match rostrum::cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("rostrum: {error:#}");
            ExitCode::FAILURE
        }
    }
}
