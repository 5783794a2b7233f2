//! The call list: who waits, in which order, and whom the chair has put elsewhere by hand. With a rule the order is computed
//! (`fair`); without one it is the order in which the desk listed. Connections never move anybody.

use crate::{
    id::{PersonId, QuestionId},
    question::{Question, QuestionState},
    room::{
        MAX_REMARK, Room, checked,
        command::{Outcome, Refusal},
        fact::Fact,
        fair::{self, Because, LineRule, Place, Turn, Waiting},
    },
    time::Timestamp,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

/// Past events that may count. Higher: older favours are paid back, and the journal keeps more turns.
const MAX_EVENTS: u32 = 50;
const MAX_PATIENCE: u32 = 100;
/// Sent back for technical trouble, a question is next again this often; then its place is the rule's.
const RETURNS: u32 = 2;

#[derive(Clone, Debug, PartialEq)]
struct Listed {
    arrival: u64,
    passed: u32,
    returned: u32,
}

/// A question put somewhere by hand: before those it overtook, or behind those it let pass, as long as any of them waits.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    pub question: QuestionId,
    pub before: Vec<QuestionId>,
    pub behind: Vec<QuestionId>,
    pub reason: String,
}

/// All that decides the order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    rule: Option<LineRule>,
    turns: Vec<Turn>,
    listed: BTreeMap<QuestionId, Listed>,
    /// As the desk listed them; the order when there is no rule.
    by_hand: Vec<QuestionId>,
    /// Out of the line inside a group, with the place they had.
    parked: BTreeMap<QuestionId, Listed>,
    /// Called: keeps its arrival in case it is sent back.
    called: Option<(QuestionId, Listed)>,
    on_air_since: Option<Timestamp>,
    overrides: Vec<Override>,
    arrivals: u64,
    computed: Computed,
}

/// What follows from the rest, computed when somebody looks. Equal lines have equal orders, so it takes no part in equality.
#[derive(Clone, Debug, Default)]
struct Computed(OnceLock<Order>);

#[derive(Clone, Debug, Default)]
struct Order {
    line: Vec<QuestionId>,
    places: BTreeMap<QuestionId, (u32, Place)>,
}

impl PartialEq for Computed {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Line {
    pub fn rule(&self) -> Option<&LineRule> {
        self.rule.as_ref()
    }

    /// Turns had in this event and those that count before it, oldest first.
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    pub fn len(&self) -> usize {
        self.listed.len()
    }

    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    pub fn overrides(&self) -> &[Override] {
        &self.overrides
    }

    pub(super) fn was_listed(&self, question: QuestionId) -> bool {
        self.parked.contains_key(&question)
    }

    /// Next first.
    pub(super) fn order(&self, questions: &BTreeMap<QuestionId, Question>) -> &[QuestionId] {
        &self.computed(questions).line
    }

    /// The place by the rule alone, from 1, and why.
    pub(super) fn place(
        &self,
        questions: &BTreeMap<QuestionId, Question>,
        question: QuestionId,
    ) -> Option<&(u32, Place)> {
        self.computed(questions).places.get(&question)
    }

    fn computed(&self, questions: &BTreeMap<QuestionId, Question>) -> &Order {
        self.computed.0.get_or_init(|| self.compute(questions))
    }

    fn compute(&self, questions: &BTreeMap<QuestionId, Question>) -> Order {
        let Some(rule) = &self.rule else {
            return Order {
                line: self.by_hand.clone(),
                ..Order::default()
            };
        };
        let waiting: Vec<_> = self
            .by_hand
            .iter()
            .filter_map(|id| {
                let (listed, question) = (self.listed.get(id)?, questions.get(id)?);
                Some(Waiting {
                    question: *id,
                    asker: question.asker,
                    card: &question.card,
                    language: &question.language,
                    arrival: listed.arrival,
                    passed: listed.passed,
                    returned: (1..=RETURNS).contains(&listed.returned),
                })
            })
            .collect();
        let places = fair::order(rule, &self.turns, &waiting);
        let mut line: Vec<_> = places.iter().map(|place| place.question).collect();
        for by_hand in &self.overrides {
            put(&mut line, by_hand);
        }
        let numbered = places.into_iter().zip(1u32..);
        let mut places: BTreeMap<_, _> = numbered
            .map(|(place, number)| (place.question, (number, place)))
            .collect();
        for by_hand in &self.overrides {
            if let Some((number, place)) = places.get_mut(&by_hand.question)
                && line.get(*number as usize - 1) != Some(&by_hand.question)
            {
                place.because = Because::Placed;
            }
        }
        Order { line, places }
    }

