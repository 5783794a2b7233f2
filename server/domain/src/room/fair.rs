//! The fair line: in which order people are called, computed from declared rules and from the turns already had. Pure: the
//! same rule, the same turns and the same waiting questions give the same order, and every place comes with its reason.
//! Refuses to rank by popularity; whatever the rule prefers, patience bounds how often somebody is passed over.

use crate::{
    id::{EventId, PersonId, QuestionId},
    person::NameCard,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

/// One thing the rule balances. Whoever has had less of it is called first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Turns of the outlet in this event: one for each before anybody's second.
    OutletTurn,
    /// Whether the person has had a turn before; newcomers first.
    FirstTime,
    /// Turns of the outlet in this event and the last ones.
    OutletShare,
    /// Turns of outlets from the same country, in this event and the last ones.
    Country,
    /// Turns in the same language, in this event and the last ones.
    Language,
    /// Turns of the same kind of medium, in this event and the last ones.
    Medium,
    /// Turns of local press against foreign press, in this event and the last ones.
    Origin,
    /// Whole minutes on air of the outlet, in this event and the last ones.
    TimeHad,
}

/// The declared rule: criteria in order of weight, the next one only breaking ties of those before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct LineRule {
    pub criteria: Vec<Criterion>,
    /// How many past events of the series count. More: longer memory; 0: every event begins anew.
    pub events: u32,
    /// How often those who came later may go first. More: better balance; fewer: closer to first come, first called.
    pub patience: u32,
    /// ISO 3166-1 alpha-2 of the local press; without it nobody is local.
    pub home: Option<String>,
}

impl Default for LineRule {
    fn default() -> Self {
        use Criterion::{Country, FirstTime, Language, Medium, Origin, OutletShare, OutletTurn, TimeHad};
        Self {
            criteria: vec![
                OutletTurn,
                FirstTime,
                OutletShare,
                Country,
                Language,
                Medium,
                Origin,
                TimeHad,
            ],
            events: 3,
            patience: 5,
            home: None,
        }
    }
}

/// A turn on air, as the balance remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The event, when it was another than this one.
    pub event: Option<EventId>,
    pub person: PersonId,
    pub outlet: Option<String>,
    pub country: Option<String>,
    pub medium: Option<String>,
    pub language: String,
    pub seconds: u32,
}

/// A question that waits in the line.
#[derive(Clone, Copy, Debug)]
pub struct Waiting<'a> {
    pub question: QuestionId,
    pub asker: PersonId,
    pub card: &'a NameCard,
    pub language: &'a str,
    /// Number of its arrival in the line; lower came earlier.
    pub arrival: u64,
    /// How often somebody who came later had the floor since.
    pub passed: u32,
    /// Was called and sent back for technical trouble: goes on where it was.
    pub returned: bool,
}

/// Why a question stands before the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Because {
    /// Sent back for technical trouble: next again.
    Returned,
    /// Passed over as often as the rule allows.
    Patience,
    /// Has had less of this than the next one.
    Rule { by: Criterion },
    /// Equal by the rule; came earlier.
    Earlier,
    /// Put there by hand, with a reason.
    Placed,
}

/// How much somebody has had of something, those ahead in the line counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct Had {
    pub of: Criterion,
    pub much: u32,
}

/// A place in the computed order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub question: QuestionId,
    pub because: Because,
    pub had: Vec<Had>,
}

/// The line by the rule, next first.
pub fn order(rule: &LineRule, turns: &[Turn], waiting: &[Waiting<'_>]) -> Vec<Place> {
    let mut tally = Tally::of(rule, turns);
    let mut left: Vec<_> = waiting.iter().map(|one| (one, tally.profile(rule, one))).collect();
    let mut places = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let mut best = (0, tally.key(rule, left[0].0, &left[0].1));
        let mut second: Option<Key> = None;
        for (n, (one, profile)) in left.iter().enumerate().skip(1) {
            let key = tally.key(rule, one, profile);
            if key < best.1 {
                second = Some(std::mem::replace(&mut best, (n, key)).1);
            } else if second.as_ref().is_none_or(|second| key < *second) {
                second = Some(key);
            }
        }
        let (n, key) = best;
        let (one, profile) = left.remove(n);
        places.push(Place {
            question: one.question,
            because: key.because(rule, second.as_ref()),
            had: tally.had(rule, one, &profile),
        });
        tally.give(one, &profile);
    }
    places
}

/// What decides: returned, patient, then the criteria in their order, then who came first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    rank: Rank,
    had: [u32; CRITERIA],
    arrival: u64,
}

/// Criteria in one rule; more than there are would say something twice.
pub(super) const CRITERIA: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Returned,
    Patient,
    ByRule,
}

impl Key {
    fn because(&self, rule: &LineRule, next: Option<&Self>) -> Because {
        match (self.rank, next) {
            (Rank::Returned, _) => Because::Returned,
            (Rank::Patient, Some(next)) if next.rank != Rank::Patient => Because::Patience,
            (_, None) => Because::Earlier,
            (_, Some(next)) => self
                .had
                .iter()
                .zip(&next.had)
                .position(|(had, other)| had != other)
                .and_then(|n| rule.criteria.get(n))
                .map_or(Because::Earlier, |by| Because::Rule { by: *by }),
        }
    }
}

