//! An announced briefing with its cast, made through the public doors only.

use anyhow::Context;
use rostrum_domain::{id::EventId, person::Role};
use rostrum_drill::{
    client::House,
    office::{Account, Applicant, Office},
    people::{Chair, Journalist},
};
use rostrum_tests::TestServer;

pub struct Briefing {
    pub server: TestServer,
    pub office: Office,
    pub event: EventId,
    pub chair: House,
    pub spokesperson: House,
    pub mai: House,
    pub claire: House,
}

impl Briefing {
    pub async fn announced() -> anyhow::Result<Self> {
        Self::announced_at(TestServer::start().await?).await
    }

    pub async fn announced_at(server: TestServer) -> anyhow::Result<Self> {
        let house = House::new(server.url());
        let token = server.printed("/app/setup?token=")?;
        let admin = account("Admin", "admin@press.example", &[Role::Admin]);
        let office = Office::set_up(&house, &token, &admin).await?;
        let event = office.simple_event("briefing", "Regular briefing").await?.id;
        let chair = staff(&office, event, "Lan Phạm", "chair@press.example", Role::Chair).await?;
        let spokesperson = staff(&office, event, "Minh Lê", "minh@press.example", Role::Spokesperson).await?;
        let mai = accredit(&office, event, "Mai Trần", "mai@xinwen.example", "Xinwen Daily").await?;
        let claire = accredit(&office, event, "Claire Dubois", "claire@lejour.example", "Le Jour").await?;
        Ok(Self {
            server,
            office,
            event,
            chair,
            spokesperson,
            mai,
            claire,
        })
    }

    /// One more of the house's people, signed in.
    pub async fn hire(&self, name: &str, email: &str, role: Role) -> anyhow::Result<House> {
        staff(&self.office, self.event, name, email, role).await
    }

    /// Live, with the chair and both journalists in the room.
    pub async fn live() -> anyhow::Result<(Self, Chair, Journalist, Journalist)> {
        let briefing = Self::announced().await?;
        let chair = Chair::enter(&briefing.chair, briefing.event)
            .await
            .context("the chair enters")?;
        chair.go_live().await?;
        let mai = Journalist::enter(&briefing.mai, briefing.event)
            .await
            .context("Mai enters")?;
        let claire = Journalist::enter(&briefing.claire, briefing.event)
            .await
            .context("Claire enters")?;
        Ok((briefing, chair, mai, claire))
    }
}

async fn staff(office: &Office, event: EventId, name: &str, email: &str, role: Role) -> anyhow::Result<House> {
    let account = account(name, email, &[]);
    let person = office.hire(&account).await?;
    office.assign(event, person, role, Some("Press department")).await?;
    Ok(Office::sign_in(&office.house, email, account.password).await?.house)
}

fn account<'a>(name: &'a str, email: &'a str, roles: &'a [Role]) -> Account<'a> {
    Account {
        name,
        email,
        password: "correct horse battery",
        language: "en",
        roles,
    }
}

async fn accredit(office: &Office, event: EventId, name: &str, email: &str, outlet: &str) -> anyhow::Result<House> {
    let applicant = Applicant {
        name,
        email,
        outlet,
        country: "FR",
        language: "en",
    };
    office
        .accredit(event, &applicant)
        .await
        .with_context(|| email.to_owned())
}
