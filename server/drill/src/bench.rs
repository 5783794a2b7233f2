//! Measures a server of this build on this machine and writes the numbers down: `target/bench.json`. Each measurement starts
//! from a fresh data folder; everything goes through the public doors, the server is its own process.

mod audience;
mod caption;
mod crowd;
mod fanout;
mod join;
mod notices;
mod plot;
mod seal;
mod server;
mod stage;
mod window;

pub use plot::draw;

use crate::mint::OpenMint;
use anyhow::{Context, ensure};
use serde::Serialize;
use server::{Server, Setting};
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

/// Every run, with the numbers it yields.
#[derive(Clone, Copy)]
enum Run {
    Join,
    Caption,
    Notices,
    Fanout,
    FanoutOfTwo,
    Memory,
    Joins,
    Delay,
    Summit,
    Audio,
    Strangers,
}

const RUNS: [Run; 11] = [
    Run::Join,
    Run::Caption,
    Run::Notices,
    Run::Fanout,
    Run::FanoutOfTwo,
    Run::Memory,
    Run::Joins,
    Run::Delay,
    Run::Summit,
    Run::Audio,
    Run::Strangers,
];

impl Run {
    fn names(self) -> Vec<&'static str> {
        let rungs = |ladder: &[(&'static str, usize)]| ladder.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        match self {
            Self::Join => vec!["join_first_frame_ms", "call_on_air_ms"],
            Self::Caption => vec!["caption_delay_s"],
            Self::Notices => vec!["notice_fanout_p50_ms_2000", "notice_fanout_p99_ms_2000"],
            Self::Fanout => [rungs(&fanout::LADDER), fanout::STAGES.to_vec()].concat(),
            Self::FanoutOfTwo => rungs(&fanout::LADDER_OF_TWO),
            Self::Memory => vec!["idle_subscriber_kib", "active_subscriber_kib"],
            Self::Joins => vec!["join_cpu_ms", "joins_per_s", "join_burst_inside_delay_p99_ms"],
            Self::Delay => vec!["forward_delay_p50_ms_70pct", "forward_delay_p99_ms_70pct"],
            Self::Summit => vec!["summit_30x30_cpu_us_per_packet"],
            Self::Audio => vec!["audio_10x1000_cpu_us_per_packet"],
            Self::Strangers => vec!["stranger_datagram_cpu_us"],
        }
    }

    fn setting(self) -> Setting {
        Setting {
            shards: if matches!(self, Self::FanoutOfTwo) { 2 } else { 1 },
            captions: matches!(self, Self::Caption),
        }
    }

    /// `wanted` shortens a run of several steps.
    async fn measure(self, server: &Server, wanted: Option<&str>) -> anyhow::Result<Vec<Measure>> {
        match self {
            Self::Join => join::run(server).await,
            Self::Caption => caption::run(server).await,
            Self::Notices => notices::run(server).await,
            Self::Fanout => fanout::ladder(server, 1, up_to(&fanout::LADDER, wanted)).await,
            Self::FanoutOfTwo => fanout::ladder(server, 2, up_to(&fanout::LADDER_OF_TWO, wanted)).await,
            Self::Memory => audience::memory(server).await,
            Self::Joins => audience::joins(server).await,
            Self::Delay => audience::delay(server).await,
            Self::Summit => fanout::summit(server).await,
            Self::Audio => fanout::audio(server).await,
            Self::Strangers => audience::strangers(server).await,
        }
    }
}

/// The rung that is wanted alone, or, for none by that name, the whole ladder.
fn up_to<'a>(ladder: &'a [(&'static str, usize)], wanted: Option<&str>) -> &'a [(&'static str, usize)] {
    let found = ladder.iter().position(|(name, _)| Some(*name) == wanted);
    found.map_or(ladder, |at| &ladder[at..=at])
}

pub async fn run(options: &Options) -> anyhow::Result<Vec<Measure>> {
    crate::load::more_files()?;
    let wanted = |name: &str| options.name.as_deref().is_none_or(|wanted| wanted == name);
    let names: Vec<&str> = RUNS.iter().flat_map(|run| run.names()).collect();
    ensure!(
        names.iter().any(|name| wanted(name)),
        "there is no such measurement; there are: {}",
        names.join(", ")
    );
    let mut measures = Vec::new();
    for run in RUNS {
        let names = run.names();
        if !names.iter().any(|name| wanted(name)) {
            continue;
        }
        let server = Server::start(options, run.setting()).await?;
        let found = match run.measure(&server, options.name.as_deref()).await {
            Ok(found) => found,
            Err(error) => {
                return Err(error.context(format!("{names:?}; the server's last words: {}", server.last_words())));
            }
        };
        for measure in found.into_iter().filter(|measure| wanted(measure.name)) {
            println!(
                "{:<38} {:>10.2} {:<4} {}",
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
    let build = if cfg!(debug_assertions) {
        "unoptimised"
    } else {
        "release"
    };
    format!("{cores} × {model}, {build} build")
}

/// The value below which `share` (0 to 1) of the samples lie.
fn percentile(samples: &mut [f64], share: f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    let index = ((samples.len().saturating_sub(1)) as f64 * share).round() as usize;
    samples.get(index).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests;
