//! Reading the outbox for the links that went out by mail, as staff without a mail server do.

use super::{House, HouseError, Page};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Mail {
    to: String,
    text: String,
    created_at: i64,
}

impl House {
    /// The tokens after `mark` in mails to `email`, newest first. `self` is signed in as staff.
    pub async fn tokens(&self, email: &str, mark: &str) -> Result<Vec<String>, HouseError> {
        let mut found = Vec::new();
        let mut cursor = String::new();
        loop {
            let page: Page<Mail> = self.get(&format!("/api/v1/outbox?limit=100{cursor}")).await?;
            for mail in page.items.iter().filter(|mail| mail.to.contains(email)) {
                if let Some(token) = token_in(&mail.text, mark) {
                    found.push((mail.created_at, token.to_owned()));
                }
            }
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        Ok(found.into_iter().map(|(_, token)| token).collect())
    }

    pub async fn newest_token(&self, email: &str, mark: &str) -> Result<Option<String>, HouseError> {
        Ok(self.tokens(email, mark).await?.into_iter().next())
    }
}

/// The token after `mark` in a text.
pub fn token_in<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let (_, after) = text.split_once(mark)?;
    let token = after.split(|c: char| c.is_whitespace() || "&\">".contains(c)).next()?;
    (!token.is_empty()).then_some(token)
}
