//! One event's room. [`Room::apply`] decides (pure), the facts it returns are journalled, [`Room::evolve`] folds them:
//! a killed server replays the journal and stands where it stood. The room also holds the event's questions, before,
//! during and after. It refuses to know sockets, media packets or the time: those come in as arguments.

mod alarms;
mod announcements;
pub mod command;
pub mod count;
mod desk;
pub mod fact;
pub mod fair;
mod floor;
mod groups;
mod line;
pub mod may;
pub mod minutes;
pub mod outcomes;
pub mod plan;
mod promises;
pub mod quality;
mod record;
mod roster;
pub mod sections;
pub mod show;
pub mod view;

pub use alarms::Alarms;
pub use desk::{Desk, MAX_OPEN_QUESTIONS};
pub use floor::{Floor, Holder};
pub use line::{Line, Override};
pub use record::Record;
pub use roster::{Roster, Seat};

use crate::{
    id::{EventId, PersonId},
    person::{NameCard, Role},
    room::{
        command::{Command, Refusal},
        fact::{Entry, Fact},
        show::Show,
    },
    time::Timestamp,
};
use uuid::Uuid;

/// Who gives a command. The role and the name come from the accreditation, never from the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub person: PersonId,
    pub role: Role,
    pub card: NameCard,
}

/// The whole state of one room, cut by concern. Equal journals make equal rooms.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    event: EventId,
    record: Record,
    roster: Roster,
    desk: Desk,
    floor: Floor,
    alarms: Alarms,
    show: Show,
}

impl Room {
    /// A room of which nothing is known yet; its first fact is `Convened`.
    pub fn new(event: EventId) -> Self {
        Self {
            event,
            record: Record::default(),
            roster: Roster::default(),
            desk: Desk::default(),
            floor: Floor::default(),
            alarms: Alarms::default(),
            show: Show::default(),
        }
    }

    /// The room as its journal tells.
    pub fn replay<'a>(event: EventId, entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut room = Self::new(event);
        for entry in entries {
            room.evolve(entry.at, &entry.fact);
        }
        room
    }

    /// What follows from a command, or why it is refused. Changes nothing: journal the facts, then [`Self::evolve`] each.
    /// `fresh` becomes the id of a question, when one is made.
    pub fn apply(&self, now: Timestamp, actor: &Actor, command: &Command, fresh: Uuid) -> Result<Vec<Fact>, Refusal> {
        self.may(actor, command.into())?;
        match command {
            Command::AcceptRules { version } => self.accept_rules(actor, *version),

            Command::RaiseHand { language, topic } => self.raise_hand(actor, language, topic.as_deref(), fresh),
            Command::LowerHand => self.lower_hand(actor),
            Command::Submit { draft } => self.submit(actor, draft, fresh),
            Command::Withdraw { question } => self.withdraw(actor, *question),

            Command::FollowUp { parent, draft } => self.follow_up(actor, *parent, draft, fresh),
            Command::SitInHall { hall } => self.sit_in_hall(actor, *hall),

            Command::Ready => self.ready(),
            Command::LeaveFloor => self.leave_floor(),

            Command::Hold { question, reason } => self.hold(*question, reason.as_deref()),
            Command::Release { question } => self.release(*question),
            Command::Decline { question, reason } => self.decline(*question, reason),
            Command::List { question, before } => self.list(*question, *before),
            Command::Unlist { question } => self.unlist(*question),
            Command::Place {
                question,
                before,
                reason,
            } => self.place(*question, *before, reason),
            Command::Unplace { question } => self.unplace(*question),
            Command::Group { lead, members } => self.group(*lead, members),
            Command::Ungroup { question } => self.ungroup(*question),
            Command::Restore { question } => self.restore(*question),
            Command::Promise { question, due, owner } => self.promise(now, actor, *question, *due, *owner),
            Command::AnswerInWriting {
                question,
                text,
                language,
                speaker,
            } => self.answer_in_writing(now, actor, *question, text, language, *speaker),
            Command::CloseUnanswered { question, reason } => self.close_unanswered(*question, reason),

            Command::OpenDoors => Ok(vec![Fact::DoorsOpened]),
            Command::GoLive => Ok(self.go_live()),
            Command::End => Ok(self.end()),
            Command::GoOffRecord => Ok(vec![Fact::WentOffRecord]),
            Command::GoOnRecord => Ok(vec![Fact::WentOnRecord]),
            Command::Call { question } => self.call(*question),
            Command::CallOutOfTurn { question, reason } => self.call_out_of_turn(*question, reason),
            Command::RuleLine { rule, reason } => self.change_rule(rule.as_ref(), reason),
            Command::PlanShow { plan } => self.plan_show(*plan),
            Command::StepShow { to } => self.step_show(*to),
            Command::PutOnAir => self.put_on_air(),
            Command::AllowFollowUp => self.allow_follow_up(),
            Command::StepDown { outcome } => self.step_down(now, actor, *outcome),
            Command::StartAnnouncement { title } => self.start_announcement(title),
            Command::EndAnnouncement => Ok(vec![Fact::AnnouncementEnded]),
            Command::Mute { seat } => self.mute(*seat),
            Command::Unmute { seat } => self.unmute(*seat),
            Command::Move { seat, to } => self.move_seat(*seat, *to),
            Command::Remove { seat, reason } => self.remove(actor, *seat, reason),
            Command::Note { to, text } => self.note(*to, text),
            Command::ClearAlarm { alarm } => self.clear_alarm(alarm),

            Command::TypeCaption { seat, text, .. } => self.type_caption(now, *seat, text),
        }
    }

    /// Folds one journalled fact. Each concern takes from it what is its own.
    pub fn evolve(&mut self, at: Timestamp, fact: &Fact) {
        self.record.evolve(at, fact);
        self.roster.evolve(fact);
        self.desk.evolve(at, fact);
        self.floor.evolve(at, fact);
        self.alarms.evolve(at, fact);
        self.show.evolve(at, fact);
    }

    pub fn event(&self) -> EventId {
        self.event
    }

    /// Phase, record, rules and the announcement.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Who has a seat.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// All questions and the call list.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Who is called or on air.
    pub fn floor(&self) -> &Floor {
        &self.floor
    }

    pub fn alarms(&self) -> &Alarms {
        &self.alarms
    }

    /// Remarks, questions, closing, and since when.
    pub fn show(&self) -> &Show {
        &self.show
    }
}

/// Longest reason, note or title, in characters. Higher: walls of text on a chair's screen; lower: reasons get cut.
pub const MAX_REMARK: usize = 500;

/// A text that must say something and be no longer than `limit` characters.
fn checked(text: &str, limit: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        Err(Refusal::Empty)
    } else if text.chars().count() > limit {
        Err(Refusal::TooLong)
    } else {
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
