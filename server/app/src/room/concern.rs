//! Whom a fact concerns: who gets a new own section, and whether the others must see it at once. A connection more or less
//! is shown a moment later together with others, so that two thousand arrivals are not two thousand notices to each.

use rostrum_domain::{
    id::SeatId,
    room::{Room, fact::Fact},
};
use std::collections::BTreeSet;

/// What has changed since people were last told.
#[derive(Debug, Default)]
pub struct Concern {
    pub everybody: bool,
    pub team: bool,
    pub askers: bool,
    pub seats: BTreeSet<SeatId>,
    /// Sections that follow commands.
    pub prompt: bool,
    /// Sections that follow people, to be shown at once.
    pub gathered: bool,
    /// The same, a moment later.
    pub gathered_soon: bool,
}

impl Concern {
    pub fn note(&mut self, fact: &Fact) {
        match fact {
            Fact::SeatTaken { seat, .. } | Fact::Connected { seat } | Fact::Disconnected { seat } => {
                self.seats.insert(*seat);
                self.prompt = true;
                self.gathered_soon = true;
            }
            Fact::RulesAccepted { seat, .. } | Fact::NoteSent { to: seat, .. } => {
                self.seats.insert(*seat);
            }
            Fact::Muted { seat }
            | Fact::Unmuted { seat }
            | Fact::Moved { seat, .. }
            | Fact::Removed { seat, .. }
            | Fact::SatInHall { seat, .. } => {
                self.seats.insert(*seat);
                self.prompt = true;
                self.gathered = true;
            }
            Fact::Convened { .. }
            | Fact::Amended { .. }
            | Fact::DoorsOpened
            | Fact::WentLive
            | Fact::Ended
            | Fact::WentOffRecord
            | Fact::WentOnRecord => {
                self.everybody = true;
                self.prompt = true;
                self.gathered = true;
            }
            Fact::Submitted { .. }
            | Fact::Withdrawn { .. }
            | Fact::Held { .. }
            | Fact::Released { .. }
            | Fact::Declined { .. }
            | Fact::Listed { .. }
            | Fact::Unlisted { .. }
            | Fact::Called { .. }
            | Fact::DeviceReady { .. }
            | Fact::OnAir { .. }
            | Fact::FollowUpAllowed { .. }
            | Fact::SteppedDown { .. }
            | Fact::NotReached { .. }
            | Fact::LineRuled { .. }
            | Fact::Placed { .. }
            | Fact::Unplaced { .. }
            | Fact::LineStood { .. }
            | Fact::CalledOutOfTurn { .. }
            | Fact::Grouped { .. }
            | Fact::Ungrouped { .. }
            | Fact::WentWithLead { .. }
            | Fact::FollowsUp { .. }
            | Fact::Restored { .. }
            | Fact::Promised { .. }
            | Fact::AnsweredInWriting { .. }
            | Fact::ClosedUnanswered { .. } => {
                self.askers = true;
                self.team = true;
                self.prompt = true;
                self.gathered = true;
            }
            Fact::AnnouncementStarted { .. }
            | Fact::AnnouncementEnded
            | Fact::ShowPlanned { .. }
            | Fact::ShowStepped { .. }
            | Fact::AlarmRaised { .. }
            | Fact::AlarmCleared { .. } => {
                self.team = true;
                self.prompt = true;
            }
        }
    }

    /// Whether this seat's own section may read differently now.
    pub fn touches(&self, room: &Room, seat: SeatId) -> bool {
        let asked = |seat| room.desk().of_person(seat).next().is_some();
        self.everybody
            || self.seats.contains(&seat)
            || room
                .roster()
                .seat(seat)
                .is_some_and(|seat| (self.team && seat.role.is_team()) || (self.askers && asked(seat.person)))
    }

    pub fn touches_anybody(&self) -> bool {
        self.everybody || self.team || self.askers || !self.seats.is_empty()
    }
}
