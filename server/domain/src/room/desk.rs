//! The event's questions and the call list. A question is never deleted and its words never change; the line is exactly
//! the listed ones, in the order in which they will be called.

use crate::{
    id::{PersonId, QuestionId},
    question::{
        Channel, Question, QuestionDraft, QuestionState,
        alike::{ALIKE, Shingles},
    },
    room::{
        Actor, MAX_REMARK, Room, checked,
        command::{Outcome, Refusal},
        fact::Fact,
        fair::Place,
        line::Line,
        view::{Alike, Phase, Totals},
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
pub(super) const MAX_LANGUAGE: usize = 35;
/// A new question is compared with this many that were there before. Higher: more work at each arrival in a burst.
const COMPARED: usize = 500;

/// All questions of the event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Desk {
    questions: BTreeMap<QuestionId, Question>,
    /// As they came in.
    order: Vec<QuestionId>,
    of_person: BTreeMap<PersonId, Vec<QuestionId>>,
    line: Line,
    /// Members by the question that leads them.
    groups: BTreeMap<QuestionId, Vec<QuestionId>>,
    shingles: BTreeMap<QuestionId, Shingles>,
    alike: Vec<Alike>,
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
        self.line.order(&self.questions)
    }

    /// The rule, the turns had and what was changed by hand.
    pub fn line_state(&self) -> &Line {
        &self.line
    }

    /// The place by the rule alone, from 1, and why; `None` without a rule.
    pub fn place(&self, question: QuestionId) -> Option<&(u32, Place)> {
        self.line.place(&self.questions, question)
    }

    /// Those that are asked and answered with this one.
    pub fn members(&self, lead: QuestionId) -> impl Iterator<Item = QuestionId> {
        self.groups.get(&lead).into_iter().flatten().copied()
    }

    /// Questions that follow up this one.
    pub fn follow_ups(&self, parent: QuestionId) -> impl Iterator<Item = &Question> {
        self.iter().filter(move |question| question.parent == Some(parent))
    }

    /// Pairs of open questions that may ask the same, most alike first.
    pub fn alike(&self) -> impl Iterator<Item = Alike> {
        let open = |id: QuestionId| {
            let question = self.questions.get(&id);
            question.is_some_and(|question| !question.state.is_over() && question.state != QuestionState::Grouped)
        };
        self.alike
            .iter()
            .copied()
            .filter(move |pair| open(pair.one) && open(pair.other))
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
        use QuestionState::{Grouped, Held, Listed, Submitted};
        self.iter()
            .filter(|question| matches!(question.state, Submitted | Held | Listed | Grouped))
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
                QuestionState::AnsweredInWriting => {
                    totals.taken += 1;
                    totals.answered_in_writing += 1;
                }
                QuestionState::ClosedUnanswered => {
                    totals.taken += 1;
                    totals.closed_unanswered += 1;
                }
                QuestionState::Declined => totals.declined += 1,
                QuestionState::Withdrawn => totals.withdrawn += 1,
                QuestionState::NotReached => totals.not_reached += 1,
                QuestionState::Submitted
                | QuestionState::Held
                | QuestionState::Listed
                | QuestionState::Called
                | QuestionState::OnAir
                | QuestionState::Grouped => {}
            }
        }
        totals
    }

    fn position(&self, question: QuestionId) -> Option<usize> {
        self.line().iter().position(|listed| *listed == question)
    }

    pub(super) fn evolve(&mut self, at: Timestamp, fact: &Fact) {
        self.live(at, fact);
        self.line.evolve(at, fact, &self.questions);
    }

    fn live(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::Submitted {
                question,
                asker,
                card,
                channel,
                draft,
            } => {
                self.compare(*question, draft);
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
                        group: None,
                        parent: None,
                        promise: None,
                        answer: None,
                    },
                );
            }
            Fact::FollowsUp { question, parent } => {
                self.change(*question, |question| question.parent = Some(*parent));
            }
            Fact::Grouped { lead, members } => {
                for member in members {
                    self.ungroup(*member);
                    self.enter(*member, QuestionState::Grouped);
                    self.change(*member, |question| question.group = Some(*lead));
                    self.groups.entry(*lead).or_default().push(*member);
                }
            }
            Fact::Ungrouped { question } => {
                self.ungroup(*question);
                let was_listed = self.line.was_listed(*question);
                self.enter(
                    *question,
                    if was_listed {
                        QuestionState::Listed
                    } else {
                        QuestionState::Submitted
                    },
                );
            }
            Fact::WentWithLead { question, lead, state } => {
                let lead = self.questions.get(lead);
                let (called_at, on_air_at) = lead.map_or((None, None), |lead| (lead.called_at, lead.on_air_at));
                self.close(*question, *state, at);
                self.change(*question, |question| {
                    question.called_at = question.called_at.or(called_at);
                    question.on_air_at = question.on_air_at.or(on_air_at);
                });
            }
            Fact::Restored { question } => {
                self.enter(*question, QuestionState::Submitted);
                self.change(*question, |question| {
                    question.reason = None;
                    question.done_at = None;
                });
            }
            Fact::Promised { question, promise } => {
                self.change(*question, |question| question.promise = Some(promise.clone()));
            }
            Fact::AnsweredInWriting { question, answer } => {
                self.close(*question, QuestionState::AnsweredInWriting, at);
                self.change(*question, |question| question.answer = Some(answer.clone()));
            }
            Fact::ClosedUnanswered { question, reason } => {
                self.close(*question, QuestionState::ClosedUnanswered, at);
                self.change(*question, |question| question.reason = Some(reason.clone()));
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
            Fact::Listed { question, .. } => self.enter(*question, QuestionState::Listed),
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
                Outcome::Requeue => self.enter(*question, QuestionState::Listed),
            },
            Fact::NotReached { question } => self.close(*question, QuestionState::NotReached, at),
            _ => {}
        }
    }

    /// Finds what may ask the same, once, when the question comes in.
    fn compare(&mut self, question: QuestionId, draft: &QuestionDraft) {
        let words = match &draft.text {
            Some(text) => format!("{} {text}", draft.topic),
            None => draft.topic.clone(),
        };
        let shingles = Shingles::of(&words);
        for other in self.order.iter().rev().take(COMPARED) {
            let comparable = self
                .questions
                .get(other)
                .is_some_and(|other| other.language == draft.language && !other.state.is_over());
            let score = self.shingles.get(other).map_or(0, |other| other.score(&shingles));
            if comparable && score >= ALIKE {
                self.alike.push(Alike {
                    one: *other,
                    other: question,
                    score,
                });
            }
        }
        self.alike
            .sort_by_key(|pair| (std::cmp::Reverse(pair.score), pair.one, pair.other));
        self.shingles.insert(question, shingles);
    }

    fn enter(&mut self, question: QuestionId, state: QuestionState) {
        self.change(question, |question| question.state = state);
    }

    fn ungroup(&mut self, question: QuestionId) {
        let lead = self.questions.get(&question).and_then(|question| question.group);
        if let Some(members) = lead.and_then(|lead| self.groups.get_mut(&lead)) {
            members.retain(|member| *member != question);
        }
        self.groups.retain(|_, members| !members.is_empty());
        self.change(question, |question| question.group = None);
    }

    fn close(&mut self, question: QuestionId, state: QuestionState, at: Timestamp) {
        // A group stays named together once it has been answered; whoever leaves it before stands alone.
        if matches!(
            state,
            QuestionState::Withdrawn | QuestionState::Declined | QuestionState::NotReached
        ) {
            self.ungroup(question);
        }
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

    /// Once more about one's own question, as often as the ground rules allow.
    pub(super) fn follow_up(
        &self,
        actor: &Actor,
        parent: QuestionId,
        draft: &QuestionDraft,
        fresh: Uuid,
    ) -> Result<Vec<Fact>, Refusal> {
        let asked = self
            .desk
            .question(parent)
            .filter(|question| question.asker == actor.person);
        let asked = asked.ok_or(Refusal::NoSuchQuestion)?;
        if asked.parent.is_some()
            || !matches!(asked.state, QuestionState::Answered | QuestionState::OnAir) && !asked.state.was_taken()
        {
            return Err(Refusal::WrongState);
        }
        let kept = |question: &&Question| !matches!(question.state, QuestionState::Withdrawn | QuestionState::Declined);
        if self.desk.follow_ups(parent).filter(kept).count() >= usize::from(self.record.rules().follow_ups) {
            return Err(Refusal::NoFollowUpLeft);
        }
        let mut facts = self.submit(actor, draft, fresh)?;
        facts.push(Fact::FollowsUp {
            question: QuestionId(fresh),
            parent,
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
        let reason = checked(reason, MAX_REMARK)?;
        Ok(self
            .dissolved(question)
            .chain([Fact::Declined { question, reason }])
            .collect())
    }

    /// Takes up what was declined by mistake.
    pub(super) fn restore(&self, question: QuestionId) -> Result<Vec<Fact>, Refusal> {
        self.in_state(question, &[QuestionState::Declined])?;
        Ok(vec![Fact::Restored { question }])
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
        stepped
            .into_iter()
            .chain(self.dissolved(question))
            .chain([Fact::Withdrawn { question }])
            .collect()
    }

    pub(super) fn in_state(&self, question: QuestionId, states: &[QuestionState]) -> Result<&Question, Refusal> {
        let question = self.desk.question(question).ok_or(Refusal::NoSuchQuestion)?;
        if states.contains(&question.state) {
            Ok(question)
        } else {
            Err(Refusal::WrongState)
        }
    }
}
