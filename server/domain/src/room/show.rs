//! The run of show: remarks, questions, closing, each with the minutes planned for it. It keeps time and cuts nobody off.

use crate::{
    room::{Room, command::Refusal, fact::Fact, view::Phase},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Longest plan of one part, in minutes.
const MAX_MINUTES: u32 = 24 * 60;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShowStep {
    #[default]
    Remarks,
    Questions,
    Closing,
}

/// Minutes planned for each part; 0 is no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct ShowPlan {
    pub remarks: u32,
    pub questions: u32,
    pub closing: u32,
}

impl Default for ShowPlan {
    fn default() -> Self {
        Self {
            remarks: 15,
            questions: 40,
            closing: 5,
        }
    }
}

/// Where the show is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct Show {
    pub step: ShowStep,
    /// `None` before the event is live.
    pub since: Option<Timestamp>,
    pub plan: ShowPlan,
}

impl Show {
    pub(super) fn evolve(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::WentLive => self.since = Some(at),
            Fact::ShowPlanned { plan } => self.plan = *plan,
            Fact::ShowStepped { to } => {
                self.step = *to;
                self.since = Some(at);
            }
            // The first journalist on air ends the remarks, whoever forgot to say so.
            Fact::OnAir { .. } if self.step == ShowStep::Remarks => {
                self.step = ShowStep::Questions;
                self.since = Some(at);
            }
            _ => {}
        }
    }
}

impl Room {
    pub(super) fn plan_show(&self, plan: ShowPlan) -> Result<Vec<Fact>, Refusal> {
        if [plan.remarks, plan.questions, plan.closing]
            .iter()
            .any(|minutes| *minutes > MAX_MINUTES)
        {
            return Err(Refusal::NotPossible);
        }
        if self.show.plan == plan {
            return Err(Refusal::AlreadySo);
        }
        Ok(vec![Fact::ShowPlanned { plan }])
    }

    pub(super) fn step_show(&self, to: ShowStep) -> Result<Vec<Fact>, Refusal> {
        if self.record.phase() != Phase::Live {
            return Err(Refusal::NotLive);
        }
        if self.show.step == to {
            return Err(Refusal::AlreadySo);
        }
        Ok(vec![Fact::ShowStepped { to }])
    }
}
