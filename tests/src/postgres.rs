//! A PostgreSQL cluster for the run of a test binary, on a free port of this machine, with a database for each test.
//! Started at first use, from Debian's packages; ended by a watching child when the test binary ends, however it ends.

use anyhow::{Context, bail};
use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};
use tokio::sync::OnceCell;

struct Cluster {
    bin: PathBuf,
    port: u16,
}

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The URL of a new, empty database; `None` when the suite runs on SQLite.
pub async fn database() -> anyhow::Result<Option<String>> {
    match std::env::var("ROSTRUM_TEST_DB").as_deref() {
        Err(_) | Ok("sqlite") => return Ok(None),
        Ok("postgres") => {}
        Ok(other) => bail!("ROSTRUM_TEST_DB is {other}: it may be sqlite or postgres"),
    }
    fresh().await.map(Some)
}

/// The URL of a new, empty PostgreSQL database, whatever the suite runs on.
pub async fn fresh() -> anyhow::Result<String> {
    let cluster = CLUSTER
        .get_or_try_init(|| async { tokio::task::spawn_blocking(start).await? })
        .await?;
    let name = format!("rostrum_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let port = cluster.port.to_string();
    let create = cluster.bin.join("createdb");
    let made = tokio::process::Command::new(create)
        .args(["-h", "127.0.0.1", "-p", &port, "-U", "postgres", &name])
        .status()
        .await
        .context("run createdb")?;
    if !made.success() {
        bail!("createdb ended with {made}");
    }
    Ok(format!("postgres://postgres@127.0.0.1:{port}/{name}"))
}

fn start() -> anyhow::Result<Cluster> {
    let bin = binaries()?;
    let folder = tempfile::Builder::new()
        .prefix("rostrum-postgres-")
        .tempdir()
        .context("a folder")?
        .keep();
    let port = TcpListener::bind("127.0.0.1:0")
        .context("a free port")?
        .local_addr()?
        .port();
    // PostgreSQL refuses to run as root: it gets its own user then, and the folder.
    let root = run(&["id", "-u"])?.trim() == "0";
    if root {
        run(&["chown", "postgres", text(&folder)?])?;
    }
    let data = folder.join("data");
    let initdb = bin.join("initdb");
    unprivileged(
        root,
        &[
            text(&initdb)?,
            "-D",
            text(&data)?,
            "-U",
            "postgres",
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
        ],
    )?;
    let settings = format!(
        "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off \
         -c synchronous_commit=off -c full_page_writes=off -c max_connections=400"
    );
    let control = bin.join("pg_ctl");
    let log = folder.join("log");
    unprivileged(
        root,
        &[
            text(&control)?,
            "-D",
            text(&data)?,
            "-l",
            text(&log)?,
            "-w",
            "-o",
            &settings,
            "start",
        ],
    )?;
    stop_with_us(root, &control, &data, &folder)?;
    Ok(Cluster { bin, port })
}

/// A test binary that panics or is killed cannot clean up: a child that waits for our end of its pipe to close does.
fn stop_with_us(root: bool, control: &Path, data: &Path, folder: &Path) -> anyhow::Result<()> {
    let prefix = if root { "runuser -u postgres -- " } else { "" };
    let script = format!(
        "cat >/dev/null; {prefix}'{}' -D '{}' -m immediate stop; rm -rf '{}'",
        text(control)?,
        text(data)?,
        text(folder)?
    );
    let mut watcher = Command::new("sh");
    watcher
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // Its pipe stays open for as long as this process lives.
    std::mem::forget(watcher.spawn().context("start the watcher")?);
    Ok(())
}

fn unprivileged(root: bool, command: &[&str]) -> anyhow::Result<()> {
    let mut words = if root {
        vec!["runuser", "-u", "postgres", "--"]
    } else {
        Vec::new()
    };
    words.extend_from_slice(command);
    run(&words).map(|_| ())
}

fn run(words: &[&str]) -> anyhow::Result<String> {
    // A file instead of a pipe would do for a daemon's output too; here nothing outlives the command but its log file.
    let output = Command::new(words[0])
        .args(&words[1..])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .output()
        .with_context(|| format!("run {}", words.join(" ")))?;
    if !output.status.success() {
        bail!("{} ended with {}", words.join(" "), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Debian keeps the server's programs out of the PATH, one folder per version.
fn binaries() -> anyhow::Result<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").is_file())
        .collect();
    versions.sort();
    versions
        .pop()
        .context("PostgreSQL is not installed: apt-get install postgresql")
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("a path in UTF-8")
}
