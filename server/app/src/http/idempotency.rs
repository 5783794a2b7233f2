//! `Idempotency-Key` on creates: a request sent twice happens once and is answered the same. The key is claimed in the
//! transaction of the create; see `store::idempotency`.

use super::{
    Problem,
    auth::MaybeWho,
    input::{header_text, parse, unreadable},
};
use crate::{
    App,
    store::{Conn, idempotency},
};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

/// Longer keys are a mistake.
const MAX_KEY: usize = 200;

/// A JSON body with the key it came under, if any.
pub struct Create<T> {
    pub body: T,
    pub once: Once,
}

/// Who sent what under which key.
#[derive(Clone, Debug)]
pub struct Once {
    key: Option<String>,
    owner: String,
    request_hash: String,
}

impl<T: DeserializeOwned> FromRequest<App> for Create<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let MaybeWho(who) = MaybeWho::from_request_parts(&mut parts, app).await?;
        let key = header_text(&parts.headers, "idempotency-key").map(str::to_owned);
        if key.as_ref().is_some_and(|key| key.is_empty() || key.len() > MAX_KEY) {
            return Err(Problem::malformed().detail("Idempotency-Key takes 1 to 200 characters"));
        }
        let what = format!("{} {}\n", parts.method, parts.uri.path());
        let bytes = Bytes::from_request(Request::from_parts(parts, body), app)
            .await
            .map_err(unreadable)?;
        let request_hash = hex::encode(Sha256::new().chain_update(what).chain_update(&bytes).finalize());
        let owner = who.map_or_else(|| "public".to_owned(), |who| who.person.id.to_string());
        Ok(Self {
            body: parse(&bytes)?,
            once: Once {
                key,
                owner,
                request_hash,
            },
        })
    }
}

impl Once {
    /// First thing in the transaction. `Some` is the answer of the first time.
    pub async fn seen(&self, app: &App, conn: &mut Conn) -> Result<Option<Response>, Problem> {
        let Some(key) = &self.key else { return Ok(None) };
        let Some(seen) = idempotency::claim(conn, &self.owner, key, &self.request_hash, app.now()).await? else {
            return Ok(None);
        };
        if seen.request_hash != self.request_hash {
            return Err(Problem::key_reused());
        }
        let status = StatusCode::from_u16(seen.status).unwrap_or(StatusCode::OK);
        let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(Some((status, [json], seen.body).into_response()))
    }

    /// Last thing in the transaction: what to answer, now and the next time.
    pub async fn answer(
        &self,
        conn: &mut Conn,
        status: StatusCode,
        body: &impl Serialize,
    ) -> Result<Response, Problem> {
        let text = serde_json::to_string(body).map_err(|_| Problem::internal())?;
        if let Some(key) = &self.key {
            idempotency::answer(conn, &self.owner, key, status.as_u16(), &text).await?;
        }
        let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok((status, [json], text).into_response())
    }

    /// The key as it came, for creates whose own store is idempotent.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }
}
