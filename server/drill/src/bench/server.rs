//! A server under measurement: its own process, a fresh data folder, free ports, and what the kernel says it used.

use super::Options;
use crate::{
    client::{House, token_in},
    mint::Mint,
    office::{Account, Office},
};
use anyhow::{Context, bail, ensure};
use rostrum_domain::id::EventId;
use std::{
    net::TcpListener,
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::mpsc,
    time::{sleep, timeout},
};

/// How long a start or a stop may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The kernel counts processor time in these (USER_HZ, the same on every Linux platform).
const TICKS_PER_SECOND: f64 = 100.0;
/// Lines of the server's log kept for the case of an error.
const LAST_WORDS: usize = 20;

/// Never leaves this machine: the data folder is removed with the server.
const ADMIN: Account<'_> = Account {
    name: "Bench",
    email: "bench@house.example",
    password: "measure-twice-cut-once",
    language: "en",
    roles: &[],
};

/// How the server of a measurement is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    pub shards: usize,
    /// Recognition is a process of its own, but it competes for the cores.
    pub captions: bool,
}

pub struct Server {
    pub house: House,
    pub event: EventId,
    pub mint: Mint,
    pid: u32,
    child: Child,
    data: PathBuf,
    log: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts it, sets it up and announces one event.
    pub async fn start(options: &Options, setting: Setting) -> anyhow::Result<Self> {
        let data = std::env::temp_dir().join(format!("rostrum-bench-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&data).with_context(|| format!("make {}", data.display()))?;
        let port = free_port()?;
        let mut child = Command::new(&options.program)
            .arg("serve")
            .env_remove("DATABASE_URL")
            .env("ROSTRUM_LISTEN", format!("127.0.0.1:{port}"))
            .env("ROSTRUM_PUBLIC_URL", format!("http://localhost:{port}"))
            .env("ROSTRUM_DATA_DIR", &data)
            .env("ROSTRUM_MEDIA__ANNOUNCE", "[\"127.0.0.1\"]")
            .env("ROSTRUM_MEDIA__SHARDS", setting.shards.to_string())
            .env(
                "ROSTRUM_SPEECH__MODELS",
                if setting.captions { &options.models } else { &data },
            )
            .env("ROSTRUM_LOG__FILTER", "info")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("start {}", options.program.display()))?;
        let pid = child.id().context("the server has a process id")?;

        let log = Arc::new(Mutex::new(Vec::new()));
        let (tokens, mut token) = mpsc::unbounded_channel();
        if let Some(out) = child.stdout.take() {
            tokio::spawn(listen(out, log.clone(), tokens.clone()));
        }
        if let Some(err) = child.stderr.take() {
            tokio::spawn(listen(err, log.clone(), tokens));
        }
        let house = House::new(&format!("http://localhost:{port}"));
        let ready = async {
            while house.fetch("/readyz").await.is_err() {
                if let Some(status) = child.try_wait()? {
                    bail!("the server ended with {status}");
                }
                sleep(Duration::from_millis(50)).await;
            }
            token.recv().await.context("no set-up link was printed")
        };
        let token = match timeout(PATIENCE, ready).await {
            Ok(Ok(token)) => token,
            Ok(Err(error)) => bail!("{error:#}; its last words: {}", last(&log)),
            Err(_) => bail!("the server did not get ready; its last words: {}", last(&log)),
        };
        let mint = (options.open_mint)(&data).context("open the server's key")?;
        let office = Office::set_up(&house, &token, &ADMIN).await?;
        let event = office.simple_event("bench", "Bench").await?.id;
        Ok(Self {
            house,
            event,
            mint,
            pid,
            child,
            data,
            log,
        })
    }

    /// Processor time used so far, user and system, in microseconds.
    pub fn cpu_us(&self) -> anyhow::Result<f64> {
        cpu_us_of(&self.pid.to_string())
    }

    /// The same of the media threads alone.
    pub fn media_us(&self) -> anyhow::Result<f64> {
        let mut sum = 0.0;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.pid)).context("the server's threads")? {
            let task = task.context("the server's threads")?.path();
            // A thread may end meanwhile.
            let read = |file: &str| std::fs::read_to_string(task.join(file)).unwrap_or_default();
            if read("comm").starts_with("media-") {
                let nanos = read("schedstat")
                    .split(' ')
                    .next()
                    .and_then(|nanos| nanos.parse::<f64>().ok());
                sum += nanos.unwrap_or(0.0) / 1e3;
            }
        }
        Ok(sum)
    }

    /// Resident memory in KiB.
    pub fn memory_kib(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).context("the server's memory")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        kib.context("the kernel tells no resident memory")
    }

    pub fn last_words(&self) -> String {
        last(&self.log)
    }

    pub async fn stop(mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::debug!(%error, "the server had ended before");
        }
        if let Err(error) = std::fs::remove_dir_all(&self.data) {
            tracing::warn!(%error, data = %self.data.display(), "left behind");
        }
    }
}

/// Processor time of a process, user and system, in microseconds.
pub(super) fn cpu_us_of(process: &str) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).context("a process's time")?;
    // The name may hold spaces; after it come state, and from the 12th field user and system time.
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> = after
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse().ok())
        .collect();
    ensure!(ticks.len() == 2, "the kernel's numbers cannot be read: {stat}");
    Ok(ticks.iter().sum::<f64>() / TICKS_PER_SECOND * 1e6)
}

fn last(log: &Mutex<Vec<String>>) -> String {
    log.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("find a free port")?;
    Ok(listener.local_addr().context("find a free port")?.port())
}

async fn listen(stream: impl AsyncRead + Unpin, log: Arc<Mutex<Vec<String>>>, tokens: mpsc::UnboundedSender<String>) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(token) = token_in(&line, "/app/setup?token=") {
            // The set-up may be over.
            let _ = tokens.send(token.to_owned());
        }
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        if log.len() == LAST_WORDS {
            log.remove(0);
        }
        log.push(line);
    }
}
