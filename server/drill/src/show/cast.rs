//! Who plays in the demonstration, and how each signs in: staff by password, journalists by the personal link of the mail
//! that approved them, found in the officer's outbox, where a newcomer without a mail server finds it too.

use crate::{
    assets::Portrait,
    client::{Event, House, Page},
    office::Office,
};
use anyhow::Context;
use rostrum_domain::{id::EventId, person::Role};

/// Password of every staff account of the demonstration.
pub const HOUSE_PASSWORD: &str = "rostrum-demo";

/// One of the house's own people in the demonstration's data.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub name: &'static str,
    pub email: &'static str,
    pub role: Role,
    pub office: Option<&'static str>,
    pub portrait: Portrait,
}

/// A journalist in the demonstration's data.
#[derive(Clone, Copy, Debug)]
pub struct Reporter {
    pub name: &'static str,
    pub email: &'static str,
    pub outlet: &'static str,
    pub country: &'static str,
    pub language: &'static str,
    pub portrait: Portrait,
}

/// Played by the drill.
pub(super) const CHAIR: Member = Member {
    name: "Lê An",
    email: "le.an@demo.example",
    role: Role::Chair,
    office: Some("Head of the Press Department"),
    portrait: Portrait::Chair,
};

pub(super) const SPOKESPERSON: Member = Member {
    name: "Nguyễn Hà",
    email: "nguyen.ha@demo.example",
    role: Role::Spokesperson,
    office: Some("Spokesperson"),
    portrait: Portrait::Spokesperson,
};

/// The house's people that the drill plays.
pub const MINISTRY: [Member; 2] = [CHAIR, SPOKESPERSON];

/// The accredited journalists; the first is left to the person who tries the demonstration.
pub const PRESS: [Reporter; 5] = [
    Reporter {
        name: "Mai Trần",
        email: "mai@xinwen.example",
        outlet: "Xinwen Daily",
        country: "CN",
        language: "vi",
        portrait: Portrait::Mai,
    },
    CORPS[0],
    CORPS[1],
    CORPS[2],
    CORPS[3],
];

/// Played by the drill.
pub(super) const CORPS: [Reporter; 4] = [
    Reporter {
        name: "Claire Dubois",
        email: "claire@lejour.example",
        outlet: "Le Jour",
        country: "FR",
        language: "fr",
        portrait: Portrait::Claire,
    },
    Reporter {
        name: "Kenji Sato",
        email: "sato@minato.example",
        outlet: "Minato Shimbun",
        country: "JP",
        language: "en",
        portrait: Portrait::Sato,
    },
    Reporter {
        name: "Amina Diallo",
        email: "amina@teranga.example",
        outlet: "Teranga Presse",
        country: "SN",
        language: "fr",
        portrait: Portrait::Amina,
    },
    Reporter {
        name: "Marta Torres",
        email: "marta@atlantico.example",
        outlet: "Diario Atlántico",
        country: "ES",
        language: "en",
        portrait: Portrait::Mai,
    },
];

/// Reads the outbox.
const OFFICER: &str = "officer@demo.example";

/// Everybody's browser, signed in.
pub(super) struct Browsers {
    pub chair: House,
    pub spokesperson: House,
    pub press: Vec<House>,
}

impl Browsers {
    /// Signs the house's people in, then the journalists by the join links of `event`; `None` when it is over.
    pub async fn open(
        house: &House,
        password: &str,
        event: Option<EventId>,
    ) -> anyhow::Result<Option<(Self, EventId)>> {
        let chair = staff(house, CHAIR.email, password).await?;
        let spokesperson = staff(house, SPOKESPERSON.email, password).await?;
        let event = match event {
            Some(event) => event,
            None => now_on(&chair).await?,
        };
        let state = chair.event(event).await.context("read the event")?.state;
        if !matches!(state.as_str(), "announced" | "live") {
            return Ok(None);
        }
        let office = Office::sign_in(house, OFFICER, password).await?;
        let mut press = Vec::new();
        for reporter in &CORPS {
            press.push(office.join(event, reporter.email).await?);
        }
        Ok(Some((
            Self {
                chair,
                spokesperson,
                press,
            },
            event,
        )))
    }
}

async fn staff(house: &House, email: &str, password: &str) -> anyhow::Result<House> {
    let browser = house.visitor();
    browser
        .sign_in(email, password)
        .await
        .with_context(|| email.to_owned())?;
    Ok(browser)
}

/// The first event that is live, or else announced.
async fn now_on(desk: &House) -> anyhow::Result<EventId> {
    let page: Page<Event> = desk.get("/api/v1/events").await.context("list the events")?;
    let found = ["live", "announced"]
        .iter()
        .find_map(|state| page.items.iter().find(|event| event.state == *state));
    Ok(found.context("no event is live or announced")?.id)
}
