//! What became of recent commands, by their client-made id: a command sent twice gets the same answer and happens once.
//! What was done is found again in the journal after a restart; a refusal changed nothing and is simply judged anew.

use crate::{
    id::{CommandId, PersonId, QuestionId},
    room::{
        command::Refusal,
        fact::{Entry, Fact},
    },
};
use std::collections::{BTreeMap, VecDeque};

/// Commands remembered in one room. Higher: memory (64 bytes each); lower: a client that was away long could repeat itself.
pub const REMEMBERED: usize = 16 * 1024;

/// How a command ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    pub refused: Option<Refusal>,
    /// The question it made.
    pub question: Option<QuestionId>,
}

/// Bounded memory of outcomes.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    known: BTreeMap<(PersonId, CommandId), Done>,
    order: VecDeque<(PersonId, CommandId)>,
}

impl Outcomes {
    pub fn replay<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut outcomes = Self::default();
        for entry in entries {
            if let (Some(person), Some(command)) = (entry.actor, entry.command) {
                outcomes.note(person, command, question_of(&entry.fact));
            }
        }
        outcomes
    }

    pub fn get(&self, person: PersonId, command: CommandId) -> Option<Done> {
        self.known.get(&(person, command)).copied()
    }

    /// The answer to a command that was carried out.
    pub fn done(facts: &[Fact]) -> Done {
        Done {
            refused: None,
            question: facts.iter().find_map(question_of),
        }
    }

    pub fn remember(&mut self, person: PersonId, command: CommandId, done: Done) {
        let key = (person, command);
        if self.known.insert(key, done).is_none() {
            self.order.push_back(key);
            if self.order.len() > REMEMBERED
                && let Some(oldest) = self.order.pop_front()
            {
                self.known.remove(&oldest);
            }
        }
    }

    /// One command may have left several facts in the journal.
    fn note(&mut self, person: PersonId, command: CommandId, question: Option<QuestionId>) {
        let mut done = self.get(person, command).unwrap_or_default();
        done.question = done.question.or(question);
        self.remember(person, command, done);
    }
}

fn question_of(fact: &Fact) -> Option<QuestionId> {
    match fact {
        Fact::Submitted { question, .. } => Some(*question),
        _ => None,
    }
}
