//! Lists come in pages: `{items, next}`, and `?cursor=` takes `next` as it was given. A cursor names the last item seen,
//! so nothing is skipped or repeated when the list grows.

use super::{Problem, input::QueryOf};
use axum::{extract::FromRequestParts, http::request::Parts};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Items in a page, unless asked for fewer. More: fewer requests; fewer: quicker screens.
const LIMIT: i64 = 50;
const MOST: i64 = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `next` of the page before.
    cursor: Option<String>,
    /// At most 100.
    limit: Option<i64>,
}

/// Which page is wanted.
#[derive(Debug)]
pub struct Wanted {
    cursor: Option<String>,
    pub limit: i64,
}

impl<S: Send + Sync> FromRequestParts<S> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let QueryOf(query) = QueryOf::<PageQuery>::from_request_parts(parts, state).await?;
        let cursor = query.cursor.filter(|cursor| !cursor.is_empty()).map(|cursor| {
            let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
            String::from_utf8(bytes).ok()
        });
        match cursor {
            Some(None) => Err(Problem::malformed().detail("this cursor is not one of ours")),
            cursor => Ok(Self {
                cursor: cursor.flatten(),
                limit: query.limit.unwrap_or(LIMIT).clamp(1, MOST),
            }),
        }
    }
}

impl Wanted {
    /// What the cursor holds: the key of the last item seen.
    pub fn after(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// One more than the page, to see whether there is another.
    pub fn fetch(&self) -> i64 {
        self.limit + 1
    }

    /// Cuts what was fetched to the page; `key` makes the cursor of an item.
    pub fn page<T, U>(&self, mut fetched: Vec<T>, key: impl Fn(&T) -> String, show: impl FnMut(T) -> U) -> Page<U> {
        let wanted = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = fetched.len() > wanted;
        fetched.truncate(wanted);
        let next = fetched
            .last()
            .filter(|_| more)
            .map(|last| URL_SAFE_NO_PAD.encode(key(last)));
        Page {
            items: fetched.into_iter().map(show).collect(),
            next,
        }
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Cursor of the next page; `null` on the last.
    #[schema(required = true)]
    pub next: Option<String>,
}
