//! Who has a seat, where, and whether they are connected now. A seat belongs to one person and survives reloads, drops
//! and changes of device; only `Remove` ends it.

use crate::{
    id::{EventId, PersonId, SeatId},
    person::{NameCard, Role},
    question::Question,
    room::{
        Actor, MAX_REMARK, Room, checked,
        command::{Refusal, Zone},
        fact::Fact,
    },
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Alarm word for a spokesperson on stage who lost the connection.
pub const SPOKESPERSON_LOST: &str = "spokesperson_lost";

/// One person's place in the room.
#[derive(Clone, Debug, PartialEq)]
pub struct Seat {
    pub id: SeatId,
    pub person: PersonId,
    pub role: Role,
    pub card: NameCard,
    pub zone: Zone,
    pub connected: bool,
    pub muted: bool,
    pub removed: bool,
    /// Version of the ground rules this person accepted last.
    pub rules_accepted: Option<u32>,
    /// Latest note from the team.
    pub note: Option<String>,
    /// Asks at the hall's microphone.
    pub hall: bool,
}

/// All seats ever taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roster {
    seats: BTreeMap<SeatId, Seat>,
    of_person: BTreeMap<PersonId, SeatId>,
    connected: u32,
}

impl SeatId {
    /// A person's seat in one event is always the same, so a grant can name it before it is taken.
    pub fn of(event: EventId, person: PersonId) -> Self {
        let digest = Sha256::new()
            .chain_update(b"seat")
            .chain_update(event.0)
            .chain_update(person.0)
            .finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

impl Role {
    /// The house's people; the others are the floor.
    pub fn is_team(self) -> bool {
        !matches!(self, Self::Journalist | Self::Observer)
    }

    /// Where somebody with this role sits down first.
    pub fn first_zone(self) -> Zone {
        match self {
            Self::Officer | Self::Chair | Self::Spokesperson | Self::Speaker | Self::Captioner => Zone::Backstage,
            Self::Admin | Self::Journalist | Self::Editor | Self::Reviewer | Self::Observer => Zone::Gallery,
        }
    }
}

impl Roster {
    pub fn seat(&self, seat: SeatId) -> Option<&Seat> {
        self.seats.get(&seat)
    }

    pub fn of_person(&self, person: PersonId) -> Option<&Seat> {
        self.of_person.get(&person).and_then(|seat| self.seats.get(seat))
    }

    /// Every seat that was not taken away, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Seat> {
        self.seats.values().filter(|seat| !seat.removed)
    }

    /// People connected now.
    pub fn connected(&self) -> u32 {
        self.connected
    }

    /// Who walks on stage when the event goes live.
    pub(super) fn opening_cast(&self) -> impl Iterator<Item = SeatId> {
        self.iter()
            .filter(|seat| matches!(seat.role, Role::Spokesperson | Role::Chair) && seat.zone == Zone::Backstage)
            .map(|seat| seat.id)
    }

    pub(super) fn evolve(&mut self, fact: &Fact) {
        match fact {
            Fact::SeatTaken {
                seat,
                person,
                role,
                card,
            } => self.take(*seat, *person, *role, card),
            Fact::Connected { seat } => self.connect(*seat, true),
            Fact::Disconnected { seat } => self.connect(*seat, false),
            Fact::RulesAccepted { seat, version } => self.change(*seat, |seat| seat.rules_accepted = Some(*version)),
            Fact::Called { seat, .. } => self.change(*seat, |seat| seat.zone = Zone::Side),
            Fact::OnAir { seat, .. } => self.change(*seat, |seat| seat.zone = Zone::Stage),
            Fact::SteppedDown { seat, .. } => self.change(*seat, |seat| {
                seat.zone = Zone::Gallery;
                seat.muted = false;
            }),
            Fact::Muted { seat } => self.change(*seat, |seat| seat.muted = true),
            Fact::Unmuted { seat } => self.change(*seat, |seat| seat.muted = false),
            Fact::Moved { seat, to } => self.change(*seat, |seat| seat.zone = *to),
            Fact::Removed { seat, .. } => {
                self.connect(*seat, false);
                self.change(*seat, |seat| {
                    seat.removed = true;
                    seat.zone = Zone::Gallery;
                });
            }
            Fact::SatInHall { seat, hall } => self.change(*seat, |seat| seat.hall = *hall),
            Fact::NoteSent { to, text } => self.change(*to, |seat| seat.note = Some(text.clone())),
            _ => {}
        }
    }

    fn take(&mut self, id: SeatId, person: PersonId, role: Role, card: &NameCard) {
        self.of_person.insert(person, id);
        self.seats
            .entry(id)
            .and_modify(|seat| {
                if seat.role != role {
                    seat.role = role;
                    seat.zone = role.first_zone();
                }
                seat.card = card.clone();
            })
            .or_insert_with(|| Seat {
                id,
                person,
                role,
                card: card.clone(),
                zone: role.first_zone(),
                connected: false,
                muted: false,
                removed: false,
                rules_accepted: None,
                note: None,
                hall: false,
            });
    }

    fn connect(&mut self, seat: SeatId, connected: bool) {
        if let Some(seat) = self.seats.get_mut(&seat)
            && seat.connected != connected
        {
            seat.connected = connected;
            self.connected = if connected {
                self.connected + 1
            } else {
                self.connected - 1
            };
        }
    }

    fn change(&mut self, seat: SeatId, change: impl FnOnce(&mut Seat)) {
        if let Some(seat) = self.seats.get_mut(&seat) {
            change(seat);
        }
    }
}

impl Room {
    /// Somebody comes to a door of the room, be it only to watch. Taking the same seat again is no news.
    pub fn sit(&self, actor: &Actor) -> Result<Vec<Fact>, Refusal> {
        let seat = SeatId::of(self.event, actor.person);
        let held = self.roster.seat(seat);
        if held.is_some_and(|held| held.removed) {
            return Err(Refusal::NotAllowed);
        }
        if held.is_some_and(|held| self.may_keep(held, actor) && held.card == actor.card) {
            return Ok(Vec::new());
        }
        // Whoever is called or on air keeps the role under which they were called.
        let role = held
            .filter(|held| self.may_keep(held, actor))
            .map_or(actor.role, |held| held.role);
        let (person, card) = (actor.person, actor.card.clone());
        Ok(vec![Fact::SeatTaken {
            seat,
            person,
            role,
            card,
        }])
    }

