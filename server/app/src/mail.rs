//! Letters of the house: written from a template in the reader's language, put into the outbox by the transaction that
//! causes them, sent by a job. Without an SMTP server they are kept and shown in the console.

mod smtp;
mod template;
mod when;

pub use smtp::SmtpError;
pub use template::Template;
pub use when::when;

use crate::{
    App, jobs,
    store::{
        Conn, StoreError, mail,
        mail::{Mail, MailState},
    },
};
use rostrum_domain::text::Lang;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// After this many tries a mail is given up and shown as failed. More: a server that is down for a day is survived;
/// fewer: the officer learns earlier that nobody was reached.
const TRIES: u32 = 8;

/// Whom a letter goes to.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub language: &'a str,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SendMail {
    mail: Uuid,
}

/// Writes a letter and puts it into the outbox. `values` fill the template's `{holes}`.
pub async fn write(
    app: &App,
    conn: &mut Conn,
    template: Template,
    to: Reader<'_>,
    values: &[(&str, &str)],
) -> Result<(), StoreError> {
    let language = language(app, to.language);
    let house = app.config.house.name.read(&language).to_owned();
    let check = format!("{}/app/check", app.config.public_url());
    let common = [("house", house.as_str()), ("name", to.name), ("check", &check)];
    let values: Vec<_> = common.iter().chain(values).copied().collect();
    let (subject, body) = template.fill(&language, &values);
    let state = if app.config.smtp.is_some() {
        MailState::Queued
    } else {
        MailState::Kept
    };
    let letter = Mail {
        id: app.new_id(),
        kind: template.name().to_owned(),
        to_name: to.name.to_owned(),
        to_email: to.email.to_owned(),
        subject,
        body,
        state,
        error: None,
        created_at: app.now(),
        sent_at: None,
    };
    mail::insert(conn, &letter).await?;
    if state == MailState::Queued {
        jobs::enqueue(app, conn, jobs::Kind::SendMail, &SendMail { mail: letter.id }).await?;
    }
    Ok(())
}

/// The job: hands one letter to the SMTP server. Run twice, the second finds it sent.
pub(crate) async fn send(app: &App, job: SendMail, attempt: u32) -> anyhow::Result<()> {
    let Some(smtp) = &app.config.smtp else { return Ok(()) };
    let mut reader = app.db.read().await?;
    let Some(letter) = mail::by_id(&mut reader, job.mail).await? else {
        return Ok(());
    };
    drop(reader);
    if letter.state != MailState::Queued {
        return Ok(());
    }
    let outcome = smtp::send(smtp, &letter).await;
    let mut tx = app.db.begin().await?;
    match &outcome {
        Ok(()) => mail::mark_sent(&mut tx, letter.id, &without_tokens(&letter.body), app.now()).await?,
        Err(error) => {
            let for_good = error.is_permanent() || attempt >= TRIES;
            mail::mark_failed(&mut tx, letter.id, &error.to_string(), for_good).await?;
            if for_good {
                tx.commit().await?;
                metrics::counter!("rostrum_mail_failed_total").increment(1);
                tracing::error!(mail = %letter.id, kind = letter.kind, %error, "mail given up");
                return Ok(());
            }
        }
    }
    tx.commit().await?;
    Ok(outcome?)
}

/// Whether the mail server answers and takes our sign-in.
pub async fn reach(settings: &crate::config::Smtp) -> Result<(), SmtpError> {
    smtp::reach(settings).await
}

/// One of the languages there are letters in.
fn language(app: &App, wanted: &str) -> Lang {
    let wanted = wanted.split('-').next().unwrap_or_default();
    if template::LANGUAGES.contains(&wanted) {
        wanted.to_owned()
    } else {
        app.config.house.language.clone()
    }
}

/// A sent letter is kept as evidence that it was sent; its personal link must not open a door to whoever reads the outbox.
fn without_tokens(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find("?token=") {
        let (before, after) = rest.split_at(at + "?token=".len());
        out.push_str(before);
        out.push('…');
        rest = after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
