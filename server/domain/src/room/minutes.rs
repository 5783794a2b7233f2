//! The journal read as minutes: when the event was live and off the record, what was announced, who had the floor for
//! which question. They tell captions and the transcript what a sentence was; no fact of their own is kept.

use crate::{
    id::{PersonId, QuestionId},
    person::{NameCard, Role},
    room::fact::{Entry, Fact},
    time::Timestamp,
    transcript::{AnnouncementSpan, Content, ExchangeSpan, Minutes, SegmentKind, refine},
};
use std::collections::BTreeMap;

/// Takes the minutes as the facts come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MinuteTaker {
    minutes: Minutes,
    askers: BTreeMap<QuestionId, PersonId>,
    roles: BTreeMap<PersonId, Role>,
}

impl MinuteTaker {
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut taker = Self::default();
        for entry in entries {
            taker.note(entry.at, &entry.fact);
        }
        taker
    }

    pub fn minutes(&self) -> &Minutes {
        &self.minutes
    }

    /// What role somebody last had in the room.
    pub fn role(&self, person: PersonId) -> Option<Role> {
        self.roles.get(&person).copied()
    }

    /// What this person's words from `start` to `end` were, as far as is known by now.
    pub fn judge(&self, person: PersonId, start: Timestamp, end: Timestamp) -> (SegmentKind, Option<QuestionId>) {
        let said = Content {
            speaker: Some(person),
            card: NameCard::default(),
            kind: SegmentKind::Remarks,
            question: None,
            start,
            end,
            language: String::new(),
            text: String::new(),
            struck: false,
        };
        let by_house = matches!(self.role(person), Some(Role::Spokesperson | Role::Speaker));
        refine(&said, &self.minutes, by_house).map_or((said.kind, said.question), |said| (said.kind, said.question))
    }

    pub fn note(&mut self, at: Timestamp, fact: &Fact) {
        let minutes = &mut self.minutes;
        match fact {
            Fact::SeatTaken { person, role, .. } => {
                self.roles.insert(*person, *role);
            }
            Fact::Submitted { question, asker, .. } => {
                self.askers.insert(*question, *asker);
            }
            Fact::WentLive => minutes.live_since = Some(at),
            Fact::Ended => {
                minutes.ended_at = Some(at);
                if let Some((_, open @ None)) = minutes.off_record.last_mut() {
                    *open = Some(at);
                }
            }
            Fact::WentOffRecord => minutes.off_record.push((at, None)),
            Fact::WentOnRecord => {
                if let Some((_, open @ None)) = minutes.off_record.last_mut() {
                    *open = Some(at);
                }
            }
            Fact::AnnouncementStarted { title } => {
                minutes.announcements.push(AnnouncementSpan {
                    title: title.clone(),
                    start: at,
                    end: None,
                });
            }
            Fact::AnnouncementEnded => {
                if let Some(span) = minutes.announcements.last_mut() {
                    span.end = Some(at);
                }
            }
            Fact::OnAir { question, .. } => {
                if let Some(asker) = self.askers.get(question) {
                    let (question, asker) = (*question, *asker);
                    minutes.exchanges.push(ExchangeSpan {
                        question,
                        asker,
                        start: at,
                        end: None,
                    });
                }
            }
            Fact::SteppedDown { question, .. } => {
                let open = minutes.exchanges.last_mut().filter(|span| span.question == *question);
                if let Some(span) = open.filter(|span| span.end.is_none()) {
                    span.end = Some(at);
                }
            }
            _ => {}
        }
    }
}
