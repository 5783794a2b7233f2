//! What only the operator of the machine may do: make an administrator, print somebody's sign-in link.

use crate::{
    App,
    clock::SystemClock,
    config::Config,
    password, sign_in,
    store::{people, people::Person},
};
use anyhow::{Context, bail, ensure};
use clap::Subcommand;
use rostrum_domain::policy::{Held, Scope};
use std::{io::IsTerminal, sync::Arc};

#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Make an administrator, or make somebody one. The password is read from standard input.
    CreateAdmin {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        /// Without a password: print a sign-in link instead.
        #[arg(long)]
        link: bool,
    },
    /// Print a link that signs somebody in once, within a day.
    SignInLink { email: String },
}

pub async fn run(command: AdminCommand, config: Config) -> anyhow::Result<()> {
    let app = App::assemble(config, Arc::new(SystemClock)).await?;
    match command {
        AdminCommand::CreateAdmin { email, name, link } => {
            let hash = if link {
                None
            } else {
                Some(password::hash(&read_password()?).await)
            };
            let person = create_admin(&app, &email, &name, hash.as_deref()).await?;
            if link {
                println!("{}", link_of(&app, &person).await?);
            } else {
                println!("{} administers this installation now", person.email);
            }
        }
        AdminCommand::SignInLink { email } => {
            let email = email.trim().to_lowercase();
            let person = people::by_email(&mut *app.db.read().await?, &email).await?;
            let person = person.with_context(|| format!("nobody here has the address {email}"))?;
            ensure!(!person.disabled, "{email} is disabled");
            println!("{}", link_of(&app, &person).await?);
        }
    }
    Ok(())
}

async fn create_admin(app: &App, email: &str, name: &str, hash: Option<&str>) -> anyhow::Result<Person> {
    let email = email.trim().to_lowercase();
    ensure!(
        email.parse::<lettre::Address>().is_ok(),
        "{email} is not an e-mail address"
    );
    ensure!(!name.trim().is_empty(), "the name is empty");
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let person = match people::by_email(&mut tx, &email).await? {
        Some(known) => {
            let mut person = Person {
                staff: true,
                disabled: false,
                ..known
            };
            ensure!(
                people::update(&mut tx, &person, now).await?,
                "somebody else changed this account just now"
            );
            person.version += 1;
            if let Some(hash) = hash {
                people::set_password_hash(&mut tx, person.id, hash).await?;
            }
            person
        }
        None => {
            let (name, language) = (name.trim().to_owned(), app.config.house.language.clone());
            let made = Person {
                id: app.new_id(),
                name,
                email,
                language,
                staff: true,
                disabled: false,
                version: 1,
            };
            people::insert(&mut tx, &made, hash, now).await?;
            made
        }
    };
    for role in sign_in::FIRST_ADMIN {
        people::grant(
            &mut tx,
            person.id,
            Held {
                role,
                scope: Scope::House,
            },
            None,
            now,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(person)
}

async fn link_of(app: &App, person: &Person) -> anyhow::Result<String> {
    let mut tx = app.db.begin().await?;
    let link = sign_in::sign_in_link(app, &mut tx, person.id, None, sign_in::TERMINAL_LINK).await?;
    tx.commit().await?;
    Ok(link)
}

/// One line of standard input. Not an argument: arguments stand in the process list and in the shell's history.
fn read_password() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        eprint!("Password (it will be shown as you type): ");
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("read the password")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if !password::LENGTH.contains(&password.chars().count()) {
        bail!(
            "a password has {} to {} characters",
            password::LENGTH.start(),
            password::LENGTH.end()
        );
    }
    Ok(password.to_owned())
}
