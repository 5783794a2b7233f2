//! What the drill needs from the shell: grants for load runs, signed with the installation's own key.

use crate::{
    clock::{Clock, SystemClock},
    config::Config,
    keys::{Grant, GrantAudience, Keys},
};
use anyhow::Context;
use rostrum_domain::{
    id::{EventId, PersonId, SeatId},
    media::SourceKind,
    person::{NameCard, Role},
};
use rostrum_drill::{
    cli::{DrillCommand, Ground},
    client,
    mint::Mint,
};
use std::{path::Path, sync::Arc, time::Duration};
use uuid::Uuid;

/// A load run lasts minutes; its grants are not for longer.
const LASTS: Duration = Duration::from_secs(3600);

pub async fn run(command: DrillCommand, config: &Config) -> anyhow::Result<()> {
    let ground = Ground {
        data_dir: config.data_dir.clone(),
        models: config.speech.models.clone(),
        open_mint,
    };
    rostrum_drill::cli::run(command, ground).await
}

fn open_mint(data: &Path) -> anyhow::Result<Mint> {
    let folder = data.join("keys");
    anyhow::ensure!(folder.is_dir(), "{} holds no keys of an installation", data.display());
    let keys = Keys::load_or_create(&folder).context("open the keys")?;
    Ok(Arc::new(move |room, role| mint(&keys, room, role)))
}

fn mint(keys: &Keys, room: EventId, role: Role) -> client::Grant {
    let person = PersonId(Uuid::now_v7());
    let expires_at = SystemClock.now().saturating_add(LASTS);
    let outlet = (role == Role::Journalist).then(|| "Drill".to_owned());
    let card = NameCard {
        name: format!("Drill {person}"),
        outlet,
        ..NameCard::default()
    };
    let sign = |aud, carries| {
        keys.sign_grant(&Grant {
            iss: Grant::issuer(),
            aud,
            sub: person,
            room,
            seat: SeatId::of(room, person),
            role,
            card: card.clone(),
            carries,
            exp: expires_at.micros().div_euclid(1_000_000),
        })
    };
    client::Grant {
        event: room,
        role,
        signal_url: format!("/api/v1/rooms/{room}/signal"),
        signal_grant: sign(GrantAudience::Signal, Vec::new()),
        whip_url: "/api/v1/whip".to_owned(),
        whip_grant: Some(sign(GrantAudience::Whip, vec![SourceKind::Camera, SourceKind::Screen])),
        whep_url: "/api/v1/whep".to_owned(),
        whep_grant: sign(GrantAudience::Whep, Vec::new()),
        expires_at,
    }
}
