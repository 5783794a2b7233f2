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

/// An account to be made.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub password: &'a str,
    pub language: &'a str,
    /// Held on the house.
    pub roles: &'a [Role],
}

#[derive(Deserialize)]
struct Id<T> {
    id: T,
}

impl Office {
    /// Uses the one-time set-up link of an empty installation.
    pub async fn set_up(house: &House, token: &str, admin: &Account<'_>) -> anyhow::Result<Self> {
        let house = house.visitor();
        let body = json!({ "token": token, "name": admin.name, "email": admin.email, "password": admin.password });
        let me: Me = house
            .post("/api/v1/setup", &body)
            .await
            .context("set up the installation")?;
        Ok(Self { house, me })
    }

    pub async fn sign_in(house: &House, email: &str, password: &str) -> anyhow::Result<Self> {
        let house = house.visitor();
        let me = house.sign_in(email, password).await.with_context(|| email.to_owned())?;
        Ok(Self { house, me })
    }

    /// Makes a staff account.
    pub async fn hire(&self, account: &Account<'_>) -> anyhow::Result<PersonId> {
        let roles: Vec<Value> = account
            .roles
            .iter()
            .map(|role| json!({ "role": role, "scope": "house", "id": null }))
            .collect();
        let body = json!({
            "name": account.name,
            "email": account.email,
            "password": account.password,
            "language": account.language,
            "roles": roles,
        });
        let person: Id<PersonId> = self
            .house
            .post("/api/v1/staff", &body)
            .await
            .context("make an account")?;
        Ok(person.id)
    }

    pub async fn found_series(&self, body: &Value) -> anyhow::Result<SeriesId> {
        let series: Id<SeriesId> = self
            .house
            .post("/api/v1/series", body)
            .await
            .context("found a series")?;
        Ok(series.id)
    }

    /// Plans an event; it stays a draft.
    pub async fn plan(&self, body: &Value) -> anyhow::Result<Event> {
        self.house.post("/api/v1/events", body).await.context("plan an event")
    }

    /// Gives it its number and makes it public.
    pub async fn announce(&self, event: &Event) -> anyhow::Result<Event> {
        let path = format!("/api/v1/events/{}/announce", event.id);
        self.house
            .change::<Value>(reqwest::Method::POST, &path, event.version, &json!({}))
            .await
            .context("announce the event")?;
        self.house.event(event.id).await.context("read the event")
    }

    /// A series and an announced event in it, for a run that needs no more than a room.
    pub async fn simple_event(&self, slug: &str, title: &str) -> anyhow::Result<Event> {
        let series = self.found_series(&simple_series(slug)).await?;
        let start = now().saturating_add(Duration::from_secs(600));
        self.announce(&self.plan(&simple_plan(series, title, start)).await?)
            .await
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

    /// Applies and confirms the address.
    pub async fn apply(&self, event: EventId, applicant: &Applicant<'_>) -> anyhow::Result<()> {
        let browser = self.house.visitor();
        self.apply_only(event, applicant).await?;
        let token = self.token_for(applicant.email, "/app/confirm?token=").await?;
        browser
            .post::<Value>("/api/v1/registrations/confirm", &json!({ "token": token }))
            .await
            .context("confirm the address")?;
        Ok(())
    }

    /// Applies and leaves the mail unread.
    pub async fn apply_only(&self, event: EventId, applicant: &Applicant<'_>) -> anyhow::Result<()> {
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
        self.house
            .visitor()
            .post::<Value>(&path, &body)
            .await
            .context("apply")?;
        Ok(())
    }

    /// Decides the request of this address.
    pub async fn decide(&self, event: EventId, email: &str, decision: &Value) -> anyhow::Result<()> {
        let path = format!("/api/v1/events/{event}/registrations?state=pending&limit=100");
        let pending: Page<Registration> = self.house.get(&path).await.context("the requests")?;
        let request = pending.items.iter().find(|request| request.email == email);
        let request = request.context("the request is on the desk")?;
        let path = format!("/api/v1/registrations/{}/decision", request.id);
        self.house
            .change::<Value>(reqwest::Method::POST, &path, request.version, decision)
            .await
            .context("decide")?;
        Ok(())
    }

    /// The whole way of a journalist: application, confirmed address, approval, personal link. Gives their browser.
    pub async fn accredit(&self, event: EventId, applicant: &Applicant<'_>) -> anyhow::Result<House> {
        self.apply(event, applicant).await?;
        self.decide(event, applicant.email, &json!({ "decision": "approve" }))
            .await?;
        self.join(event, applicant.email).await
    }

    /// Uses the personal link of the mail that approved this address for `event`.
    pub async fn join(&self, event: EventId, email: &str) -> anyhow::Result<House> {
        let browser = self.house.visitor();
        for token in self
            .house
            .tokens(email, "/app/join?token=")
            .await
            .context("read the outbox")?
        {
            match browser.join(&token).await {
                Ok((_, found)) if found == event => return Ok(browser),
                Ok(_) => {}
                Err(error) => tracing::debug!(%error, email, "a join link that no longer works"),
            }
        }
        anyhow::bail!("no personal link for {email} and this event in the outbox")
    }

    /// The token after `mark` in the newest mail to `email`.
    pub async fn token_for(&self, email: &str, mark: &str) -> anyhow::Result<String> {
        let token = self.house.newest_token(email, mark).await?;
        token.with_context(|| format!("no mail to {email} with {mark}"))
    }
}

fn simple_series(slug: &str) -> Value {
    json!({
        "slug": slug,
        "name": { "en": "Regular press briefing", "vi": "Họp báo thường kỳ" },
        "languages": ["en", "vi"],
        "zone": "Asia/Ho_Chi_Minh",
        "cadence": "every second Thursday",
        "numbering": "per_year",
        "asker_policy": "name_and_outlet",
        "rules": {
            "version": 1,
            "text": { "en": "On the record unless the chair says otherwise.", "vi": "Được ghi, trừ khi chủ tọa nói khác." },
            "follow_ups": 1,
            "exchange_seconds": 120,
        },
        "caption_language": "en",
        "retention_days": null,
    })
}

fn simple_plan(series: SeriesId, title: &str, start: Timestamp) -> Value {
    let end = start.saturating_add(Duration::from_secs(3600));
    json!({
        "series": series,
        "title": { "en": title, "vi": title },
        "description": { "en": title, "vi": title },
        "starts_at": start,
        "ends_at": end,
        "zone": "Asia/Ho_Chi_Minh",
        "languages": ["en", "vi"],
        "caption_language": "en",
        "attendance": "online",
        "registration_closes_at": start,
        "questions_close_at": end,
    })
}

/// The system's clock, as the domain counts.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
