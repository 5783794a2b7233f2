//! Who hears and sees whom, derived from the room and from what is published now. The only place that decides it.
//! Before the event is live and after its end the floor gets nothing; off the record nothing is tapped.

use crate::{
    id::{SeatId, SourceId},
    media::{Audience, Plan, Programme, SourceHealth, SourceKind},
    person::Role,
    room::{Room, Seat, command::Zone, view::Phase},
};
use std::collections::BTreeMap;

/// One source that the media plane has opened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Published {
    pub seat: SeatId,
    pub kind: SourceKind,
    pub health: Option<SourceHealth>,
}

/// What is published in the room now.
pub type Sources = BTreeMap<SourceId, Published>;

/// The plan for the media plane.
pub fn derive(room: &Room, sources: &Sources) -> Plan {
    let live = room.record().is_live();
    let stage = in_order(room, sources, Zone::Stage);
    let side = in_order(room, sources, Zone::Side);
    let backstage = in_order(room, sources, Zone::Backstage);

    let mut chair = stage.clone();
    chair.video.extend(&side.video);
    let mut green_room = stage.clone();
    green_room.video.extend(&backstage.video);
    green_room.audio.extend(&backstage.audio);

    Plan {
        tapped: if room.record().is_captured() {
            stage.video.clone()
        } else {
            Vec::new()
        },
        programmes: BTreeMap::from([
            (Audience::Floor, if live { stage } else { Programme::default() }),
            (Audience::Chair, chair),
            (Audience::Backstage, green_room),
        ]),
        audiences: room
            .roster()
            .iter()
            .filter_map(|seat| Some((seat.id, audience(room, seat)?)))
            .collect(),
        muted: muted(room, sources),
    }
}

/// What this seat is sent; `None` is nothing.
fn audience(room: &Room, seat: &Seat) -> Option<Audience> {
    let phase = room.record().phase();
    match (seat.zone, seat.role) {
        // While live the desk watches the stage and the journalist called next.
        (_, Role::Chair) | (Zone::Backstage | Zone::Gallery, Role::Officer) if phase == Phase::Live => {
            Some(Audience::Chair)
        }
        (Zone::Backstage, _) => Some(Audience::Backstage),
        // Before and after, whoever stands on stage still talks with the team.
        (Zone::Stage, _) if phase != Phase::Live => Some(Audience::Backstage),
        (_, role) if phase == Phase::Closed && !role.is_team() => None,
        (Zone::Stage | Zone::Side | Zone::Gallery, _) => Some(Audience::Floor),
    }
}

/// The sources of a zone, most important first; screens before cameras. Every source may carry picture and sound.
fn in_order(room: &Room, sources: &Sources, zone: Zone) -> Programme {
    let mut ranked: Vec<_> = sources
        .iter()
        .filter_map(|(source, published)| {
            let seat = room
                .roster()
                .seat(published.seat)
                .filter(|seat| seat.zone == zone && !seat.removed)?;
            let camera = published.kind == SourceKind::Camera;
            Some(((camera, rank(room, seat), *source), *source))
        })
        .collect();
    ranked.sort_unstable_by_key(|(rank, _)| *rank);
    let ordered: Vec<_> = ranked.into_iter().map(|(_, source)| source).collect();
    Programme {
        video: ordered.clone(),
        audio: ordered,
    }
}

/// The journalist on air, the spokesperson, speakers, the rest of the team, the chair.
pub(super) fn rank(room: &Room, seat: &Seat) -> u8 {
    match seat.role {
        _ if room.floor().is_held_by(seat.id) => 0,
        Role::Spokesperson => 1,
        Role::Speaker => 2,
        Role::Chair => 4,
        _ => 3,
    }
}

fn muted(room: &Room, sources: &Sources) -> Vec<SourceId> {
    let is_muted = |seat: SeatId| room.roster().seat(seat).is_none_or(|seat| seat.muted || seat.removed);
    sources
        .iter()
        .filter(|(_, published)| is_muted(published.seat))
        .map(|(source, _)| *source)
        .collect()
}
