//! Questions that were taken: "I will come back to you". Each has a due time and an owner from the moment it is taken, and
//! stays open until it is answered in writing or closed with a reason, also after the event.

use crate::{
    id::{PersonId, QuestionId},
    question::{Promise, QuestionState, WrittenAnswer},
    room::{Actor, MAX_REMARK, Room, checked, command::Refusal, fact::Fact},
    time::Timestamp,
};

/// Due this long after it was taken, unless somebody says otherwise, in µs.
const DUE: i64 = 72 * 3600 * 1_000_000;
/// Furthest due time, in µs from now: what is promised for later is not promised.
const FURTHEST: i64 = 366 * 24 * 3600 * 1_000_000;
/// Longest written answer, in characters.
const MAX_ANSWER: usize = 20_000;

impl Room {
    /// The promise with which a question is taken: whoever runs the floor sees to it until somebody else is named.
    pub(super) fn promised(&self, now: Timestamp, actor: &Actor, question: QuestionId) -> Fact {
        Fact::Promised {
            question,
            promise: Promise {
                due: Timestamp(now.micros().saturating_add(DUE)),
                owner: actor.person,
                owner_name: actor.card.name.clone(),
            },
        }
    }

    pub(super) fn promise(
        &self,
        now: Timestamp,
        actor: &Actor,
        question: QuestionId,
        due: Timestamp,
        owner: Option<PersonId>,
    ) -> Result<Vec<Fact>, Refusal> {
        self.led(question)?;
        if due.micros() <= 0 || due.micros() > now.micros().saturating_add(FURTHEST) {
            return Err(Refusal::NotPossible);
        }
        let owner = owner.unwrap_or(actor.person);
        let owner_name = if owner == actor.person {
            actor.card.name.clone()
        } else {
            self.of_team(owner)?.name.clone()
        };
        let promise = Promise { due, owner, owner_name };
        Ok(vec![Fact::Promised { question, promise }])
    }

    pub(super) fn answer_in_writing(
        &self,
        now: Timestamp,
        actor: &Actor,
        question: QuestionId,
        text: &str,
        language: &str,
        speaker: Option<PersonId>,
    ) -> Result<Vec<Fact>, Refusal> {
        self.led(question)?;
        let text = checked(text, MAX_ANSWER)?;
        let language = checked(language, super::desk::MAX_LANGUAGE)?;
        let by = speaker.unwrap_or(actor.person);
        let card = if by == actor.person {
            actor.card.clone()
        } else {
            self.of_team(by)?.clone()
        };
        let answer = WrittenAnswer {
            text,
            language,
            by,
            card,
            at: now,
        };
        let mut facts = vec![Fact::AnsweredInWriting { question, answer }];
        facts.extend(self.with_lead(question, QuestionState::AnsweredInWriting));
        Ok(facts)
    }

    pub(super) fn close_unanswered(&self, question: QuestionId, reason: &str) -> Result<Vec<Fact>, Refusal> {
        self.led(question)?;
        let reason = checked(reason, MAX_REMARK)?;
        let mut facts = vec![Fact::ClosedUnanswered { question, reason }];
        facts.extend(self.with_lead(question, QuestionState::ClosedUnanswered));
        Ok(facts)
    }

    fn with_lead(&self, lead: QuestionId, state: QuestionState) -> impl Iterator<Item = Fact> {
        let members = self.desk.members(lead);
        members.map(move |question| Fact::WentWithLead { question, lead, state })
    }

    /// A taken question that stands for itself: of a group the lead is answered, and all with it.
    fn led(&self, question: QuestionId) -> Result<(), Refusal> {
        let taken = self.in_state(question, &[QuestionState::Taken])?;
        if taken.group.is_some() {
            return Err(Refusal::WrongState);
        }
        Ok(())
    }

    fn of_team(&self, person: PersonId) -> Result<&crate::person::NameCard, Refusal> {
        let seat = self.roster.of_person(person).filter(|seat| seat.role.is_team());
        seat.map(|seat| &seat.card).ok_or(Refusal::NoSuchSeat)
    }
}
