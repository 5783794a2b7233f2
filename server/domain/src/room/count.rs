//! The public count of an event's questions with waiting times by outlet and language: fairness in numbers. Waiting is
//! counted from when a question was there and the event was live, until it was on air.

use crate::{question::Question, room::view::Totals, text::Lang, time::Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Everything about the event's questions in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineCount {
    pub totals: Totals,
    /// By outlet, in order of name.
    pub outlets: Vec<Waited>,
    /// By language, in order of its tag.
    pub languages: Vec<Waited>,
}

/// One outlet or one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Waited {
    /// The outlet's name (empty: without outlet) or the language's tag.
    pub of: String,
    pub received: u32,
    /// Came on air.
    pub heard: u32,
    /// Half of those heard waited no longer than this, in seconds.
    pub median_s: Option<u32>,
    pub longest_s: Option<u32>,
}

pub fn count<'a>(
    totals: Totals,
    live_since: Option<Timestamp>,
    questions: impl IntoIterator<Item = &'a Question>,
) -> LineCount {
    let mut outlets: BTreeMap<String, (u32, Vec<u32>)> = BTreeMap::new();
    let mut languages: BTreeMap<Lang, (u32, Vec<u32>)> = BTreeMap::new();
    for question in questions {
        let outlet = question.card.outlet.clone().unwrap_or_default();
        let waited = waited(question, live_since);
        for (received, waits) in [
            outlets.entry(outlet).or_default(),
            languages.entry(question.language.clone()).or_default(),
        ] {
            *received += 1;
            waits.extend(waited);
        }
    }
    LineCount {
        totals,
        outlets: rows(outlets),
        languages: rows(languages),
    }
}

fn waited(question: &Question, live_since: Option<Timestamp>) -> Option<u32> {
    let heard = question.on_air_at?;
    let from = question.submitted_at.max(live_since?);
    u32::try_from(heard.micros().saturating_sub(from.micros()).max(0) / 1_000_000).ok()
}

fn rows(by: BTreeMap<String, (u32, Vec<u32>)>) -> Vec<Waited> {
    by.into_iter()
        .map(|(of, (received, mut waits))| {
            waits.sort_unstable();
            Waited {
                of,
                received,
                heard: waits.len() as u32,
                median_s: waits.get(waits.len().saturating_sub(1) / 2).copied(),
                longest_s: waits.last().copied(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
