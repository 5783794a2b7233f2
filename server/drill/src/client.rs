//! One person's browser, as far as HTTP goes: a cookie jar, the REST verbs and typed refusals. Plain HTTP only: the drill
//! talks to a server on the same machine or network, not to a production address.

mod outbox;
mod words;

pub use outbox::token_in;
pub use words::{Event, Grant, Me, Page, Registration};

use reqwest::{Method, StatusCode, header};
use rostrum_domain::{
    id::{EventId, QuestionId},
    question::QuestionDraft,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Longest wait for one answer. Higher: a stuck server holds a run; lower: a busy one fails it.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, thiserror::Error)]
pub enum HouseError {
    /// The server said no, in an RFC 9457 problem document.
    #[error("{method} {path}: {status} {problem}: {detail}")]
    Problem {
        method: Method,
        path: String,
        status: StatusCode,
        /// The last part of the document's `type`.
        problem: String,
        detail: String,
    },
    #[error("{method} {path}: {source}")]
    Transport {
        method: Method,
        path: String,
        source: reqwest::Error,
    },
    #[error("{path}: the answer cannot be read: {source}")]
    Unreadable { path: String, source: serde_json::Error },
}

impl HouseError {
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Problem { status, .. } => Some(*status),
            _ => None,
        }
    }
}

/// A question as it was taken in; of all that the house answers, its name is enough here.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Asked {
    pub id: QuestionId,
}

/// The server, seen by one person. Clones share the cookies.
#[derive(Clone, Debug)]
pub struct House {
    base: String,
    http: reqwest::Client,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    /// Minted once for a person of a load run, instead of a session.
    grant: Option<Arc<Grant>>,
}

impl House {
    /// `base`: scheme, host and port, as in `http://localhost:8080`.
    pub fn new(base: &str) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            http: reqwest::Client::new(),
            cookies: Arc::default(),
            grant: None,
        }
    }

    /// The same server for somebody else: connections are shared, cookies are not.
    pub fn visitor(&self) -> Self {
        Self {
            base: self.base.clone(),
            http: self.http.clone(),
            cookies: Arc::default(),
            grant: None,
        }
    }

    /// The same server for somebody who holds a grant and needs no session.
    pub fn holding(&self, grant: Grant) -> Self {
        Self {
            grant: Some(Arc::new(grant)),
            ..self.visitor()
        }
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// `path` may already be a whole address (grants carry those).
    pub(crate) fn address(&self, path: &str) -> String {
        if path.contains("://") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        }
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, HouseError> {
        self.send(Method::GET, path, None, &[]).await
    }

    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, HouseError> {
        self.send(Method::POST, path, Some(body), &[]).await
    }

    /// `version` goes into `If-Match`.
    pub async fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        version: u64,
        body: &Value,
    ) -> Result<T, HouseError> {
        let version = format!("\"{version}\"");
        self.send(method, path, Some(body), &[(header::IF_MATCH.as_str(), &version)])
            .await
    }

    pub async fn delete(&self, path: &str) -> Result<(), HouseError> {
        self.send::<Value>(Method::DELETE, path, None, &[]).await.map(drop)
    }

    /// Any request; an empty answer reads as `null`.
    pub async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Result<T, HouseError> {
        let bytes = self.exchange(method, path, body, headers).await?;
        let text: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
        serde_json::from_slice(text).map_err(|source| HouseError::Unreadable {
            path: path.to_owned(),
            source,
        })
    }

    /// The raw body of a page or file.
    pub async fn fetch(&self, path: &str) -> Result<bytes::Bytes, HouseError> {
        self.exchange(Method::GET, path, None, &[]).await
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Result<bytes::Bytes, HouseError> {
        let transport = |source| HouseError::Transport {
            method: method.clone(),
            path: path.to_owned(),
            source,
        };
        let mut request = self
            .http
            .request(method.clone(), self.address(path))
            .timeout(PATIENCE)
            .header("Origin", &self.base)
            .header("Sec-Fetch-Site", "same-origin");
        if let Some(cookies) = self.cookie_header() {
            request = request.header(header::COOKIE, cookies);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(transport)?;
        self.keep_cookies(response.headers());
        let status = response.status();
        let bytes = response.bytes().await.map_err(transport)?;
        if status.is_success() || status.is_redirection() {
            return Ok(bytes);
        }
        let document: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let word = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
        let problem = word("type").rsplit('/').next().unwrap_or_default().to_owned();
        let detail = match (&document["errors"], word("detail")) {
            (Value::Null, detail) => detail,
            (errors, detail) => format!("{detail} {errors}"),
        };
        Err(HouseError::Problem {
            method,
            path: path.to_owned(),
            status,
            problem,
            detail,
        })
    }

    fn cookie_header(&self) -> Option<String> {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Only names and values: a browser on `http://localhost` sends `Secure` cookies too.
    fn keep_cookies(&self, headers: &header::HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for cookie in headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().ok().and_then(|text| text.split(';').next());
            if let Some((name, value)) = pair.and_then(|pair| pair.split_once('=')) {
                cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }

    // The verbs of a person

    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Me, HouseError> {
        self.post("/api/v1/session", &json!({ "email": email, "password": password }))
            .await
    }

    /// The token of a link sent by mail.
    pub async fn redeem_link(&self, token: &str) -> Result<Me, HouseError> {
        let answer: words::Redeemed = self
            .post("/api/v1/session/link/redeem", &json!({ "token": token }))
            .await?;
        Ok(answer.me)
    }

    /// The personal link of an approval mail; signs in too.
    pub async fn join(&self, token: &str) -> Result<(Me, EventId), HouseError> {
        let answer: words::Joined = self.post("/api/v1/join", &json!({ "token": token })).await?;
        Ok((answer.me, answer.event.id()))
    }

    pub async fn whoami(&self) -> Result<Me, HouseError> {
        self.get("/api/v1/session").await
    }

    pub async fn grant(&self, event: EventId) -> Result<Grant, HouseError> {
        if let Some(grant) = &self.grant {
            return Ok(Grant::clone(grant));
        }
        self.post(&format!("/api/v1/events/{event}/grant"), &json!({})).await
    }

    pub async fn event(&self, event: EventId) -> Result<Event, HouseError> {
        self.get(&format!("/api/v1/events/{event}")).await
    }

    /// Submits a question; `key` makes it safe to send twice.
    pub async fn submit(&self, event: EventId, draft: &QuestionDraft, key: &str) -> Result<Asked, HouseError> {
        let body = json!(draft);
        self.send(
            Method::POST,
            &format!("/api/v1/events/{event}/questions"),
            Some(&body),
            &[("Idempotency-Key", key)],
        )
        .await
    }

    pub async fn withdraw(&self, question: QuestionId) -> Result<Value, HouseError> {
        self.post(&format!("/api/v1/questions/{question}/withdraw"), &json!({}))
            .await
    }
}