    /// Somebody opens the room on a device.
    pub fn enter(&self, actor: &Actor) -> Result<Vec<Fact>, Refusal> {
        let mut facts = self.sit(actor)?;
        let seat = SeatId::of(self.event, actor.person);
        if !self.roster.seat(seat).is_some_and(|held| held.connected) {
            facts.push(Fact::Connected { seat });
        }
        if actor.role == Role::Spokesperson {
            facts.extend(self.all_clear(SPOKESPERSON_LOST));
        }
        Ok(facts)
    }

    fn may_keep(&self, held: &Seat, actor: &Actor) -> bool {
        held.role == actor.role || self.floor.is_held_by(held.id)
    }

    /// The connection of a seat is gone. Its place, its role and its place in line stay.
    pub fn leave(&self, seat: SeatId) -> Vec<Fact> {
        let Some(held) = self.roster.seat(seat).filter(|held| held.connected) else {
            return Vec::new();
        };
        let mut facts = vec![Fact::Disconnected { seat }];
        if held.role == Role::Spokesperson && held.zone == Zone::Stage && self.record.is_live() {
            facts.extend(self.alarm(SPOKESPERSON_LOST, &held.card.name));
        }
        facts
    }

    pub(super) fn accept_rules(&self, actor: &Actor, version: u32) -> Result<Vec<Fact>, Refusal> {
        let seat = self.roster.of_person(actor.person).ok_or(Refusal::NoSuchSeat)?;
        if version != self.record.rules().version {
            return Err(Refusal::RulesChanged);
        }
        if seat.rules_accepted == Some(version) {
            return Err(Refusal::AlreadySo);
        }
        Ok(vec![Fact::RulesAccepted { seat: seat.id, version }])
    }

