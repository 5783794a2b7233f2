//! Who may stand beside a sentence: somebody who held a seat in the room, under the card of their registration. A name is
//! never typed at the desk.

use crate::{id::PersonId, person::NameCard, transcript::EditError};
use std::collections::BTreeMap;

/// Stable code for a speaker who never held a seat in the room.
pub const NOT_IN_ROSTER: &str = "not_in_roster";

/// Everybody who may be named as a speaker, with the card they carried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster(pub BTreeMap<PersonId, NameCard>);

impl Roster {
    pub fn card(&self, person: PersonId) -> Result<NameCard, EditError> {
        self.0.get(&person).cloned().ok_or(EditError::UnknownSpeaker)
    }
}
