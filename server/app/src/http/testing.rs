//! A house for tests: the real router on a real SQLite file, with a clock that the test moves.

use super::app as router;
use crate::{
    App,
    clock::{ManualClock, Timestamp},
    config::Config,
    jobs, sign_in,
    store::{mail, mail::Mail, people, people::Person, sessions::Via},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use rostrum_domain::{
    id::PersonId,
    person::Role,
    policy::{Held, Scope},
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;
use tower::ServiceExt;

/// 2026-03-12T08:00:00Z
pub const START: Timestamp = Timestamp(1_773_302_400_000_000);
pub const HOUR: i64 = 3_600_000_000;

pub struct House {
    pub app: App,
    pub clock: Arc<ManualClock>,
    router: Router,
    _folder: TempDir,
}

impl House {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::for_test(folder.path());
        change(&mut config);
        let clock = Arc::new(ManualClock::at(START));
        let app = App::assemble(config, clock.clone()).await.unwrap();
        Self {
            router: router(app.clone()),
            app,
            clock,
            _folder: folder,
        }
    }

    /// Over an application that a test has filled.
    pub fn of(app: App, clock: Arc<ManualClock>, folder: TempDir) -> Self {
        Self {
            router: router(app.clone()),
            app,
            clock,
            _folder: folder,
        }
    }

    pub fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// A visitor without a sign-in.
    pub fn visitor(&self) -> Browser<'_> {
        Browser {
            house: self,
            cookie: None,
            person: None,
        }
    }

    /// A new member of staff who holds these roles, signed in.
    pub async fn staff(&self, held: &[Held]) -> Browser<'_> {
        let id: PersonId = self.app.new_id();
        let email = format!("{id}@house.example");
        let (name, language) = ("Phạm Vân".to_owned(), "en".to_owned());
        let person = Person {
            id,
            name,
            email,
            language,
            staff: true,
            disabled: false,
            version: 1,
        };
        let mut tx = self.app.db.begin().await.unwrap();
        people::insert(&mut tx, &person, None, START).await.unwrap();
        for held in held {
            people::grant(&mut tx, id, *held, None, START).await.unwrap();
        }
        let secret = sign_in::open(&self.app, &mut tx, &person, Via::Password).await.unwrap();
        tx.commit().await.unwrap();
        Browser {
            house: self,
            cookie: Some(format!("__Host-rostrum={secret}")),
            person: Some(id),
        }
    }

    /// The same, with one role on the whole house.
    pub async fn one(&self, role: Role) -> Browser<'_> {
        self.staff(&[Held {
            role,
            scope: Scope::House,
        }])
        .await
    }

    /// Everything in the outbox, newest first.
    pub async fn outbox(&self) -> Vec<Mail> {
        jobs::run_due(&self.app).await.unwrap();
        mail::page(&mut self.app.db.read().await.unwrap(), "~", 1000)
            .await
            .unwrap()
    }

    /// The token in the newest mail to somebody.
    pub async fn token_for(&self, email: &str) -> String {
        let outbox = self.outbox().await;
        let mail = outbox
            .iter()
            .find(|mail| mail.to_email == email)
            .expect("a mail to this address");
        let (_, rest) = mail.body.split_once("?token=").expect("a link in the mail");
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// A series and an announced event that starts in a day; their ids.
    pub async fn announced(&self, officer: &Browser<'_>) -> (String, String) {
        let (series, event) = self.drafted(officer).await;
        officer
            .post(&format!("/events/{event}/announce"), json!({}))
            .await
            .expect(StatusCode::OK);
        (series, event)
    }

    pub async fn drafted(&self, officer: &Browser<'_>) -> (String, String) {
        let slug = format!("s-{}", self.app.new_id::<uuid::Uuid>());
        let series = officer
            .post("/series", series_body(&slug))
            .await
            .expect(StatusCode::CREATED)
            .id();
        let event = officer
            .post("/events", event_body(&series))
            .await
            .expect(StatusCode::CREATED)
            .id();
        (series, event)
    }
}

pub fn series_body(slug: &str) -> Value {
    json!({
        "slug": slug, "name": {"vi": "Họp báo thường kỳ", "en": "Regular press briefing"}, "languages": ["vi", "en"],
        "zone": "Asia/Ho_Chi_Minh", "cadence": "weekly",
        "rules": {"version": 1, "text": {"en": "Be brief."}, "follow_ups": 1, "exchange_seconds": 180},
    })
}

pub fn event_body(series: &str) -> Value {
    json!({
        "series": series, "title": {"en": "Briefing", "vi": "Họp báo"},
        "starts_at": START.micros() + 24 * HOUR, "ends_at": START.micros() + 26 * HOUR,
    })
}

pub fn registration_body(email: &str) -> Value {
    json!({
        "name": "Mai Trần", "email": email, "outlet": "Xinwen Daily", "outlet_country": "CN", "language": "en",
        "press_card": "P-123", "message": null, "privacy_accepted": true,
    })
}

/// Somebody with or without a cookie.
#[derive(Clone)]
pub struct Browser<'h> {
    pub house: &'h House,
    pub cookie: Option<String>,
    pub person: Option<PersonId>,
}

impl Browser<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, Some(body), &[]).await
    }

    pub async fn edit(&self, path: &str, version: i64, body: Value) -> Answer {
        self.send("PATCH", path, Some(body), &[("if-match", &format!("\"{version}\""))])
            .await
    }

    pub async fn send(&self, method: &str, path: &str, body: Option<Value>, headers: &[(&str, &str)]) -> Answer {
        let body = body.map(|body| body.to_string().into_bytes());
        self.send_bytes(method, path, "application/json", body, headers).await
    }

    pub async fn send_bytes(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        body: Option<Vec<u8>>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let path = if path.starts_with("//") {
            path[1..].to_owned()
        } else {
            format!("/api/v1{path}")
        };
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.map_or_else(Body::empty, Body::from)).unwrap();
        let response = self.house.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
        Answer {
            status,
            headers,
            json: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        }
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", self.json);
        self
    }

    /// A problem document of this type.
    #[track_caller]
    pub fn problem(self, status: StatusCode, slug: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.json["type"], format!("/problems/{slug}"), "{}", answer.json);
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
        answer
    }

    pub fn id(&self) -> String {
        self.json["id"].as_str().unwrap().to_owned()
    }

    pub fn version(&self) -> i64 {
        self.json["version"].as_i64().unwrap()
    }

    /// The cookie that was set, as it is sent back.
    pub fn cookie(&self) -> String {
        let set = self.headers[header::SET_COOKIE].to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    /// The codes of wrong fields, as `field code`.
    pub fn fields(&self) -> Vec<String> {
        let errors = self.json["errors"].as_array().into_iter().flatten();
        errors
            .map(|error| {
                format!(
                    "{} {}",
                    error["field"].as_str().unwrap(),
                    error["code"].as_str().unwrap()
                )
            })
            .collect()
    }
}
