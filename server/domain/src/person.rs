//! Who people are to the house: their role in an event and the name they carry on air.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a person is in one event, series or the whole house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation: people, settings, keys.
    Admin,
    /// Press staff: plans, accredits, runs the question desk.
    Officer,
    /// Runs the floor of an event.
    Chair,
    /// Speaks for the house and answers.
    Spokesperson,
    /// A guest speaker on stage by invitation.
    Speaker,
    /// Accredited press.
    Journalist,
    /// Types captions where no engine knows the language.
    Captioner,
    /// Corrects the transcript.
    Editor,
    /// Releases the edition; never the editor of the same edition.
    Reviewer,
    /// Signed in, watches.
    Observer,
}

/// The name shown on air, in captions and in the record. Comes from the registration, never from the door.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct NameCard {
    pub name: String,
    /// The outlet at the time of the registration; `None` for the house's own people.
    pub outlet: Option<String>,
    /// In what capacity the person speaks: "Spokesperson", "Deputy Director".
    pub office: Option<String>,
    /// ISO 3166-1 alpha-2 of the outlet.
    pub country: Option<String>,
    /// Kind of medium: `agency`, `print`, `online`, `radio`, `tv`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub medium: Option<String>,
}
