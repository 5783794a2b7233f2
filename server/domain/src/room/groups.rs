//! Groups: several askers, one answer, all named. One question leads; the others go its way and keep their askers' names.
//! Whoever leaves a group, or loses its lead, keeps their arrival under a rule; without one they go to the end of the
//! line.

use crate::{
    id::QuestionId,
    question::QuestionState,
    room::{
        Room,
        command::{Outcome, Refusal},
        fact::Fact,
    },
};

/// Questions in one group. Higher: a longer list of names on one card than anybody reads out.
const MAX_MEMBERS: usize = 20;

impl Room {
    /// Members bring along those whom they led.
    pub(super) fn group(&self, lead: QuestionId, members: &[QuestionId]) -> Result<Vec<Fact>, Refusal> {
        use QuestionState::{Called, Grouped, Held, Listed, OnAir, Submitted};
        self.in_state(lead, &[Submitted, Listed, Called, OnAir])?;
        let mut joined: Vec<QuestionId> = Vec::new();
        for member in members {
            let question = self.in_state(*member, &[Submitted, Held, Listed, Grouped])?;
            if *member == lead {
                return Err(Refusal::NotPossible);
            }
            if question.group == Some(lead) {
                continue;
            }
            for one in [*member].into_iter().chain(self.desk.members(*member)) {
                if !joined.contains(&one) {
                    joined.push(one);
                }
            }
        }
        if joined.is_empty() {
            return Err(Refusal::AlreadySo);
        }
        if joined.len() + self.desk.members(lead).count() > MAX_MEMBERS {
            return Err(Refusal::TooManyQuestions);
        }
        Ok(vec![Fact::Grouped { lead, members: joined }])
    }

    pub(super) fn ungroup(&self, question: QuestionId) -> Result<Vec<Fact>, Refusal> {
        self.in_state(question, &[QuestionState::Grouped])?;
        Ok(vec![Fact::Ungrouped { question }])
    }

    /// The lead goes out of the room: the others stand on their own again.
    pub(super) fn dissolved(&self, lead: QuestionId) -> impl Iterator<Item = Fact> {
        self.desk.members(lead).map(|question| Fact::Ungrouped { question })
    }

    /// What the others get when their lead steps down.
    pub(super) fn along(&self, lead: QuestionId, outcome: Outcome) -> Vec<Fact> {
        let state = match outcome {
            Outcome::Answered => QuestionState::Answered,
            Outcome::Taken => QuestionState::Taken,
            Outcome::Requeue => return Vec::new(),
        };
        let members = self.desk.members(lead);
        members
            .map(|question| Fact::WentWithLead { question, lead, state })
            .collect()
    }
}
