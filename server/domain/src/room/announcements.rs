//! Announcements: what the spokesperson reads before and between questions. They give the record its chapters.

use crate::{
    id::SeatId,
    room::{MAX_REMARK, Room, checked, command::Refusal, fact::Fact},
    time::Timestamp,
};

/// Longest caption line typed by hand, in characters. Higher: a paragraph covers the picture; lower: sentences get cut.
const MAX_CAPTION: usize = 1000;

impl Room {
    /// Starts an announcement; one that still runs ends with it.
    pub(super) fn start_announcement(&self, title: &str) -> Result<Vec<Fact>, Refusal> {
        let title = checked(title, MAX_REMARK)?;
        let mut facts = self.end_of_announcement();
        facts.push(Fact::AnnouncementStarted { title });
        Ok(facts)
    }

    pub(super) fn end_of_announcement(&self) -> Vec<Fact> {
        if self.record.announcement().is_some() {
            vec![Fact::AnnouncementEnded]
        } else {
            Vec::new()
        }
    }

    /// A typed caption changes nothing in the room: only whether it may be shown and stored is decided here.
    pub(super) fn type_caption(&self, _now: Timestamp, seat: Option<SeatId>, text: &str) -> Result<Vec<Fact>, Refusal> {
        checked(text, MAX_CAPTION)?;
        if let Some(seat) = seat {
            self.roster.seat(seat).ok_or(Refusal::NoSuchSeat)?;
        }
        Ok(Vec::new())
    }
}
