//! Who may do what: one table of action × role, and where a role is held. Routes ask here; what may be commanded in a room
//! is the room's own table (`room::may`).

use crate::{
    id::{EventId, SeriesId},
    person::Role,
};
use serde::{Deserialize, Serialize};

/// Where a role is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "scope", content = "id", rename_all = "snake_case")]
pub enum Scope {
    /// Everywhere in the installation.
    House,
    Series(SeriesId),
    Event(EventId),
}

/// One role of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Held {
    pub role: Role,
    #[serde(flatten)]
    pub scope: Scope,
}

/// What an action touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    House,
    Series(SeriesId),
    Event { event: EventId, series: SeriesId },
}

impl Scope {
    /// A role on the house reaches everything, one on a series its events, one on an event only that.
    pub fn reaches(self, place: Place) -> bool {
        match (self, place) {
            (Self::House, _) => true,
            (Self::Series(held), Place::Series(series) | Place::Event { series, .. }) => held == series,
            (Self::Event(held), Place::Event { event, .. }) => held == event,
            _ => false,
        }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident: [$($role:ident),+ $(,)?]),+ $(,)?) => {
        /// Everything a route may ask permission for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Action { $($(#[$doc])* $action),+ }

        impl Action {
            pub const ALL: &[Self] = &[$(Self::$action),+];

            /// The roles that may, where they hold.
            pub fn roles(self) -> &'static [Role] {
                match self { $(Self::$action => &[$(Role::$role),+]),+ }
            }
        }
    };
}

actions! {
    /// Make and change staff accounts and their roles.
    ManagePeople: [Admin],
    /// Read the list of staff, to build a team.
    SeePeople: [Admin, Officer],
    /// Read series and events, drafts included, and their teams.
    SeeProgramme: [Admin, Officer, Chair, Spokesperson, Speaker, Captioner, Editor, Reviewer],
    /// Make, change, announce and cancel; choose the team.
    EditProgramme: [Officer],
    SeeRegistrations: [Officer],
    DecideRegistration: [Officer],
    SeeMail: [Admin, Officer],
    /// Enter the room, as whatever one is there.
    EnterRoom: [Admin, Officer, Chair, Spokesperson, Speaker, Journalist, Captioner, Editor, Reviewer, Observer],
    /// Hand in a question.
    Ask: [Journalist],
    /// Read every question with its text and the call list.
    SeeDesk: [Officer, Chair],
    /// Read which questions are owed an answer in writing.
    SeeLedger: [Officer, Chair, Spokesperson],
    /// Send a command to the room from outside it; the room judges the command itself.
    CommandRoom: [Officer, Chair, Spokesperson, Captioner],
    /// Hear recordings, read the transcript before it is published.
    SeeRecord: [Officer, Chair, Editor, Reviewer],
    EditTranscript: [Editor],
    /// Hand the transcript to the reviewer.
    SubmitEdition: [Editor],
    /// Give it back or release it; never the editor of the same edition.
    ReleaseEdition: [Reviewer],
}

/// Whether somebody who holds these roles may do this there.
pub fn may(held: &[Held], action: Action, place: Place) -> bool {
    held.iter()
        .any(|held| held.scope.reaches(place) && action.roles().contains(&held.role))
}

/// Whether they may do it anywhere at all: the first gate, before it is known what is touched.
pub fn may_somewhere(held: &[Held], action: Action) -> bool {
    held.iter().any(|held| action.roles().contains(&held.role))
}

/// As what somebody enters a room. The nearest scope wins (made chair of this event, an officer chairs); within one scope
/// the role closest to the microphone.
pub fn role_in(held: &[Held], event: EventId, series: SeriesId) -> Option<Role> {
    const ORDER: [Role; 10] = [
        Role::Spokesperson,
        Role::Speaker,
        Role::Chair,
        Role::Officer,
        Role::Captioner,
        Role::Editor,
        Role::Reviewer,
        Role::Admin,
        Role::Journalist,
        Role::Observer,
    ];
    [Scope::Event(event), Scope::Series(series), Scope::House]
        .into_iter()
        .find_map(|scope| {
            ORDER
                .into_iter()
                .find(|role| held.contains(&Held { role: *role, scope }))
        })
}

#[cfg(test)]
mod tests;
