//! The event's questions and the call list. A question is never deleted and its words never change; the line is exactly
//! the listed ones, in the order in which they will be called.

use crate::{
    id::{PersonId, QuestionId},
    question::{Channel, Question, QuestionDraft, QuestionState},
    room::{
        Actor, MAX_REMARK, Room, checked,
        command::{Outcome, Refusal},
        fact::Fact,
        view::{Phase, Totals},
    },
    time::Timestamp,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Questions one person may have open. Higher: one desk floods the others' line; lower: fewer topics per outlet.
pub const MAX_OPEN_QUESTIONS: usize = 5;
const MAX_TOPIC: usize = 200;
const MAX_TEXT: usize = 4000;
/// The longest language tag in use is far shorter (RFC 5646 section 4.4.1 recommends at least 35).
const MAX_LANGUAGE: usize = 35;

/// All questions of the event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Desk {
    questions: BTreeMap<QuestionId, Question>,
    /// As they came in.
    order: Vec<QuestionId>,
    of_person: BTreeMap<PersonId, Vec<QuestionId>>,
    line: Vec<QuestionId>,
}

impl Desk {
    pub fn question(&self, question: QuestionId) -> Option<&Question> {
        self.questions.get(&question)
    }

    /// As they came in.
    pub fn iter(&self) -> impl Iterator<Item = &Question> {
        self.order.iter().filter_map(|question| self.questions.get(question))
    }

    /// One person's questions, as they came in.
    pub fn of_person(&self, person: PersonId) -> impl Iterator<Item = &Question> {
        self.of_person
            .get(&person)
            .into_iter()
            .flatten()
            .filter_map(|question| self.questions.get(question))
    }

    /// The call list, next first.
    pub fn line(&self) -> &[QuestionId] {
        &self.line
    }

    /// The best place in line among this person's questions; 1 is next.
    pub fn place_of(&self, person: PersonId) -> Option<u32> {
        let mut listed = self
            .of_person(person)
            .filter(|question| question.state == QuestionState::Listed)
            .peekable();
        listed.peek()?;
        listed
            .filter_map(|question| self.position(question.id))
            .min()
            .map(|position| position as u32 + 1)
    }

    /// The hand this person holds up.
    pub fn hand_of(&self, person: PersonId) -> Option<&Question> {
        self.of_person(person)
            .find(|question| question.channel == Channel::LiveHand && question.state.may_withdraw())
    }

    /// Questions of this person that the desk or the chair still decides about.
    pub fn open_of(&self, person: PersonId) -> impl Iterator<Item = &Question> {
        self.of_person(person)
            .filter(|question| !question.state.is_over() && question.state != QuestionState::OnAir)
    }

    /// Neither called nor over.
    pub(super) fn waiting(&self) -> impl Iterator<Item = QuestionId> {
        use QuestionState::{Held, Listed, Submitted};
        self.iter()
            .filter(|question| matches!(question.state, Submitted | Held | Listed))
            .map(|question| question.id)
    }

