//! Settings: typed, from a TOML file and the environment (`ROSTRUM_MEDIA__PORT` is `media.port`), checked at start.
//! Secrets come from files (`…_file`) or the environment and never show in logs.

mod proxies;
mod secret;
mod validate;

pub use proxies::Network;
pub use secret::Secret;

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use rostrum_domain::text::Text;
use serde::{Deserialize, Deserializer};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0}")]
    Unreadable(Box<figment::Error>),
    #[error("there is no file {0}")]
    Missing(PathBuf),
    #[error("the settings do not fit together:\n  - {}", .0.join("\n  - "))]
    Wrong(Vec<String>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address as people type it, without a trailing slash. Default: `http://localhost:` and the bound port.
    public_url: Option<String>,
    /// Where HTTP listens.
    pub listen: SocketAddr,
    /// Database file, keys, recordings: everything to back up (and `DATABASE_URL`, if set).
    pub data_dir: PathBuf,
    database_url: Option<Secret>,
    database_url_file: Option<PathBuf>,
    /// Networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<Network>,
    /// Own certificate; without it, HTTPS is the proxy's business.
    pub tls: Option<Tls>,
    pub house: House,
    pub media: Media,
    pub smtp: Option<Smtp>,
    pub speech: Speech,
    pub recording: Recording,
    pub retention: Retention,
    pub limits: Limits,
    pub log: Log,
    /// Set by `serve --demo`: fictional data, sign-in links on the terminal.
    #[serde(skip)]
    pub demo: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// The institution, as the public reads it.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct House {
    pub name: Text,
    /// Shown on public pages for questions from the press.
    pub contact: Option<String>,
    /// Language of a page asked for without one.
    pub language: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Media {
    /// UDP and TCP port of the first shard; further shards take the next ones. 0: any free port.
    pub port: u16,
    /// Addresses told to browsers: one, or a list. Empty: those of this machine, loopback included.
    #[serde(deserialize_with = "one_or_many")]
    pub announce: Vec<IpAddr>,
    /// Threads that forward media. Default: one per core, less one.
    pub shards: Option<usize>,
    /// The relay that is built in.
    pub relay: Relay,
    pub turn: Option<Turn>,
}

/// The built-in TURN server. It relays to this server's own media only, with credentials it makes itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Relay {
    pub enabled: bool,
    /// UDP and TCP port; 3478 is usual. 0: any free port.
    pub port: u16,
    /// Further addresses at which people reach it, through a proxy that ends TLS: `turns:turn.example.org:443?transport=tcp`.
    pub urls: Vec<String>,
}

/// A TURN server with shared-secret credentials (coturn `use-auth-secret`).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// `turn:turn.example.org:3478?transport=udp`, `turns:…`
    pub urls: Vec<String>,
    pub secret: Option<Secret>,
    pub secret_file: Option<PathBuf>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    pub host: String,
    pub port: Option<u16>,
    #[serde(default)]
    pub security: SmtpSecurity,
    pub username: Option<String>,
    pub password: Option<Secret>,
    pub password_file: Option<PathBuf>,
    /// `Press Office <press@example.org>`
    pub from: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    /// TLS from the first byte, port 465.
    Tls,
    /// STARTTLS required, port 587.
    #[default]
    Starttls,
    /// No encryption, port 25: only for a relay on the same machine or network.
    None,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Speech {
    /// `false`: no machine captions.
    pub enabled: bool,
    /// Folder of the speech models, as `deploy/models/fetch.sh` fills it.
    pub models: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recording {
    /// Recording stops below this much free disk and goes on above twice this, in MiB. Higher: more reserve for journal and
    /// database; lower: longer recording on a small disk.
    pub reserve_mib: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Days that per-speaker recordings are kept after the event; a series may say otherwise. `None`: for ever.
    pub takes_days: Option<u32>,
    /// Days that mails are kept in the outbox.
    pub mail_days: u32,
}

/// Requests one address (or one e-mail address) may make. Higher: guessing gets cheaper; lower: a newsroom behind one
/// address gets in its own way.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Sign-in attempts per minute and address.
    pub sign_in: u32,
    /// E-mail links per hour and e-mail address.
    pub link: u32,
    /// Registrations per hour and address.
    pub registration: u32,
    /// Use of personal links (join, confirm, set-up) per minute and address.
    pub join: u32,
    /// Questions per minute and person.
    pub question: u32,
    /// Largest JSON body, in bytes.
    pub body: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    /// As `RUST_LOG`: `info`, `rostrum=debug,info`.
    pub filter: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Pretty,
    Json,
}

