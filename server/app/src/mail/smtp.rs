//! One letter to one SMTP server.

use crate::{
    config::{Smtp, SmtpSecurity},
    store::mail::Mail,
};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::authentication::Credentials,
};
use std::time::Duration;

/// A server that does not answer in this time is down for now.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    #[error("the address cannot be written to: {0}")]
    Address(#[from] lettre::address::AddressError),
    #[error("the letter cannot be put together: {0}")]
    Letter(#[from] lettre::error::Error),
    #[error("the mail server: {0}")]
    Server(#[from] lettre::transport::smtp::Error),
}

impl SmtpError {
    /// Trying again would not help.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Address(_) | Self::Letter(_) => true,
            Self::Server(error) => error.is_permanent(),
        }
    }
}

pub async fn send(settings: &Smtp, letter: &Mail) -> Result<(), SmtpError> {
    let from: Mailbox = settings.from.parse()?;
    let to = Mailbox::new(Some(letter.to_name.clone()), letter.to_email.parse()?);
    let domain = from.email.domain().to_owned();
    let message = Message::builder()
        .from(from)
        .to(to)
        .subject(&letter.subject)
        // The same letter sent twice by a job run twice is one letter to the reader's mail program.
        .message_id(Some(format!("<{}@{domain}>", letter.id)))
        .header(ContentType::TEXT_PLAIN)
        .body(letter.body.clone())?;
    transport(settings)?.send(message).await?;
    Ok(())
}

/// Connects and signs in, and sends nothing.
pub async fn reach(settings: &Smtp) -> Result<(), SmtpError> {
    transport(settings)?.test_connection().await?;
    Ok(())
}

fn transport(settings: &Smtp) -> Result<AsyncSmtpTransport<Tokio1Executor>, SmtpError> {
    let mut builder = match settings.security {
        SmtpSecurity::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(&settings.host)?,
        SmtpSecurity::Starttls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&settings.host)?,
        SmtpSecurity::None => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host),
    };
    if let Some(port) = settings.port {
        builder = builder.port(port);
    }
    if let (Some(username), Some(password)) = (&settings.username, &settings.password) {
        builder = builder.credentials(Credentials::new(username.clone(), password.reveal().to_owned()));
    }
    Ok(builder.timeout(Some(PATIENCE)).build())
}
