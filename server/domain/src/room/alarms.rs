//! What the team must see at once: alarms, by a stable word. Raised and cleared as facts, so that a restart forgets none.

use crate::{
    room::{Room, command::Refusal, fact::Fact},
    time::Timestamp,
};
use std::collections::BTreeMap;

/// The alarms that stand now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alarms {
    standing: BTreeMap<String, (String, Timestamp)>,
}

impl Alarms {
    /// Word, text, since when; by word.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, Timestamp)> {
        self.standing
            .iter()
            .map(|(alarm, (text, since))| (alarm.as_str(), text.as_str(), *since))
    }

    pub fn stands(&self, alarm: &str) -> bool {
        self.standing.contains_key(alarm)
    }

    pub fn is_empty(&self) -> bool {
        self.standing.is_empty()
    }

    pub(super) fn evolve(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::AlarmRaised { alarm, text } => {
                self.standing.insert(alarm.clone(), (text.clone(), at));
            }
            Fact::AlarmCleared { alarm } => {
                self.standing.remove(alarm);
            }
            _ => {}
        }
    }
}

impl Room {
    /// Raises an alarm, unless it stands already.
    pub fn alarm(&self, alarm: &str, text: &str) -> Vec<Fact> {
        if self.alarms.stands(alarm) {
            return Vec::new();
        }
        vec![Fact::AlarmRaised {
            alarm: alarm.to_owned(),
            text: text.to_owned(),
        }]
    }

    /// Clears an alarm whose cause is gone.
    pub fn all_clear(&self, alarm: &str) -> Vec<Fact> {
        if !self.alarms.stands(alarm) {
            return Vec::new();
        }
        vec![Fact::AlarmCleared {
            alarm: alarm.to_owned(),
        }]
    }

    pub(super) fn clear_alarm(&self, alarm: &str) -> Result<Vec<Fact>, Refusal> {
        let facts = self.all_clear(alarm);
        if facts.is_empty() {
            Err(Refusal::AlreadySo)
        } else {
            Ok(facts)
        }
    }
}
