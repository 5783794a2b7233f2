//! The sign-in links that a newcomer finds on the terminal: one per role, fresh at every start.

use super::memory::Memory;
use crate::{
    App, sign_in,
    store::{events, people},
};
use anyhow::Context;
use rostrum_domain::event::EventState;
use rostrum_drill::{demo::VISITORS, show::PRESS};
use std::fmt::Write;

pub(super) async fn print(app: &App, memory: &Memory) -> anyhow::Result<()> {
    let (room, console) = (
        format!("/app/room/{}", memory.live),
        format!("/app/console/{}", memory.live),
    );
    let mut text =
        String::from("\nThe demonstration is on. Sign in with one of these links (each works once, for a day):\n\n");
    let journalist = ("journalist", PRESS[0].email);
    let visitors = VISITORS.iter().map(|visitor| (visitor.part, visitor.email));
    let mut tx = app.db.begin().await?;
    for (part, email) in visitors.chain([journalist]) {
        let person = people::by_email(&mut tx, email)
            .await?
            .with_context(|| format!("no account for {email}"))?;
        let next = match part {
            "journalist" | "spokesperson" => room.clone(),
            "chair" => console.clone(),
            _ => "/app/".to_owned(),
        };
        let link = sign_in::sign_in_link(app, &mut tx, person.id, Some(next), sign_in::TERMINAL_LINK).await?;
        writeln!(text, "  {part:<13} {link}")?;
    }
    let live = events::by_id(&mut tx, memory.live).await?.context("the live event")?;
    let past = events::by_id(&mut tx, memory.past).await?.context("the past event")?;
    tx.commit().await?;
    let public = app.config.public_url();
    writeln!(text, "\n  press centre  {public}/")?;
    writeln!(text, "  live now      {public}{room}   ({})", live.title.read("en"))?;
    writeln!(
        text,
        "\nStaff may also sign in with their address and the password {}.",
        rostrum_drill::show::HOUSE_PASSWORD
    )?;
    if past.state != EventState::Published {
        writeln!(
            text,
            "The record of a first briefing is being made; it is published in about two minutes.\n"
        )?;
    }
    print!("{text}");
    Ok(())
}