    /// The public count.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for question in self.questions.values() {
            totals.received += 1;
            totals.called += u32::from(question.called_at.is_some());
            match question.state {
                QuestionState::Answered => totals.answered += 1,
                QuestionState::Taken => totals.taken += 1,
                QuestionState::Declined => totals.declined += 1,
                QuestionState::Withdrawn => totals.withdrawn += 1,
                QuestionState::NotReached => totals.not_reached += 1,
                QuestionState::Submitted
                | QuestionState::Held
                | QuestionState::Listed
                | QuestionState::Called
                | QuestionState::OnAir => {}
            }
        }
        totals
    }

    fn position(&self, question: QuestionId) -> Option<usize> {
        self.line.iter().position(|listed| *listed == question)
    }

    pub(super) fn evolve(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::Submitted {
                question,
                asker,
                card,
                channel,
                draft,
            } => {
                self.order.push(*question);
                self.of_person.entry(*asker).or_default().push(*question);
                let (topic, language, text) = (draft.topic.clone(), draft.language.clone(), draft.text.clone());
                self.questions.insert(
                    *question,
                    Question {
                        id: *question,
                        asker: *asker,
                        card: card.clone(),
                        channel: *channel,
                        topic,
                        language,
                        text,
                        state: QuestionState::Submitted,
                        reason: None,
                        submitted_at: at,
                        called_at: None,
                        on_air_at: None,
                        done_at: None,
                    },
                );
            }
            Fact::Withdrawn { question } => self.close(*question, QuestionState::Withdrawn, at),
            Fact::Held { question, reason } => {
                self.enter(*question, QuestionState::Held);
                self.change(*question, |question| question.reason = reason.clone());
            }
            Fact::Released { question } => {
                self.enter(*question, QuestionState::Submitted);
                self.change(*question, |question| question.reason = None);
            }
            Fact::Declined { question, reason } => {
                self.close(*question, QuestionState::Declined, at);
                self.change(*question, |question| question.reason = Some(reason.clone()));
            }
            Fact::Listed { question, position } => {
                self.enter(*question, QuestionState::Listed);
                let position = (*position as usize).min(self.line.len());
                self.line.insert(position, *question);
            }
            Fact::Unlisted { question } => self.enter(*question, QuestionState::Submitted),
            Fact::Called { question, .. } => {
                self.enter(*question, QuestionState::Called);
                self.change(*question, |question| question.called_at = Some(at));
            }
            Fact::OnAir { question, .. } => {
                self.enter(*question, QuestionState::OnAir);
                self.change(*question, |question| question.on_air_at = Some(at));
            }
            Fact::SteppedDown { question, outcome, .. } => match outcome {
                Outcome::Answered => self.close(*question, QuestionState::Answered, at),
                Outcome::Taken => self.close(*question, QuestionState::Taken, at),
                Outcome::Requeue => {
                    self.enter(*question, QuestionState::Listed);
                    self.line.insert(0, *question);
                }
            },
            Fact::NotReached { question } => self.close(*question, QuestionState::NotReached, at),
            _ => {}
        }
    }

    /// Every change of state leaves the line first; `Listed` puts it back where it belongs.
    fn enter(&mut self, question: QuestionId, state: QuestionState) {
        self.line.retain(|listed| *listed != question);
        self.change(question, |question| question.state = state);
    }

    fn close(&mut self, question: QuestionId, state: QuestionState, at: Timestamp) {
        self.enter(question, state);
        self.change(question, |question| question.done_at = Some(at));
    }

    fn change(&mut self, question: QuestionId, change: impl FnOnce(&mut Question)) {
        if let Some(question) = self.questions.get_mut(&question) {
            change(question);
        }
    }
}

impl Room {
    /// A raised hand goes to the end of the line at once: nobody has to approve it.
    pub(super) fn raise_hand(
        &self,
        actor: &Actor,
        language: &str,
        topic: Option<&str>,
        fresh: Uuid,
    ) -> Result<Vec<Fact>, Refusal> {
        let topic = topic.unwrap_or_default().trim();
        if topic.chars().count() > MAX_TOPIC {
            return Err(Refusal::TooLong);
        }
        let draft = QuestionDraft {
            topic: topic.to_owned(),
            language: checked(language, MAX_LANGUAGE)?,
            text: None,
        };
        let mut facts = vec![self.submitted(actor, Channel::LiveHand, draft, fresh)];
        facts.push(Fact::Listed {
            question: QuestionId(fresh),
            position: self.desk.line.len() as u32,
        });
        Ok(facts)
    }

    pub(super) fn lower_hand(&self, actor: &Actor) -> Result<Vec<Fact>, Refusal> {
        let hand = self.desk.hand_of(actor.person).ok_or(Refusal::WrongState)?;
        Ok(self.withdrawn(hand.id))
    }

