//! An event's life and the rules under which it is held.

use crate::text::Text;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// From the first note to the archive. `live` and `ended` follow the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventState {
    Draft,
    Announced,
    Live,
    Ended,
    Published,
    Cancelled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attendance {
    Online,
    OnSite,
    Mixed,
}

/// The ground rules shown and accepted at the door. A new text is a new version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct GroundRules {
    pub version: u32,
    pub text: Text,
    /// Follow-ups allowed to each question.
    pub follow_ups: u8,
    /// Advisory length of one exchange, in seconds; shown as a timer, never enforced by cutting.
    pub exchange_seconds: u32,
}

/// How the record labels those who ask (a policy of the series, not a habit).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskerPolicy {
    /// "Mai Tran, Xinhua"
    #[default]
    NameAndOutlet,
    /// "Xinhua"
    OutletOnly,
    /// "QUESTION"
    Unnamed,
}