/// Turns had, counted once by numbers instead of names: the line may be long.
#[derive(Default)]
struct Tally {
    outlets: Names,
    countries: Names,
    languages: Names,
    media: Names,
    today: Vec<u32>,
    share: Vec<u32>,
    seconds: Vec<u32>,
    country: Vec<u32>,
    language: Vec<u32>,
    medium: Vec<u32>,
    origin: [u32; 2],
    heard: BTreeSet<PersonId>,
}

#[derive(Default)]
struct Names(BTreeMap<String, usize>);

struct Profile {
    outlet: usize,
    country: Option<usize>,
    language: usize,
    medium: Option<usize>,
    local: Option<bool>,
}

impl Tally {
    fn of(rule: &LineRule, turns: &[Turn]) -> Self {
        let mut tally = Self::default();
        for turn in turns {
            let card = NameCard {
                outlet: turn.outlet.clone(),
                country: turn.country.clone(),
                medium: turn.medium.clone(),
                ..NameCard::default()
            };
            let profile = tally.profile_of(rule, turn.person, &card, &turn.language);
            if turn.event.is_none() {
                tally.today[profile.outlet] += 1;
            }
            tally.seconds[profile.outlet] = tally.seconds[profile.outlet].saturating_add(turn.seconds);
            tally.count(turn.person, &profile);
        }
        tally
    }

    fn profile(&mut self, rule: &LineRule, one: &Waiting<'_>) -> Profile {
        self.profile_of(rule, one.asker, one.card, one.language)
    }

    fn profile_of(&mut self, rule: &LineRule, person: PersonId, card: &NameCard, language: &str) -> Profile {
        let outlet = self.outlets.number(&outlet_key(person, card));
        for counts in [&mut self.today, &mut self.share, &mut self.seconds] {
            counts.resize(counts.len().max(outlet + 1), 0);
        }
        let known = |names: &mut Names, counts: &mut Vec<u32>, name: &str| {
            let number = names.number(&folded(name));
            counts.resize(counts.len().max(number + 1), 0);
            number
        };
        let country = card.country.as_deref();
        Profile {
            outlet,
            country: country.map(|country| known(&mut self.countries, &mut self.country, country)),
            language: known(&mut self.languages, &mut self.language, language),
            medium: card
                .medium
                .as_deref()
                .map(|medium| known(&mut self.media, &mut self.medium, medium)),
            local: rule
                .home
                .as_deref()
                .zip(country)
                .map(|(home, country)| folded(home) == folded(country)),
        }
    }

    /// Unknown country or medium counts as had nothing of it, as anybody else's first.
    fn much(&self, of: Criterion, person: PersonId, profile: &Profile) -> u32 {
        let of_known = |counts: &[u32], number: Option<usize>| number.map_or(0, |number| counts[number]);
        match of {
            Criterion::OutletTurn => self.today[profile.outlet],
            Criterion::FirstTime => u32::from(self.heard.contains(&person)),
            Criterion::OutletShare => self.share[profile.outlet],
            Criterion::Country => of_known(&self.country, profile.country),
            Criterion::Language => self.language[profile.language],
            Criterion::Medium => of_known(&self.medium, profile.medium),
            Criterion::Origin => profile.local.map_or(0, |local| self.origin[usize::from(local)]),
            Criterion::TimeHad => self.seconds[profile.outlet] / 60,
        }
    }

    fn key(&self, rule: &LineRule, one: &Waiting<'_>, profile: &Profile) -> Key {
        let rank = if one.returned {
            Rank::Returned
        } else if one.passed >= rule.patience {
            Rank::Patient
        } else {
            Rank::ByRule
        };
        let mut had = [0; CRITERIA];
        if rank == Rank::ByRule {
            for (much, of) in had.iter_mut().zip(&rule.criteria) {
                *much = self.much(*of, one.asker, profile);
            }
        }
        Key {
            rank,
            had,
            arrival: one.arrival,
        }
    }

    fn had(&self, rule: &LineRule, one: &Waiting<'_>, profile: &Profile) -> Vec<Had> {
        let criteria = rule.criteria.iter().take(CRITERIA);
        criteria
            .map(|of| Had {
                of: *of,
                much: self.much(*of, one.asker, profile),
            })
            .collect()
    }

    fn give(&mut self, one: &Waiting<'_>, profile: &Profile) {
        self.today[profile.outlet] += 1;
        self.count(one.asker, profile);
    }

    fn count(&mut self, person: PersonId, profile: &Profile) {
        self.heard.insert(person);
        self.share[profile.outlet] += 1;
        self.language[profile.language] += 1;
        if let Some(country) = profile.country {
            self.country[country] += 1;
        }
        if let Some(medium) = profile.medium {
            self.medium[medium] += 1;
        }
        if let Some(local) = profile.local {
            self.origin[usize::from(local)] += 1;
        }
    }
}

impl Names {
    fn number(&mut self, name: &str) -> usize {
        let next = self.0.len();
        *self.0.entry(name.to_owned()).or_insert(next)
    }
}

/// Whoever writes for no outlet counts alone.
fn outlet_key(person: PersonId, card: &NameCard) -> String {
    card.outlet
        .as_deref()
        .map(folded)
        .filter(|outlet| !outlet.is_empty())
        .unwrap_or_else(|| person.to_string())
}

/// "Le Jour" and "le  jour" are one.
fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests;
