//! Measures a server of this build on this machine and writes the numbers down: `target/bench.json`. Each measurement starts
//! from a fresh data folder; everything goes through the public doors, the server is its own process.

mod caption;
mod fanout;
mod join;
mod notices;
mod server;
mod stage;

use crate::mint::OpenMint;
use anyhow::{Context, ensure};
use serde::Serialize;
use server::Server;
use std::path::PathBuf;

/// One measured number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measure {
    pub name: &'static str,
    pub value: f64,
    pub unit: &'static str,
    /// Machine, sizes and counts: what the number holds for.
    pub conditions: String,
}

pub struct Options {
    /// Only the measurement of this name.
    pub name: Option<String>,
    pub out: PathBuf,
    /// The server's program: this one.
    pub program: PathBuf,
    /// Folder of the speech models.
    pub models: PathBuf,
    pub open_mint: OpenMint,
}

/// Every number, and the run that yields it.
const RUNS: [(&[&str], Run); 5] = [
    (&["join_first_frame_ms", "call_on_air_ms"], Run::Join),
    (&["caption_delay_s"], Run::Caption),
    (&["fanout_cpu_us_per_packet_100"], Run::Fanout),
    (&["subscriber_memory_kib"], Run::Memory),
    (
        &["notice_fanout_p50_ms_2000", "notice_fanout_p99_ms_2000"],
        Run::Notices,
    ),
];

#[derive(Clone, Copy)]
enum Run {
    Join,
    Caption,
    Fanout,
    Memory,
    Notices,
}

pub async fn run(options: &Options) -> anyhow::Result<Vec<Measure>> {
    crate::load::more_files()?;
    let wanted = |name: &str| options.name.as_deref().is_none_or(|wanted| wanted == name);
    let names = RUNS.iter().flat_map(|(names, _)| names.iter());
    ensure!(
        names.clone().any(|name| wanted(name)),
        "there is no such measurement; there are: {}",
        names.copied().collect::<Vec<_>>().join(", ")
    );
    let mut measures = Vec::new();
    for (names, run) in RUNS {
        if !names.iter().any(|name| wanted(name)) {
            continue;
        }
        let server = Server::start(options).await?;
        let found = match run {
            Run::Join => join::run(&server).await,
            Run::Caption => caption::run(&server).await,
            Run::Fanout => fanout::cpu(&server).await,
            Run::Memory => fanout::memory(&server).await,
            Run::Notices => notices::run(&server).await,
        };
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                return Err(error.context(format!("{names:?}; the server's last words: {}", server.last_words())));
            }
        };
        for measure in found.into_iter().filter(|measure| wanted(measure.name)) {
            println!(
                "{:<32} {:>10.2} {:<4} {}",
                measure.name, measure.value, measure.unit, measure.conditions
            );
            measures.push(measure);
        }
        server.stop().await;
    }
    let json = serde_json::to_string_pretty(&measures)?;
    if let Some(folder) = options.out.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    std::fs::write(&options.out, json + "\n").with_context(|| format!("write {}", options.out.display()))?;
    Ok(measures)
}

/// "2 × AMD EPYC 9R14": what every number depends on.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .and_then(|rest| rest.split_once(':'))
        .map_or("unknown processor", |(_, name)| name.trim());
    format!("{cores} × {model}")
}

/// The value below which `share` (0 to 1) of the samples lie.
fn percentile(samples: &mut [f64], share: f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    let index = ((samples.len().saturating_sub(1)) as f64 * share).round() as usize;
    samples.get(index).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests;
