//! The HTTP side of WHIP and WHEP: one POST to come, one DELETE to leave.

use crate::client::House;
use reqwest::{StatusCode, header};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    #[error("{0}")]
    Transport(#[from] reqwest::Error),
    #[error("{status}: {detail}")]
    Refused { status: StatusCode, detail: String },
    #[error("the answer names no session")]
    NoLocation,
}

/// A place behind a door, to be left.
#[derive(Debug, Clone)]
pub struct Session {
    http: reqwest::Client,
    url: String,
    grant: String,
    /// Id of the source or of the subscriber: the last part of the address.
    pub id: String,
}

impl Session {
    /// Leaving twice, or from a server that is gone, is no error: the result is the same.
    pub async fn leave(&self) {
        let request = self.http.delete(&self.url).bearer_auth(&self.grant).timeout(PATIENCE);
        if let Err(error) = request.send().await {
            tracing::debug!(%error, "left without being heard");
        }
    }
}

pub(crate) async fn knock(house: &House, url: &str, grant: &str, offer: &str) -> Result<(Session, String), DoorError> {
    let response = house
        .http()
        .post(house.address(url))
        .bearer_auth(grant)
        .header(header::CONTENT_TYPE, "application/sdp")
        .body(offer.to_owned())
        .timeout(PATIENCE)
        .send()
        .await?;
    let status = response.status();
    let location = response
        .headers()
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let body = response.text().await?;
    if status != StatusCode::CREATED {
        return Err(DoorError::Refused { status, detail: body });
    }
    let location = location.ok_or(DoorError::NoLocation)?;
    let id = location.rsplit('/').next().unwrap_or_default().to_owned();
    let session = Session {
        http: house.http().clone(),
        url: house.address(&location),
        grant: grant.to_owned(),
        id,
    };
    Ok((session, body))
}