    pub(super) fn sit_in_hall(&self, actor: &Actor, hall: bool) -> Result<Vec<Fact>, Refusal> {
        let seat = self.roster.of_person(actor.person).ok_or(Refusal::NoSuchSeat)?;
        if self.floor.is_held_by(seat.id) {
            return Err(Refusal::WrongState);
        }
        if seat.hall == hall {
            return Err(Refusal::AlreadySo);
        }
        Ok(vec![Fact::SatInHall { seat: seat.id, hall }])
    }

    pub(super) fn mute(&self, seat: SeatId) -> Result<Vec<Fact>, Refusal> {
        if self.present(seat)?.muted {
            Err(Refusal::AlreadySo)
        } else {
            Ok(vec![Fact::Muted { seat }])
        }
    }

    pub(super) fn unmute(&self, seat: SeatId) -> Result<Vec<Fact>, Refusal> {
        if self.present(seat)?.muted {
            Ok(vec![Fact::Unmuted { seat }])
        } else {
            Err(Refusal::AlreadySo)
        }
    }

    /// Only the team is moved by hand: journalists reach the stage by being called, so never two at once.
    pub(super) fn move_seat(&self, seat: SeatId, to: Zone) -> Result<Vec<Fact>, Refusal> {
        let held = self.present(seat)?;
        if !held.role.is_team() || to == Zone::Side || self.floor.is_held_by(seat) {
            return Err(Refusal::WrongState);
        }
        if held.zone == to {
            return Err(Refusal::AlreadySo);
        }
        Ok(vec![Fact::Moved { seat, to }])
    }

    pub(super) fn remove(&self, actor: &Actor, seat: SeatId, reason: &str) -> Result<Vec<Fact>, Refusal> {
        let held = self.present(seat)?;
        if held.person == actor.person {
            return Err(Refusal::NotAllowed);
        }
        let reason = checked(reason, MAX_REMARK)?;
        let mut facts = Vec::new();
        if let Some(holder) = self.floor.holder().filter(|holder| holder.seat == seat) {
            facts.extend(self.stepped_down(holder, holder.outcome()));
        }
        if !self.record.has_ended() {
            facts.extend(self.declined_all(held.person, &reason));
        }
        facts.push(Fact::Removed { seat, reason });
        Ok(facts)
    }

    /// Everything this person has open, and whoever counted on it stands alone again.
    fn declined_all(&self, person: PersonId, reason: &str) -> Vec<Fact> {
        let on_air = self.floor.holder().filter(|holder| holder.is_on_air());
        let gone = |question: &Question| on_air.is_some_and(|holder| question.group == Some(holder.question));
        let mut facts = Vec::new();
        for question in self.desk.open_of(person).filter(|question| !gone(question)) {
            let others = self.dissolved(question.id).filter(|fact| match fact {
                Fact::Ungrouped { question } => {
                    let member = self.desk.question(*question);
                    member.is_some_and(|member| member.asker != person)
                }
                _ => true,
            });
            facts.extend(others);
            facts.push(Fact::Declined {
                question: question.id,
                reason: reason.to_owned(),
            });
        }
        facts
    }

    pub(super) fn note(&self, to: SeatId, text: &str) -> Result<Vec<Fact>, Refusal> {
        self.present(to)?;
        Ok(vec![Fact::NoteSent {
            to,
            text: checked(text, MAX_REMARK)?,
        }])
    }

    fn present(&self, seat: SeatId) -> Result<&Seat, Refusal> {
        self.roster
            .seat(seat)
            .filter(|seat| !seat.removed)
            .ok_or(Refusal::NoSuchSeat)
    }

    /// Whether this person has accepted the rules as they are now.
    pub fn rules_accepted(&self, seat: &Seat) -> bool {
        seat.rules_accepted == Some(self.record.rules().version)
    }
}
