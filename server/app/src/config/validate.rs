//! Secrets from their files, and the checks that no single type can make.

use super::{Config, ConfigError, Secret};
use std::path::Path;

impl Config {
    pub(super) fn read_secret_files(&mut self) -> Result<(), ConfigError> {
        let mut wrong = Vec::new();
        let mut read = |name: &str, value: &mut Option<Secret>, file: Option<&Path>| {
            let Some(file) = file else { return };
            if value.is_some() {
                wrong.push(format!("{name} and {name}_file are both set: keep one"));
                return;
            }
            match std::fs::read_to_string(file) {
                Ok(text) if !text.trim().is_empty() => *value = Some(Secret::new(text.trim())),
                Ok(_) => wrong.push(format!("{name}_file {} is empty", file.display())),
                Err(error) => wrong.push(format!("{name}_file {}: {error}", file.display())),
            }
        };
        read(
            "database_url",
            &mut self.database_url,
            self.database_url_file.as_deref(),
        );
        if let Some(smtp) = &mut self.smtp {
            read("smtp.password", &mut smtp.password, smtp.password_file.as_deref());
        }
        if let Some(turn) = &mut self.media.turn {
            read("media.turn.secret", &mut turn.secret, turn.secret_file.as_deref());
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(ConfigError::Wrong(wrong))
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let is_turn = |url: &String| url.starts_with("turn:") || url.starts_with("turns:");
        let mut wrong = Vec::new();
        let mut must = |holds: bool, sentence: &str| {
            if !holds {
                wrong.push(sentence.to_owned());
            }
        };
        if self.public_url.is_some() {
            let url = self.public_url();
            must(
                url.starts_with("https://") || url.starts_with("http://"),
                "public_url must begin with https:// (or http:// for a first try)",
            );
            must(!self.public_host().is_empty(), "public_url has no host");
            must(
                url.matches('/').count() == 2 && !url.contains(['?', '#']),
                "public_url must be scheme and host only: Rostrum lives at the root of its host",
            );
            must(
                self.tls.is_none() || self.is_https(),
                "tls is set, so public_url must begin with https://",
            );
        }
        if let Some(tls) = &self.tls {
            must(
                tls.certificate.is_file(),
                "tls.certificate is not a file that can be read",
            );
            must(tls.key.is_file(), "tls.key is not a file that can be read");
        }
        let database = self.database_url();
        must(
            ["sqlite:", "postgres:", "postgresql:"]
                .iter()
                .any(|scheme| database.starts_with(scheme)),
            "database_url must begin with sqlite: or postgres:",
        );
        if let Some(smtp) = &self.smtp {
            must(!smtp.host.is_empty(), "smtp.host is empty");
            must(
                smtp.from.parse::<lettre::message::Mailbox>().is_ok(),
                "smtp.from must be an address such as Press Office <press@example.org>",
            );
            must(
                smtp.username.is_some() == smtp.password.is_some(),
                "smtp.username and smtp.password (or password_file) go together",
            );
        }
        if let Some(turn) = &self.media.turn {
            must(turn.secret.is_some(), "media.turn needs secret or secret_file");
            must(
                !turn.urls.is_empty() && turn.urls.iter().all(is_turn),
                "media.turn.urls must begin with turn: or turns:",
            );
        }
        must(
            self.media.relay.urls.iter().all(is_turn),
            "media.relay.urls must begin with turn: or turns:",
        );
        must(self.media.shards != Some(0), "media.shards must be at least 1");
        must(
            !self.house.name.0.is_empty(),
            "house.name needs a name in at least one language",
        );
        must(
            ["vi", "en", "fr"].contains(&self.house.language.as_str()),
            "house.language must be vi, en or fr: the interface has no other yet",
        );
        let limits = &self.limits;
        must(
            [
                limits.sign_in,
                limits.link,
                limits.registration,
                limits.join,
                limits.question,
            ]
            .iter()
            .all(|limit| *limit > 0),
            "every limit must be at least 1: 0 would lock everybody out",
        );
        must(
            limits.body >= 8 * 1024,
            "limits.body must be at least 8192 bytes: a question with its frame needs that",
        );
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(ConfigError::Wrong(wrong))
        }
    }
}
