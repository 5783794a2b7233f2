//! `rostrum doctor`: what is wrong with this installation, in sentences, before people find out.

mod machine;
mod network;

use crate::{
    config::Config,
    http::assets,
    keys::Keys,
    store::{self, Db},
};
use std::{net::TcpListener, path::Path, process::ExitCode};

/// Recordings of a two-hour briefing with a few speakers need about this much.
const ENOUGH_SPACE: u64 = 5 * 1024 * 1024 * 1024;

/// What the patient said.
#[derive(Debug, PartialEq, Eq)]
enum Finding {
    Good(String),
    /// It runs, but somebody will be unhappy.
    Poor(String),
    /// It will not run.
    Bad(String),
}

use Finding::{Bad, Good, Poor};

/// Examines everything, prints one line each, fails when something is bad.
pub async fn run(config: &Config) -> ExitCode {
    let mut findings = vec![address(config), data_folder(&config.data_dir)];
    findings.extend(space(&config.data_dir));
    findings.push(keys(config));
    findings.extend(database(config).await);
    findings.push(ports(config));
    findings.extend(network::examine(config));
    findings.extend(machine::examine());
    findings.extend([mail(config).await, speech(config), web()]);
    for finding in &findings {
        match finding {
            Good(text) => println!("  ok    {text}"),
            Poor(text) => println!("  note  {text}"),
            Bad(text) => println!("  BAD   {text}"),
        }
    }
    if findings.iter().any(|finding| matches!(finding, Bad(_))) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn address(config: &Config) -> Finding {
    let url = config.public_url();
    match (config.is_https(), config.public_host()) {
        (true, _) => Good(format!("people come to {url}")),
        (false, "localhost" | "127.0.0.1") => Poor(format!(
            "people come to {url}: only browsers on this machine can; set public_url for others"
        )),
        (false, _) => Bad(format!(
            "people come to {url}: browsers give cameras and microphones to https:// only"
        )),
    }
}

fn data_folder(folder: &Path) -> Finding {
    let probe = folder.join(".doctor");
    match std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe))
    {
        Ok(()) => Good(format!("the data folder {} can be written", folder.display())),
        Err(error) => Bad(format!(
            "the data folder {} cannot be written: {error}",
            folder.display()
        )),
    }
}

fn space(folder: &Path) -> Option<Finding> {
    let free = rustix::fs::statvfs(folder).ok()?;
    let bytes = free.f_bavail.saturating_mul(free.f_frsize);
    let gib = bytes / (1024 * 1024 * 1024);
    Some(if bytes >= ENOUGH_SPACE {
        Good(format!("{gib} GiB are free for recordings"))
    } else {
        Poor(format!(
            "only {gib} GiB are free: recording stops with an alarm when they are used up"
        ))
    })
}

fn keys(config: &Config) -> Finding {
    match Keys::load_or_create(&config.data_dir.join("keys")) {
        Ok(keys) => Good(format!("editions are signed with key {}", keys.editions.current_id())),
        Err(error) => Bad(format!("the keys: {error}")),
    }
}

async fn database(config: &Config) -> Vec<Finding> {
    let db = match Db::open(&config.database_url()).await {
        Ok(db) => db,
        Err(error) => return vec![Bad(format!("the database cannot be opened: {error}"))],
    };
    if let Err(error) = db.migrate().await {
        return vec![Bad(format!("the database cannot be brought up to date: {error}"))];
    }
    let mut findings = vec![Good(format!(
        "the database answers ({:?}) and is up to date",
        db.engine()
    ))];
    if let Ok(mut reader) = db.read().await {
        if let Ok((_, failed @ 1..)) = store::jobs::depth(&mut reader).await {
            findings.push(Poor(format!(
                "{failed} jobs were given up: their errors stand in the table `jobs`"
            )));
        }
        if let Ok(false) = store::people::any_admin(&mut reader).await {
            findings.push(Poor(
                "nobody administers this installation yet: start it and open the printed link".into(),
            ));
        }
    }
    db.close().await;
    findings
}

fn ports(config: &Config) -> Finding {
    match TcpListener::bind(config.listen) {
        Ok(_) => Good(format!("{} is free for HTTP", config.listen)),
        Err(error) => Poor(format!(
            "{} is taken ({error}): perhaps the server runs already",
            config.listen
        )),
    }
}

async fn mail(config: &Config) -> Finding {
    let Some(smtp) = &config.smtp else {
        return Poor("no mail server is configured: mails are kept in the outbox and reach nobody".into());
    };
    match crate::mail::reach(smtp).await {
        Ok(()) => Good(format!("the mail server {} takes our sign-in", smtp.host)),
        Err(error) => Bad(format!("the mail server {}: {error}", smtp.host)),
    }
}

fn speech(config: &Config) -> Finding {
    let models = &config.speech.models;
    match (config.speech.enabled, models.join("libonnxruntime.so").is_file()) {
        (false, _) => Poor("machine captions are switched off".into()),
        (true, true) => Good(format!("speech models are in {}", models.display())),
        (true, false) => Poor(format!(
            "no speech models in {}: captions are off until deploy/models/fetch.sh has run",
            models.display()
        )),
    }
}

fn web() -> Finding {
    if assets::is_built() {
        Good("the web application is built in".into())
    } else {
        Bad("the web application is not built into this binary: run `make web`, then build again".into())
    }
}
