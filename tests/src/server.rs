//! The binary `rostrum` on free ports with a data folder of its own. Killed when dropped.

use crate::postgres;
use anyhow::{Context, bail};
use std::{
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::watch,
};

/// A running server. `kill` and `start_again` keep its data folder, database and port.
pub struct TestServer {
    child: Child,
    url: String,
    data: TempDir,
    env: Vec<(String, String)>,
    printed: Arc<Mutex<Vec<String>>>,
}

/// What a test may want different.
#[derive(Default)]
pub struct Options {
    env: Vec<(String, String)>,
    args: Vec<String>,
}

impl Options {
    /// A setting by its environment name: `ROSTRUM_SMTP__HOST`.
    pub fn set(mut self, name: &str, value: impl ToString) -> Self {
        self.env.push((name.to_owned(), value.to_string()));
        self
    }

    /// An argument of `rostrum serve`.
    pub fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.to_owned());
        self
    }
}

impl TestServer {
    /// An empty installation on the database that `ROSTRUM_TEST_DB` names (`sqlite`, the default, or `postgres`).
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(Options::default()).await
    }

    pub async fn start_with(options: Options) -> anyhow::Result<Self> {
        let data = tempfile::tempdir().context("a data folder")?;
        let mut env = vec![
            ("ROSTRUM_DATA_DIR".to_owned(), data.path().display().to_string()),
            ("ROSTRUM_MEDIA__ANNOUNCE".to_owned(), r#"["127.0.0.1"]"#.to_owned()),
            ("ROSTRUM_SPEECH__MODELS".to_owned(), models().display().to_string()),
        ];
        // Limits are tested where they matter; everywhere else one address plays a whole press corps.
        for limit in ["SIGN_IN", "LINK", "REGISTRATION", "JOIN", "QUESTION"] {
            env.push((format!("ROSTRUM_LIMITS__{limit}"), "10000".to_owned()));
        }
        if let Some(url) = postgres::database().await? {
            env.push(("DATABASE_URL".to_owned(), url));
        }
        env.extend(options.env);
        let printed = Arc::default();
        let (child, url) = launch(&env, "127.0.0.1:0", &options.args, &printed).await?;
        Ok(Self {
            child,
            url,
            data,
            env,
            printed,
        })
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Process id, for signals and for reading its CPU time.
    pub fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// The rest of the first printed line that contains `before`, up to white space.
    pub fn printed(&self, before: &str) -> anyhow::Result<String> {
        let lines = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = lines
            .iter()
            .find_map(|line| line.split_once(before).map(|(_, rest)| rest.to_owned()));
        let rest =
            rest.with_context(|| format!("the server printed nothing with “{before}”:\n{}", lines.join("\n")))?;
        Ok(rest.split_whitespace().next().unwrap_or_default().to_owned())
    }

    /// As a power cut would: no clean-up of any kind.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("kill the server")
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> anyhow::Result<ExitStatus> {
        self.child.wait().await.context("wait for the server's end")
    }

    /// Starts again on the same data and the same port.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        let address = self.url.trim_start_matches("http://").to_owned();
        self.printed.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let (child, url) = launch(&self.env, &address, &[], &self.printed).await?;
        self.child = child;
        self.url = url;
        Ok(())
    }
}

/// The binary under test.
pub fn binary() -> PathBuf {
    match std::env::var_os("ROSTRUM_BIN") {
        Some(path) => path.into(),
        None => root().join("target/debug/rostrum"),
    }
}

/// Recorded human speech with its exact words.
pub fn speech(name: &str) -> PathBuf {
    root().join("tests/fixtures/speech").join(name)
}

fn models() -> PathBuf {
    std::env::var_os("ROSTRUM_MODEL_DIR").map_or_else(|| root().join(".cache/models"), PathBuf::from)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

async fn launch(
    env: &[(String, String)],
    listen: &str,
    args: &[String],
    printed: &Arc<Mutex<Vec<String>>>,
) -> anyhow::Result<(Child, String)> {
    let mut child = Command::new(binary())
        .arg("serve")
        .args(args)
        .env_remove("DATABASE_URL")
        .envs(env.iter().map(|(name, value)| (name, value)))
        .env("ROSTRUM_LISTEN", listen)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("start {}: build it with `cargo build --workspace`", binary().display()))?;
    let (listening, mut address) = watch::channel(None);
    let stdout = child.stdout.take().context("standard output is piped")?;
    let stderr = child.stderr.take().context("standard error is piped")?;
    keep(stdout, Arc::clone(printed), Some(listening));
    keep(stderr, Arc::clone(printed), None);
    // The channel closes when standard output does: the server ended before it listened.
    let Ok(address) = address.wait_for(Option::is_some).await else {
        let status = child.wait().await?;
        let lines = printed.lock().unwrap_or_else(PoisonError::into_inner).join("\n");
        bail!("the server ended with {status}:\n{lines}");
    };
    let url = address.clone().context("an address")?;
    drop(address);
    Ok((child, url))
}

/// Reads a stream to its end, so that the server never waits for its own log.
fn keep(
    stream: impl AsyncRead + Unpin + Send + 'static,
    printed: Arc<Mutex<Vec<String>>>,
    listening: Option<watch::Sender<Option<String>>>,
) {
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if let (Some(listening), Some(url)) = (&listening, line.strip_prefix("listening on ")) {
                listening.send_replace(Some(url.trim().to_owned()));
            }
            printed.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    });
}