    pub(super) fn evolve(&mut self, at: Timestamp, fact: &Fact, questions: &BTreeMap<QuestionId, Question>) {
        match fact {
            Fact::LineRuled { rule, past, .. } => {
                if rule.is_none() {
                    self.by_hand = self.order(questions).to_vec();
                }
                let today = self.turns.drain(..).filter(|turn| turn.event.is_none());
                self.turns = past.iter().cloned().chain(today).collect();
                self.rule = rule.clone();
            }
            Fact::Listed { question, position } => {
                let kept = self.leave(*question);
                self.enter(*question, kept, Some(*position as usize));
            }
            Fact::Placed {
                question,
                before,
                behind,
                reason,
            } => {
                self.overrides.retain(|by_hand| by_hand.question != *question);
                self.overrides.push(Override {
                    question: *question,
                    before: before.clone(),
                    behind: behind.clone(),
                    reason: reason.clone(),
                });
            }
            Fact::Unplaced { question } => self.overrides.retain(|by_hand| by_hand.question != *question),
            Fact::Grouped { members, .. } => {
                for member in members {
                    if let Some(listed) = self.leave(*member) {
                        self.parked.insert(*member, listed);
                    }
                }
            }
            Fact::Ungrouped { question } => {
                if let Some(listed) = self.parked.remove(question) {
                    self.enter(*question, Some(listed), None);
                }
            }
            Fact::Called { question, .. } => {
                let listed = self.leave(*question).unwrap_or_else(|| self.arrive());
                self.called = Some((*question, listed));
            }
            Fact::OnAir { question, .. } => self.turn(*question, at, questions),
            Fact::SteppedDown { question, outcome, .. } => {
                if let Some(turn) = self.turns.last_mut()
                    && let Some(since) = self.on_air_since.take()
                {
                    let had = at.micros().saturating_sub(since.micros()) / 1_000_000;
                    turn.seconds = u32::try_from(had).unwrap_or(0);
                }
                let called = self.called.take().filter(|(called, _)| called == question);
                if *outcome == Outcome::Requeue {
                    let listed = called.map(|(_, listed)| Listed {
                        returned: listed.returned + 1,
                        ..listed
                    });
                    self.enter(*question, listed, Some(0));
                }
            }
            Fact::Withdrawn { question }
            | Fact::Held { question, .. }
            | Fact::Released { question }
            | Fact::Declined { question, .. }
            | Fact::Unlisted { question }
            | Fact::NotReached { question }
            | Fact::WentWithLead { question, .. } => {
                self.leave(*question);
                self.parked.remove(question);
            }
            _ => return,
        }
        let waits = |question: &QuestionId| self.listed.contains_key(question);
        self.overrides.retain(|by_hand| {
            waits(&by_hand.question) && (by_hand.before.iter().any(waits) || by_hand.behind.iter().any(waits))
        });
        self.computed = Computed::default();
    }

    fn arrive(&mut self) -> Listed {
        self.arrivals += 1;
        Listed {
            arrival: self.arrivals,
            passed: 0,
            returned: 0,
        }
    }

    fn leave(&mut self, question: QuestionId) -> Option<Listed> {
        self.by_hand.retain(|listed| *listed != question);
        self.listed.remove(&question)
    }

    fn enter(&mut self, question: QuestionId, kept: Option<Listed>, position: Option<usize>) {
        let listed = kept.unwrap_or_else(|| self.arrive());
        self.listed.insert(question, listed);
        let end = self.by_hand.len();
        self.by_hand.insert(position.unwrap_or(end).min(end), question);
    }

    /// The floor is given: a turn for the outlet, and a step of patience for whoever came before and still waits.
    fn turn(&mut self, question: QuestionId, at: Timestamp, questions: &BTreeMap<QuestionId, Question>) {
        let Some(asked) = questions.get(&question) else { return };
        self.turns.push(Turn {
            event: None,
            person: asked.asker,
            outlet: asked.card.outlet.clone(),
            country: asked.card.country.clone(),
            medium: asked.card.medium.clone(),
            language: asked.language.clone(),
            seconds: 0,
        });
        self.on_air_since = Some(at);
        if let Some((_, called)) = self.called.as_ref().filter(|(called, _)| *called == question) {
            for listed in self
                .listed
                .values_mut()
                .filter(|listed| listed.arrival < called.arrival)
            {
                listed.passed = listed.passed.saturating_add(1);
            }
        }
    }
}

/// Moves a question to where it was put by hand, if it does not stand there by itself.
fn put(line: &mut Vec<QuestionId>, by_hand: &Override) {
    let Some(at) = line.iter().position(|question| *question == by_hand.question) else {
        return;
    };
    let first = line.iter().position(|question| by_hand.before.contains(question));
    let last = line.iter().rposition(|question| by_hand.behind.contains(question));
    match (first, last) {
        (Some(first), _) if at > first => {
            let question = line.remove(at);
            line.insert(first, question);
        }
        (_, Some(last)) if at < last => {
            let question = line.remove(at);
            line.insert(last, question);
        }
        _ => {}
    }
}

impl Room {
    /// Declares the rule, or gives the order back to the desk. `past` are the turns of the events before that count.
    pub fn rule_line(&self, rule: Option<LineRule>, past: Vec<Turn>, reason: Option<String>) -> Vec<Fact> {
        let same_past = self
            .desk
            .line_state()
            .turns()
            .iter()
            .filter(|turn| turn.event.is_some())
            .eq(&past);
        if self.record.has_ended() || (same_past && self.desk.line_state().rule() == rule.as_ref()) {
            return Vec::new();
        }
        vec![Fact::LineRuled { rule, past, reason }]
    }

