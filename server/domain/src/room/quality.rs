//! How everybody's connection does, in words a chair understands: one row for each person and direction, judged here and
//! nowhere else, and the alarm for somebody on stage who comes through badly. Only figures of the last seconds; nothing of
//! it is journaled but the alarm.

use crate::{
    id::SeatId,
    media::{Direction, LinkHealth, PeerLink, SourceKind},
    person::{NameCard, Role},
    room::{Room, command::Zone},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use ts_rs::TS;

/// Alarm word for somebody on stage whose picture and sound arrive badly.
pub const LINK_BAD: &str = "link_bad";
/// Rows sent to the console, worst first. More costs every member of the staff bandwidth each second.
pub const MAX_ROWS: usize = 80;
/// Figures older than this are of somebody who has left.
const STALE: Duration = Duration::from_secs(4);
/// Bad reports in a row before the alarm. Fewer alarms at a hiccup, more leaves the chair unaware.
const ALARMING: u8 = 5;
/// Reports in a row without anybody bad before the alarm goes.
const CALM: u8 = 10;
/// A key-frame request in each of these is a picture that stands still again and again.
const MANY_FREEZES: u32 = 3;

/// One word for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    Bad,
    Weak,
    Good,
    /// Nothing flows in this direction now.
    Idle,
}

/// What is wrong first, when something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    Loss,
    Delay,
    Jitter,
    Freezes,
    /// Connected, and nothing arrives.
    Silence,
}

/// One person, one direction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct LinkRow {
    pub seat: SeatId,
    pub role: Role,
    pub card: NameCard,
    pub zone: Zone,
    pub direction: Direction,
    /// What is sent, when it is a screen or a camera.
    pub kind: Option<SourceKind>,
    pub health: LinkHealth,
    pub state: LinkState,
    pub trouble: Option<Trouble>,
}

/// The quality wall: the rows that matter most, and how many there are of each state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, utoipa::ToSchema)]
pub struct Quality {
    pub rows: Vec<LinkRow>,
    pub good: u32,
    pub weak: u32,
    pub bad: u32,
    pub idle: u32,
}

/// The state of a connection, and why.
pub fn judge(direction: Direction, health: &LinkHealth) -> (LinkState, Option<Trouble>) {
    if health.bitrate == 0 {
        // Camera and microphone may be switched off: no reason for an alarm. Who has lost the connection has another one.
        return match direction {
            Direction::Up => (LinkState::Idle, Some(Trouble::Silence)),
            Direction::Down => (LinkState::Idle, None),
        };
    }
    let rtt = health.rtt_ms.unwrap_or(0);
    let checks = [
        (Trouble::Loss, health.loss > 0.08, health.loss > 0.02),
        (Trouble::Freezes, health.freezes >= MANY_FREEZES, health.freezes > 0),
        (Trouble::Delay, rtt > 800, rtt > 300),
        (Trouble::Jitter, health.jitter_ms > 120, health.jitter_ms > 40),
    ];
    let worst = |pick: fn(&(Trouble, bool, bool)) -> bool| checks.iter().find(|check| pick(check)).map(|check| check.0);
    match (worst(|check| check.1), worst(|check| check.2)) {
        (Some(trouble), _) => (LinkState::Bad, Some(trouble)),
        (None, Some(trouble)) => (LinkState::Weak, Some(trouble)),
        (None, None) => (LinkState::Good, None),
    }
}

/// The newest figures of each connection.
#[derive(Clone, Debug, Default)]
pub struct Board {
    links: BTreeMap<(SeatId, Direction, Option<SourceKind>), (Timestamp, LinkHealth)>,
    strikes: BTreeMap<SeatId, u8>,
    alarming: bool,
    calm: u8,
    judged: Option<Timestamp>,
}

/// Several I/O threads report their shares of one room; it is judged so often at most.
const ROUND: Duration = Duration::from_millis(800);

/// What became of the alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarmed {
    /// Names of those who come through badly.
    Raised(String),
    Cleared,
}

impl Board {
    /// Takes the figures of one second; true when it is time to look at all of them.
    pub fn hear(&mut self, now: Timestamp, links: Vec<PeerLink>) -> bool {
        for link in links {
            self.links
                .insert((link.seat, link.direction, link.kind), (now, link.health));
        }
        self.links.retain(|_, (at, _)| now.since(*at) < STALE);
        let due = self.judged.is_none_or(|judged| now.since(judged) >= ROUND);
        if due {
            self.judged = Some(now);
        }
        due
    }

    /// Whether somebody on stage has come through badly for long enough, or nobody does any more.
    pub fn alarm(&mut self, room: &Room) -> Option<Alarmed> {
        let bad: BTreeSet<SeatId> = self
            .links
            .iter()
            .filter(|((seat, direction, _), (_, health))| {
                *direction == Direction::Up
                    && room.roster().seat(*seat).is_some_and(|seat| seat.zone == Zone::Stage)
                    && judge(*direction, health).0 == LinkState::Bad
            })
            .map(|((seat, ..), _)| *seat)
            .collect();
        self.strikes.retain(|seat, _| bad.contains(seat));
        for seat in &bad {
            let strikes = self.strikes.entry(*seat).or_default();
            *strikes = strikes.saturating_add(1);
        }
        self.calm = if bad.is_empty() { self.calm.saturating_add(1) } else { 0 };
        if self.alarming && self.calm >= CALM {
            self.alarming = false;
            return Some(Alarmed::Cleared);
        }
        let long: Vec<&str> = self
            .strikes
            .iter()
            .filter(|(_, strikes)| **strikes >= ALARMING)
            .filter_map(|(seat, _)| Some(room.roster().seat(*seat)?.card.name.as_str()))
            .collect();
        if self.alarming || long.is_empty() {
            return None;
        }
        self.alarming = true;
        Some(Alarmed::Raised(long.join(", ")))
    }

    /// The wall, worst first; those on stage before those who watch.
    pub fn wall(&self, room: &Room) -> Quality {
        let mut quality = Quality::default();
        let mut rows = Vec::new();
        for ((seat, direction, kind), (_, health)) in &self.links {
            let Some(seat) = room.roster().seat(*seat).filter(|seat| !seat.removed) else {
                continue;
            };
            let mut health = *health;
            if *direction == Direction::Up && health.rtt_ms.is_none() {
                // The way there and back is the same network; the server is told it only where it sends.
                let down = self.links.get(&(seat.id, Direction::Down, None));
                health.rtt_ms = down.and_then(|(_, health)| health.rtt_ms);
            }
            let (state, trouble) = judge(*direction, &health);
            *match state {
                LinkState::Good => &mut quality.good,
                LinkState::Weak => &mut quality.weak,
                LinkState::Bad => &mut quality.bad,
                LinkState::Idle => &mut quality.idle,
            } += 1;
            rows.push(LinkRow {
                seat: seat.id,
                role: seat.role,
                card: seat.card.clone(),
                zone: seat.zone,
                direction: *direction,
                kind: *kind,
                health,
                state,
                trouble,
            });
        }
        rows.sort_by(|one, other| {
            let key = |row: &LinkRow| (row.state, row.zone != Zone::Stage, row.direction);
            key(one)
                .cmp(&key(other))
                .then_with(|| one.card.name.cmp(&other.card.name))
        });
        rows.truncate(MAX_ROWS);
        quality.rows = rows;
        quality
    }
}

#[cfg(test)]
mod tests;
