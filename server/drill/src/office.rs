//! The press office as verbs: what has to be done over REST before a briefing can be held. For runs that start with an
//! empty installation.

use crate::client::{Event, House, Me, Page, Registration};
use anyhow::Context;
use rostrum_domain::{
    id::{EventId, PersonId, SeriesId},
    person::Role,
    time::Timestamp,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Password of the accounts made here.
pub const PASSWORD: &str = "correct-horse-battery";

/// Somebody with every role of the house.
pub struct Office {
    pub house: House,
    pub me: Me,
}

/// A journalist's application.
#[derive(Clone, Copy, Debug)]
pub struct Applicant<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub outlet: &'a str,
    pub country: &'a str,
    pub language: &'a str,
}

#[derive(Deserialize)]
struct Id<T> {
    id: T,
}

impl Office {
    /// Uses the one-time set-up link of an empty installation.
    pub async fn set_up(house: &House, token: &str) -> anyhow::Result<Self> {
        let house = house.visitor();
        let body = json!({ "token": token, "name": "Quản Trần", "email": "admin@house.example", "password": PASSWORD });
        let me: Me = house
            .post("/api/v1/setup", &body)
            .await
            .context("set up the installation")?;
        Ok(Self { house, me })
    }

    /// Makes a staff account with roles on the house, and signs it in.
    pub async fn hire(&self, name: &str, email: &str, roles: &[Role]) -> anyhow::Result<(House, PersonId)> {
        let roles: Vec<Value> = roles
            .iter()
            .map(|role| json!({ "role": role, "scope": "house", "id": null }))
            .collect();
        let body = json!({ "name": name, "email": email, "password": PASSWORD, "language": "en", "roles": roles });
        let person: Id<PersonId> = self
            .house
            .post("/api/v1/staff", &body)
            .await
            .context("make an account")?;
        let browser = self.house.visitor();
        browser.sign_in(email, PASSWORD).await.context("sign in")?;
        Ok((browser, person.id))
    }

    pub async fn found_series(&self, slug: &str) -> anyhow::Result<SeriesId> {
        let body = json!({
            "slug": slug,
            "name": { "en": "Regular press briefing", "vi": "Họp báo thường kỳ" },
            "languages": ["en", "vi"],
            "zone": "Asia/Ho_Chi_Minh",
            "cadence": "every second Thursday",
            "numbering": "per_year",
            "asker_policy": "name_and_outlet",
            "rules": { "version": 1, "text": { "en": "On the record unless the chair says otherwise." }, "follow_ups": 1, "exchange_seconds": 120 },
            "caption_language": "en",
            "retention_days": null,
        });
        let series: Id<SeriesId> = self
            .house
            .post("/api/v1/series", &body)
            .await
            .context("found a series")?;
        Ok(series.id)
    }

    /// Plans and announces an event that starts in a few minutes.
    pub async fn announce(&self, series: SeriesId, title: &str) -> anyhow::Result<Event> {
        let start = now().saturating_add(Duration::from_secs(600));
        let end = start.saturating_add(Duration::from_secs(3600));
        let body = json!({
            "series": series,
            "title": { "en": title, "vi": title },
            "description": { "en": "", "vi": "" },
            "starts_at": start,
            "ends_at": end,
            "zone": "Asia/Ho_Chi_Minh",
            "languages": ["en", "vi"],
            "caption_language": "en",
            "attendance": "online",
            "registration_closes_at": start,
            "questions_close_at": end,
        });
        let event: Event = self
            .house
            .post("/api/v1/events", &body)
            .await
            .context("plan an event")?;
        let path = format!("/api/v1/events/{}/announce", event.id);
        self.house
            .change::<Value>(reqwest::Method::POST, &path, event.version, &json!({}))
            .await
            .context("announce the event")?;
        self.house.event(event.id).await.context("read the event")
    }

    pub async fn assign(
        &self,
        event: EventId,
        person: PersonId,
        role: Role,
        office: Option<&str>,
    ) -> anyhow::Result<()> {
        let body = json!({ "person": person, "role": role, "office": office });
        let path = format!("/api/v1/events/{event}/team");
        self.house
            .post::<Value>(&path, &body)
            .await
            .context("put somebody on the team")?;
        Ok(())
    }

    /// The whole way of a journalist: application, confirmed address, approval, personal link. Gives their browser.
    pub async fn accredit(&self, event: EventId, applicant: &Applicant<'_>) -> anyhow::Result<House> {
        let browser = self.house.visitor();
        let body = json!({
            "name": applicant.name,
            "email": applicant.email,
            "outlet": applicant.outlet,
            "outlet_country": applicant.country,
            "language": applicant.language,
            "press_card": "P-1024",
            "message": null,
            "privacy_accepted": true,
        });
        let path = format!("/api/v1/events/{event}/registrations");
        browser.post::<Value>(&path, &body).await.context("apply")?;
        let token = self.token_for(applicant.email, "/app/confirm?token=").await?;
        browser
            .post::<Value>("/api/v1/registrations/confirm", &json!({ "token": token }))
            .await
            .context("confirm the address")?;

        let pending: Page<Registration> = self
            .house
            .get(&format!("{path}?state=pending"))
            .await
            .context("the requests")?;
        let request = pending
            .items
            .iter()
            .find(|request| request.email == applicant.email)
            .context("the request is on the desk")?;
        let decision = format!("/api/v1/registrations/{}/decision", request.id);
        self.house
            .change::<Value>(
                reqwest::Method::POST,
                &decision,
                request.version,
                &json!({ "decision": "approve" }),
            )
            .await
            .context("approve")?;
        let token = self.token_for(applicant.email, "/app/join?token=").await?;
        browser.join(&token).await.context("use the personal link")?;
        Ok(browser)
    }

    /// The token after `mark` in the newest mail to `email`.
    pub async fn token_for(&self, email: &str, mark: &str) -> anyhow::Result<String> {
        let token = self.house.newest_token(email, mark).await?;
        token.with_context(|| format!("no mail to {email} with {mark}"))
    }
}

/// The system's clock, as the domain counts.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