impl Config {
    /// Reads `file` (when given, it must exist) and the environment, then checks that everything fits together.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::new();
        if let Some(file) = file {
            if !file.is_file() {
                return Err(ConfigError::Missing(file.to_owned()));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        let figment = figment.merge(Env::raw().only(&["DATABASE_URL"])).merge(
            Env::prefixed("ROSTRUM_")
                .filter(|key| is_setting(key.as_str()))
                .split("__"),
        );
        let mut config: Self = figment
            .extract()
            .map_err(|error| ConfigError::Unreadable(Box::new(error)))?;
        config.read_secret_files()?;
        config.check()?;
        Ok(config)
    }

    /// Address as people type it, without a trailing slash.
    pub fn public_url(&self) -> &str {
        self.public_url
            .as_deref()
            .unwrap_or("http://localhost:8080")
            .trim_end_matches('/')
    }

    /// Host of the public address, without a port.
    pub fn public_host(&self) -> &str {
        let rest = self.public_url().split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split('/').next().unwrap_or_default();
        match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        }
    }

    /// Port of the public address, as a browser takes it.
    pub fn public_port(&self) -> u16 {
        let rest = self.public_url().split_once("://").map_or("", |(_, rest)| rest);
        let given = rest.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        given.unwrap_or(if self.is_https() { 443 } else { 80 })
    }

    /// Whether people come by HTTPS, ended here or at a proxy.
    pub fn is_https(&self) -> bool {
        self.public_url().starts_with("https://")
    }

    /// Without a configured address, people on this machine are told the bound port.
    pub fn settle_public_url(&mut self, bound: SocketAddr) {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        self.public_url
            .get_or_insert_with(|| format!("{scheme}://localhost:{}", bound.port()));
    }

    /// Where the data are: the configured URL, else a SQLite file in the data folder.
    pub fn database_url(&self) -> String {
        match &self.database_url {
            Some(url) => url.reveal().to_owned(),
            None => format!("sqlite://{}", self.data_dir.join("rostrum.sqlite").display()),
        }
    }

    /// Settings of a test: everything in `data_dir`, a fixed public address, limits nobody meets.
    pub fn for_test(data_dir: &Path) -> Self {
        Self {
            public_url: Some("https://press.example.org".into()),
            data_dir: data_dir.to_owned(),
            limits: Limits {
                sign_in: 1000,
                link: 1000,
                registration: 1000,
                join: 1000,
                question: 1000,
                ..Limits::default()
            },
            ..Self::default()
        }
    }
}

/// The environment has no lists that are pleasant to write: one value stands for a list of one.
fn one_or_many<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<IpAddr>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(IpAddr),
        Many(Vec<IpAddr>),
    }
    Ok(match OneOrMany::deserialize(source)? {
        OneOrMany::One(address) => vec![address],
        OneOrMany::Many(addresses) => addresses,
    })
}

/// The environment holds other variables with our prefix (tests, packaging): only settings are taken from it.
fn is_setting(key: &str) -> bool {
    const SETTINGS: [&str; 15] = [
        "public_url",
        "listen",
        "data_dir",
        "database_url",
        "database_url_file",
        "trusted_proxies",
        "tls",
        "house",
        "media",
        "smtp",
        "speech",
        "recording",
        "retention",
        "limits",
        "log",
    ];
    let first = key.split("__").next().unwrap_or_default();
    SETTINGS.iter().any(|setting| setting.eq_ignore_ascii_case(first))
}

impl Default for Config {
    fn default() -> Self {
        Self {
            public_url: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            data_dir: PathBuf::from("data"),
            database_url: None,
            database_url_file: None,
            trusted_proxies: Vec::new(),
            tls: None,
            house: House::default(),
            media: Media::default(),
            smtp: None,
            speech: Speech::default(),
            recording: Recording::default(),
            retention: Retention::default(),
            limits: Limits::default(),
            log: Log::default(),
            demo: false,
        }
    }
}

impl Default for Relay {
    fn default() -> Self {
        Self {
            enabled: true,
            port: 0,
            urls: Vec::new(),
        }
    }
}

impl Default for House {
    fn default() -> Self {
        Self {
            name: Text::in_one("en", "Press Centre"),
            contact: None,
            language: "en".into(),
        }
    }
}

impl Default for Speech {
    fn default() -> Self {
        Self {
            enabled: true,
            models: PathBuf::from(".cache/models"),
        }
    }
}

impl Default for Recording {
    fn default() -> Self {
        Self { reserve_mib: 256 }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            takes_days: None,
            mail_days: 90,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sign_in: 10,
            link: 6,
            registration: 30,
            join: 60,
            question: 10,
            body: 64 * 1024,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Pretty,
            filter: "info".into(),
        }
    }
}

#[cfg(test)]
mod tests;