    /// The chair changes the rule; the past turns stay those that were read when the room was convened.
    pub(super) fn change_rule(&self, rule: Option<&LineRule>, reason: &str) -> Result<Vec<Fact>, Refusal> {
        let reason = checked(reason, MAX_REMARK)?;
        if let Some(rule) = rule {
            let distinct: BTreeSet<_> = rule.criteria.iter().collect();
            let fits =
                rule.criteria.len() <= fair::CRITERIA && rule.events <= MAX_EVENTS && rule.patience <= MAX_PATIENCE;
            let home = rule.home.as_deref().unwrap_or_default();
            if distinct.len() != rule.criteria.len() || !fits || home.len() > 2 {
                return Err(Refusal::NotPossible);
            }
        }
        if self.desk.line_state().rule() == rule {
            return Err(Refusal::AlreadySo);
        }
        let past = self.desk.line_state().turns().iter();
        let past = past.filter(|turn| turn.event.is_some()).cloned().collect();
        Ok(vec![Fact::LineRuled {
            rule: rule.cloned(),
            past,
            reason: Some(reason),
        }])
    }

    pub(super) fn list(&self, question: QuestionId, before: Option<QuestionId>) -> Result<Vec<Fact>, Refusal> {
        use QuestionState::{Held, Listed, Submitted};
        let state = self.in_state(question, &[Submitted, Held, Listed])?.state;
        let ruled = self.desk.line_state().rule().is_some();
        // Where it stands already it stays: two people at the desk may have meant the same.
        if self.stands(question, before) || (ruled && state == Listed && before.is_none()) {
            return Ok(Vec::new());
        }
        if ruled && before.is_some() {
            return Err(Refusal::ReasonNeeded);
        }
        let others = self.desk.line().iter().filter(|listed| **listed != question);
        let position = match before {
            None => others.count(),
            Some(before) => others
                .into_iter()
                .position(|listed| *listed == before)
                .ok_or(Refusal::WrongState)?,
        };
        Ok(vec![Fact::Listed {
            question,
            position: position as u32,
        }])
    }

    pub(super) fn unlist(&self, question: QuestionId) -> Result<Vec<Fact>, Refusal> {
        self.in_state(question, &[QuestionState::Listed])?;
        Ok(vec![Fact::Unlisted { question }])
    }

    /// Overrides the computed order, with a reason that stays in the journal.
    pub(super) fn place(
        &self,
        question: QuestionId,
        before: Option<QuestionId>,
        reason: &str,
    ) -> Result<Vec<Fact>, Refusal> {
        use QuestionState::{Held, Listed, Submitted};
        let state = self.in_state(question, &[Submitted, Held, Listed])?.state;
        if self.desk.line_state().rule().is_none() {
            return self.list(question, before);
        }
        let reason = checked(reason, MAX_REMARK)?;
        let line = self.desk.line();
        let from = line.iter().position(|listed| *listed == question).unwrap_or(line.len());
        let to = match before {
            None => line.len(),
            Some(before) => line
                .iter()
                .position(|listed| *listed == before)
                .ok_or(Refusal::WrongState)?,
        };
        let (overtaken, let_pass) = if to <= from {
            (line[to..from].to_vec(), Vec::new())
        } else {
            (Vec::new(), line[from + 1..to].to_vec())
        };
        let mut facts = Vec::new();
        if state != Listed {
            facts.push(Fact::Listed {
                question,
                position: line.len() as u32,
            });
        }
        if !overtaken.is_empty() || !let_pass.is_empty() {
            facts.push(Fact::Placed {
                question,
                before: overtaken,
                behind: let_pass,
                reason,
            });
        }
        Ok(facts)
    }

    pub(super) fn unplace(&self, question: QuestionId) -> Result<Vec<Fact>, Refusal> {
        let placed = self
            .desk
            .line_state()
            .overrides()
            .iter()
            .any(|by_hand| by_hand.question == question);
        if placed {
            Ok(vec![Fact::Unplaced { question }])
        } else {
            Err(Refusal::AlreadySo)
        }
    }

    /// Whoever the line says is next: the first who can come to a microphone.
    pub fn next_in_line(&self) -> Option<QuestionId> {
        let can_come = |question: &&QuestionId| {
            let asker = self.desk.question(**question).map(|question| question.asker);
            asker.is_some_and(|asker| self.can_come(asker))
        };
        self.desk.line().iter().find(can_come).copied()
    }

    /// Somebody in the hall needs no connection: the phone in the pocket sleeps.
    pub(super) fn can_come(&self, person: PersonId) -> bool {
        let seat = self.roster.of_person(person);
        seat.is_some_and(|seat| !seat.removed && (seat.connected || seat.hall))
    }

    fn stands(&self, question: QuestionId, before: Option<QuestionId>) -> bool {
        let line = self.desk.line();
        let at = line.iter().position(|listed| *listed == question);
        at.is_some_and(|at| line.get(at + 1).copied() == before)
    }
}

#[cfg(test)]
mod tests;
