//! Who has the floor: nobody, or exactly one journalist, from the call over the device check to the step down.
//! Never two. A drop does not take the floor away; the chair decides.

use crate::{
    id::{QuestionId, SeatId},
    question::QuestionState,
    room::{
        Actor, MAX_REMARK, Room, checked,
        command::{Outcome, Refusal},
        fact::Fact,
        view::ExchangeStep,
    },
    time::Timestamp,
};

/// The journalist who has the floor.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder {
    pub question: QuestionId,
    pub seat: SeatId,
    pub step: ExchangeStep,
    /// When this step began; a follow-up does not reset the clock of the exchange.
    pub since: Timestamp,
    pub follow_ups_used: u8,
}

impl Holder {
    /// Whether the floor hears them.
    pub fn is_on_air(&self) -> bool {
        matches!(self.step, ExchangeStep::OnAir | ExchangeStep::FollowUp)
    }

    /// What an end means that nobody spoke out.
    pub(super) fn outcome(&self) -> Outcome {
        if self.is_on_air() {
            Outcome::Answered
        } else {
            Outcome::Requeue
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Floor {
    holder: Option<Holder>,
}

impl Floor {
    pub fn holder(&self) -> Option<&Holder> {
        self.holder.as_ref()
    }

    pub fn is_held_by(&self, seat: SeatId) -> bool {
        self.holder.as_ref().is_some_and(|holder| holder.seat == seat)
    }

    /// The seat that is on air.
    pub fn on_air(&self) -> Option<SeatId> {
        self.holder
            .as_ref()
            .filter(|holder| holder.is_on_air())
            .map(|holder| holder.seat)
    }

    pub(super) fn evolve(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::Called { question, seat } => {
                self.holder = Some(Holder {
                    question: *question,
                    seat: *seat,
                    step: ExchangeStep::Called,
                    since: at,
                    follow_ups_used: 0,
                });
            }
            Fact::DeviceReady { .. } => self.step(ExchangeStep::Ready, at),
            Fact::OnAir { .. } => self.step(ExchangeStep::OnAir, at),
            Fact::FollowUpAllowed { .. } => {
                if let Some(holder) = &mut self.holder {
                    holder.step = ExchangeStep::FollowUp;
                    holder.follow_ups_used = holder.follow_ups_used.saturating_add(1);
                }
            }
            Fact::SteppedDown { .. } => self.holder = None,
            _ => {}
        }
    }

    fn step(&mut self, step: ExchangeStep, at: Timestamp) {
        if let Some(holder) = &mut self.holder {
            holder.step = step;
            holder.since = at;
        }
    }
}

impl Room {
    pub(super) fn call(&self, question: QuestionId) -> Result<Vec<Fact>, Refusal> {
        let called = self.desk.question(question).ok_or(Refusal::NoSuchQuestion)?;
        if !matches!(called.state, QuestionState::Submitted | QuestionState::Listed) {
            return Err(Refusal::WrongState);
        }
        let seat = self
            .roster
            .of_person(called.asker)
            .filter(|_| self.can_come(called.asker));
        let seat = seat.ok_or(Refusal::AskerAbsent)?.id;
        if self.desk.line_state().rule().is_none() {
            return Ok(vec![Fact::Called { question, seat }]);
        }
        if self.next_in_line().is_some_and(|next| next != question) {
            return Err(Refusal::ReasonNeeded);
        }
        let order = self.desk.line().to_vec();
        Ok(vec![Fact::LineStood { order }, Fact::Called { question, seat }])
    }

    /// Whoever is next knows from the journal why somebody else was called.
    pub(super) fn call_out_of_turn(&self, question: QuestionId, reason: &str) -> Result<Vec<Fact>, Refusal> {
        let mut facts = match self.call(question) {
            Err(Refusal::ReasonNeeded) => {
                let asked = self.desk.question(question).ok_or(Refusal::NoSuchQuestion)?;
                let seat = self.roster.of_person(asked.asker).ok_or(Refusal::AskerAbsent)?.id;
                let order = self.desk.line().to_vec();
                vec![Fact::LineStood { order }, Fact::Called { question, seat }]
            }
            called => return called,
        };
        let reason = checked(reason, MAX_REMARK)?;
        let next = self.next_in_line();
        facts.insert(1, Fact::CalledOutOfTurn { question, next, reason });
        Ok(facts)
    }

    pub(super) fn ready(&self) -> Result<Vec<Fact>, Refusal> {
        let holder = self.floor.holder().ok_or(Refusal::FloorEmpty)?;
        Ok(vec![Fact::DeviceReady { seat: holder.seat }])
    }

    /// Ready or not: the chair decides. An announcement that still runs ends with it.
    pub(super) fn put_on_air(&self) -> Result<Vec<Fact>, Refusal> {
        let holder = self.floor.holder().ok_or(Refusal::FloorEmpty)?;
        if !self
            .roster
            .seat(holder.seat)
            .is_some_and(|seat| seat.connected || seat.hall)
        {
            return Err(Refusal::AskerAbsent);
        }
        let mut facts = self.end_of_announcement();
        facts.push(Fact::OnAir {
            question: holder.question,
            seat: holder.seat,
        });
        Ok(facts)
    }

    pub(super) fn allow_follow_up(&self) -> Result<Vec<Fact>, Refusal> {
        let holder = self.floor.holder().ok_or(Refusal::FloorEmpty)?;
        Ok(vec![Fact::FollowUpAllowed {
            question: holder.question,
        }])
    }

    /// Whoever was never on air was not answered: they go back into the line.
    pub(super) fn step_down(&self, now: Timestamp, actor: &Actor, outcome: Outcome) -> Result<Vec<Fact>, Refusal> {
        let holder = self.floor.holder().ok_or(Refusal::FloorEmpty)?;
        if !holder.is_on_air() && outcome != Outcome::Requeue {
            return Err(Refusal::WrongState);
        }
        let mut facts = self.stepped_down(holder, outcome);
        if outcome == Outcome::Taken {
            facts.push(self.promised(now, actor, holder.question));
        }
        Ok(facts)
    }

    pub(super) fn leave_floor(&self) -> Result<Vec<Fact>, Refusal> {
        let holder = self.floor.holder().ok_or(Refusal::FloorEmpty)?;
        Ok(self.stepped_down(holder, holder.outcome()))
    }

    /// The whole group steps down with its lead.
    pub(super) fn stepped_down(&self, holder: &Holder, outcome: Outcome) -> Vec<Fact> {
        let stepped = Fact::SteppedDown {
            question: holder.question,
            seat: holder.seat,
            outcome,
        };
        [stepped]
            .into_iter()
            .chain(self.along(holder.question, outcome))
            .collect()
    }
}