    /// Written questions and slots asked for in advance wait for the desk.
    pub(super) fn submit(&self, actor: &Actor, draft: &QuestionDraft, fresh: Uuid) -> Result<Vec<Fact>, Refusal> {
        let text = draft.text.as_deref().map(|text| checked(text, MAX_TEXT)).transpose()?;
        let topic = checked(&draft.topic, MAX_TOPIC)?;
        let language = checked(&draft.language, MAX_LANGUAGE)?;
        let channel = match (self.record.phase(), &text) {
            (Phase::Live, Some(_)) => Channel::Message,
            (_, Some(_)) => Channel::WrittenAdvance,
            (_, None) => Channel::SlotRequest,
        };
        Ok(vec![self.submitted(
            actor,
            channel,
            QuestionDraft { topic, language, text },
            fresh,
        )])
    }

    pub(super) fn withdraw(&self, actor: &Actor, question: QuestionId) -> Result<Vec<Fact>, Refusal> {
        let own = self
            .desk
            .question(question)
            .filter(|question| question.asker == actor.person);
        if !own.ok_or(Refusal::NoSuchQuestion)?.state.may_withdraw() {
            return Err(Refusal::WrongState);
        }
        Ok(self.withdrawn(question))
    }

    pub(super) fn hold(&self, question: QuestionId, reason: Option<&str>) -> Result<Vec<Fact>, Refusal> {
        use QuestionState::{Listed, Submitted};
        self.in_state(question, &[Submitted, Listed])?;
        let reason = reason.map(|reason| checked(reason, MAX_REMARK)).transpose()?;
        Ok(vec![Fact::Held { question, reason }])
    }

    pub(super) fn release(&self, question: QuestionId) -> Result<Vec<Fact>, Refusal> {
        self.in_state(question, &[QuestionState::Held])?;
        Ok(vec![Fact::Released { question }])
    }

    pub(super) fn decline(&self, question: QuestionId, reason: &str) -> Result<Vec<Fact>, Refusal> {
        use QuestionState::{Held, Listed, Submitted};
        self.in_state(question, &[Submitted, Held, Listed])?;
        Ok(vec![Fact::Declined {
            question,
            reason: checked(reason, MAX_REMARK)?,
        }])
    }

    pub(super) fn list(&self, question: QuestionId, before: Option<QuestionId>) -> Result<Vec<Fact>, Refusal> {
        use QuestionState::{Held, Listed, Submitted};
        self.in_state(question, &[Submitted, Held, Listed])?;
        let others = self.desk.line.iter().filter(|listed| **listed != question);
        let position = match before {
            None => others.count(),
            Some(before) => others
                .into_iter()
                .position(|listed| *listed == before)
                .ok_or(Refusal::WrongState)?,
        };
        // Where it stands already it stays: two people at the desk may have meant the same.
        if self.desk.position(question) == Some(position) {
            return Ok(Vec::new());
        }
        Ok(vec![Fact::Listed {
            question,
            position: position as u32,
        }])
    }

    pub(super) fn unlist(&self, question: QuestionId) -> Result<Vec<Fact>, Refusal> {
        self.in_state(question, &[QuestionState::Listed])?;
        Ok(vec![Fact::Unlisted { question }])
    }

    fn submitted(&self, actor: &Actor, channel: Channel, draft: QuestionDraft, fresh: Uuid) -> Fact {
        let (asker, card) = (actor.person, actor.card.clone());
        Fact::Submitted {
            question: QuestionId(fresh),
            asker,
            card,
            channel,
            draft,
        }
    }

    /// Taking back a called question leaves the floor first.
    fn withdrawn(&self, question: QuestionId) -> Vec<Fact> {
        let held = self.floor.holder().filter(|holder| holder.question == question);
        let stepped = held.map(|holder| Fact::SteppedDown {
            question,
            seat: holder.seat,
            outcome: Outcome::Requeue,
        });
        stepped.into_iter().chain([Fact::Withdrawn { question }]).collect()
    }

    fn in_state(&self, question: QuestionId, states: &[QuestionState]) -> Result<&Question, Refusal> {
        let question = self.desk.question(question).ok_or(Refusal::NoSuchQuestion)?;
        if states.contains(&question.state) {
            Ok(question)
        } else {
            Err(Refusal::WrongState)
        }
    }
}
