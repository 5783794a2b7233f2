//! What kind of time it is in the room: doors, live, ended; on or off the record; under which rules.
//! Off the record is a state like any other here; it is enforced where packets are copied.

use crate::{
    event::GroundRules,
    room::{
        Room,
        command::{Outcome, Zone},
        fact::Fact,
        view::Phase,
    },
    text::Text,
    time::Timestamp,
};

/// Title, rules, phase and record of the event.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    title: Text,
    rules: GroundRules,
    caption_language: String,
    phase: Phase,
    on_record: bool,
    live_since: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    announcement: Option<String>,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            title: Text::default(),
            rules: GroundRules::default(),
            caption_language: String::new(),
            phase: Phase::Closed,
            on_record: true,
            live_since: None,
            ended_at: None,
            announcement: None,
        }
    }
}

impl Record {
    pub fn title(&self) -> &Text {
        &self.title
    }

    pub fn rules(&self) -> &GroundRules {
        &self.rules
    }

    pub fn caption_language(&self) -> &str {
        &self.caption_language
    }

    pub fn phase(&self) -> Phase {
        self.phase
    }

    pub fn is_live(&self) -> bool {
        self.phase == Phase::Live
    }

    pub fn has_ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    pub fn on_record(&self) -> bool {
        self.on_record
    }

    /// Whether anything may be captured now.
    pub fn is_captured(&self) -> bool {
        self.is_live() && self.on_record
    }

    pub fn live_since(&self) -> Option<Timestamp> {
        self.live_since
    }

    pub fn ended_at(&self) -> Option<Timestamp> {
        self.ended_at
    }

    /// The announcement being read.
    pub fn announcement(&self) -> Option<&str> {
        self.announcement.as_deref()
    }

    pub(super) fn evolve(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::Convened {
                title,
                rules,
                caption_language,
            } => {
                self.title = title.clone();
                self.rules = rules.clone();
                self.caption_language = caption_language.clone();
            }
            Fact::Amended { title, rules } => {
                self.title = title.clone();
                self.rules = rules.clone();
            }
            Fact::DoorsOpened => self.phase = Phase::Doors,
            Fact::WentLive => {
                self.phase = Phase::Live;
                self.live_since = Some(at);
            }
            Fact::Ended => {
                self.phase = Phase::Ended;
                self.ended_at = Some(at);
            }
            Fact::WentOffRecord => self.on_record = false,
            Fact::WentOnRecord => self.on_record = true,
            Fact::AnnouncementStarted { title } => self.announcement = Some(title.clone()),
            Fact::AnnouncementEnded => self.announcement = None,
            _ => {}
        }
    }
}

impl Room {
    /// The programme was edited: title and rules follow, until the event has ended.
    pub fn amend(&self, title: &Text, rules: &GroundRules) -> Vec<Fact> {
        if self.record.has_ended() || (&self.record.title == title && &self.record.rules == rules) {
            return Vec::new();
        }
        vec![Fact::Amended {
            title: title.clone(),
            rules: rules.clone(),
        }]
    }

    /// Doors open with it when they were closed; the spokesperson and the chair walk on stage.
    pub(super) fn go_live(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        if self.record.phase == Phase::Closed {
            facts.push(Fact::DoorsOpened);
        }
        facts.push(Fact::WentLive);
        facts.extend(
            self.roster
                .opening_cast()
                .map(|seat| Fact::Moved { seat, to: Zone::Stage }),
        );
        facts
    }

    /// Closes whatever is open, so that no question is left without an end.
    pub(super) fn end(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut waiting: Vec<_> = self.desk.waiting().collect();
        if let Some(holder) = self.floor.holder() {
            let outcome = holder.outcome();
            facts.extend(self.stepped_down(holder, outcome));
            if outcome == Outcome::Answered {
                waiting.retain(|question| !self.desk.members(holder.question).any(|member| member == *question));
            }
            if outcome == Outcome::Requeue {
                waiting.push(holder.question);
            }
        }
        facts.extend(self.end_of_announcement());
        facts.extend(waiting.into_iter().map(|question| Fact::NotReached { question }));
        facts.push(Fact::Ended);
        facts
    }
}
