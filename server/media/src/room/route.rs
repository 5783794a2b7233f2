//! From the plan to the fan-out table: which source each slot of each subscriber shows, in which layer, and therefore
//! which packets go where. Everything is derived anew; what did not change stays as it was.

use super::{
    Room,
    allocate::{Demand, Layer, Rank, Rung, allocate, camera, screen},
    assign::{assign, loudest},
    tap::Tap,
};
use crate::{
    arena::Arena,
    egress::{Egress, slot::Slot},
    ingest::{Ingest, Route, track::Track},
    packet::TrackId,
    plane::Seated,
};
use rostrum_domain::{
    id::{SeatId, SourceId, SubscriberId},
    media::{Plan, Programme, Sight, SlotShows, SourceKind},
};
use std::time::{Duration, Instant};

/// A recorded source gives a key frame at least this often: the programme can only be cut there. Longer cuts later (a
/// cut shows the one before until then), shorter spends more on key frames (at this, a twentieth to a tenth).
const CUTS: Duration = Duration::from_secs(4);

/// Opus of one person with its headers.
const ONE_VOICE: u32 = 48_000;

type Ingests = Arena<Seated<Ingest>>;
type Egresses = Arena<Seated<Egress>>;

/// Brings routes, wishes and taps of the room in line with its plan; reports what viewers have to learn.
pub(crate) fn route(
    room: &mut Room,
    now: Instant,
    ingests: &mut Ingests,
    egresses: &mut Egresses,
    mut sight: impl FnMut(Sight),
) {
    for &place in room.sources.values() {
        if let Some(ingest) = ingests.get_mut(place) {
            ingest.peer.audio_routes.clear();
            ingest.peer.video_routes.clear();
        }
    }
    room.crowded = false;
    for (&subscriber, &place) in &room.subscribers {
        let Some(egress) = egresses.get_mut(place).map(|placed| &mut placed.peer) else {
            continue;
        };
        let seat = egress.subscriber.seat;
        let programme = programme_for(&room.plan, seat);
        room.crowded |= route_audio(room, &programme, seat, egress, place, ingests, now);
        route_video(room, &programme, seat, egress, place, ingests, now);
        let shows: Vec<SlotShows> = egress
            .slots
            .iter()
            .map(|slot| SlotShows {
                mid: slot.mid.clone(),
                source: slot.source,
            })
            .collect();
        if egress.connected() && egress.announced.as_ref() != Some(&shows) {
            egress.announced = Some(shows.clone());
            sight(Sight::Slots {
                subscriber,
                seat,
                slots: shows,
            });
        }
    }
    tap(room, now, ingests);
    for (source, resting) in rest(room, now, ingests, egresses) {
        let seat = room.sources.get(&source).and_then(|&place| ingests.get(place));
        if let Some(seat) = seat.map(|ingest| ingest.peer.publisher.seat) {
            sight(Sight::LayersResting {
                source,
                seat,
                layers: resting,
            });
        }
    }
}

/// The same for one subscriber whose network changed: slots keep their sources. True when a layer that rests is wanted
/// now, so that the publisher has to be told.
pub(crate) fn route_again(
    room: &Room,
    now: Instant,
    ingests: &mut Ingests,
    egresses: &mut Egresses,
    subscriber: SubscriberId,
) -> bool {
    let Some(&place) = room.subscribers.get(&subscriber) else {
        return false;
    };
    let Some(egress) = egresses.get_mut(place).map(|placed| &mut placed.peer) else {
        return false;
    };
    for &source in room.sources.values() {
        if let Some(ingest) = ingests.get_mut(source) {
            ingest.peer.video_routes.retain(|route| route.egress != place);
        }
    }
    let seat = egress.subscriber.seat;
    let programme = programme_for(&room.plan, seat);
    route_video(room, &programme, seat, egress, place, ingests, now);
    let resting = |chosen: &TrackId| {
        let sources = room.sources.values().filter_map(|&place| ingests.get(place));
        sources
            .filter_map(|ingest| ingest.peer.track(*chosen))
            .any(|track| track.rest.paused())
    };
    egress
        .slots
        .iter()
        .filter_map(|slot| slot.chosen)
        .any(|chosen| resting(&chosen))
}

fn programme_for(plan: &Plan, seat: SeatId) -> Programme {
    plan.audiences
        .get(&seat)
        .and_then(|audience| plan.programmes.get(audience))
        .cloned()
        .unwrap_or_default()
}

/// The connected sources of a list that this seat may receive, each once.
fn receivable(
    room: &Room,
    list: &[SourceId],
    seat: SeatId,
    ingests: &Ingests,
    has: impl Fn(&Ingest) -> bool,
) -> Vec<SourceId> {
    let mut found = Vec::new();
    for source in list {
        let ingest = room.sources.get(source).and_then(|&place| ingests.get(place));
        if ingest.is_some_and(|ingest| ingest.peer.publisher.seat != seat && has(&ingest.peer))
            && !found.contains(source)
        {
            found.push(*source);
        }
    }
    found
}

/// True when there are more voices than slots.
fn route_audio(
    room: &Room,
    programme: &Programme,
    seat: SeatId,
    egress: &mut Egress,
    place: usize,
    ingests: &mut Ingests,
    now: Instant,
) -> bool {
    let audible: Vec<SourceId> = receivable(room, &programme.audio, seat, ingests, |ingest| ingest.agreed.has_audio)
        .into_iter()
        .filter(|source| !room.plan.muted.contains(source))
        .collect();
    let shown: Vec<Option<SourceId>> = slots(egress, false).map(|(_, slot)| slot.source).collect();
    let crowded = audible.len() > shown.len();
    let wanted = if crowded {
        let levels: Vec<(SourceId, u8)> = audible
            .iter()
            .map(|source| {
                let ingest = room.sources.get(source).and_then(|&place| ingests.get(place));
                (*source, ingest.map_or(0, |ingest| ingest.peer.loudness.at(now)))
            })
            .collect();
        loudest(&levels, &shown, shown.len())
    } else {
        audible
    };
    let assigned = assign(&wanted, &shown, &vec![None; shown.len()]);
    for ((index, slot), source) in slots(egress, false).zip(assigned) {
        slot.source = source;
        let ingest = source
            .and_then(|source| room.sources.get(&source))
            .and_then(|&place| ingests.get_mut(place));
        match ingest {
            Some(ingest) => {
                slot.wanted = ingest.peer.audio.as_ref().map(|track| track.id);
                if slot.stream.track() != slot.wanted {
                    slot.stream.stop();
                }
                ingest.peer.audio_routes.push(Route {
                    egress: place,
                    slot: index,
                });
            }
            None => slot.silence(),
        }
    }
    crowded
}

fn route_video(
    room: &Room,
    programme: &Programme,
    seat: SeatId,
    egress: &mut Egress,
    place: usize,
    ingests: &mut Ingests,
    now: Instant,
) {
    let visible = receivable(room, &programme.video, seat, ingests, |ingest| ingest.agreed.has_video);
    let shown: Vec<Option<SourceId>> = slots(egress, true).map(|(_, slot)| slot.source).collect();
    let pins: Vec<Option<SourceId>> = slots(egress, true).map(|(_, slot)| slot.pin).collect();
    let assigned = assign(&visible, &shown, &pins);
    for ((_, slot), source) in slots(egress, true).zip(&assigned) {
        slot.source = *source;
    }
    choose_layers(room, &visible, egress, ingests, now);
    let limit = egress.budget.limit();
    for (index, slot) in slots(egress, true) {
        let route = Route {
            egress: place,
            slot: index,
        };
        feed(room, &visible, slot, route, limit, ingests, now);
    }
}

/// Sets `wanted` of each video slot.
fn choose_layers(room: &Room, visible: &[SourceId], egress: &mut Egress, ingests: &Ingests, now: Instant) {
    let sound = sound(room, egress, ingests);
    let speaker = room.speaker.current().filter(|speaker| visible.contains(speaker));
    let mut demands: Vec<Demand> = Vec::new();
    let mut slots_of: Vec<usize> = Vec::new();
    let mut tracks_of: Vec<Vec<&Track>> = Vec::new();
    // By importance: the order of the programme; when nobody speaks, its first camera counts as the speaker.
    let mut speaks = speaker;
    for source in visible {
        let Some(ingest) = room.sources.get(source).and_then(|&place| ingests.get(place)) else {
            continue;
        };
        let kind = ingest.peer.publisher.kind;
        if kind == SourceKind::Camera {
            speaks.get_or_insert(*source);
        }
        for (index, slot) in slots(egress, true).filter(|(_, slot)| slot.source == Some(*source) && slot.height > 0) {
            let mut tracks = ingest.peer.offered_layers(now);
            tracks.retain(|track| slot.codec(track.codec).is_some());
            let layers: Vec<Layer> = tracks
                .iter()
                .map(|track| Layer {
                    size: track.size,
                    rates: track.rates(),
                })
                .collect();
            let (rank, rungs) = match kind {
                // A shared screen must be readable: never scaled to the tile.
                SourceKind::Screen => (Rank::Screen, screen(&layers)),
                SourceKind::Camera if speaks == Some(*source) => (Rank::Speaker, camera(&layers, slot.height)),
                SourceKind::Camera => (Rank::Rest, camera(&layers, slot.height)),
            };
            let sent = |rung: &&Rung| Some(tracks[rung.layer].id) == slot.chosen && rung.temporal == slot.temporal;
            let sent_now = rungs.iter().find(sent).copied();
            demands.push(Demand {
                rank,
                rungs,
                now: sent_now,
            });
            slots_of.push(index);
            tracks_of.push(tracks);
        }
    }
    let (chosen, allocated) = allocate(&demands, sound, egress.budget.limit());
    egress.budget.allocate(allocated);
    for (_, slot) in slots(egress, true) {
        (slot.wanted, slot.chosen) = (None, None);
    }
    for ((index, tracks), rung) in slots_of.into_iter().zip(tracks_of).zip(chosen) {
        let slot = &mut egress.slots[index];
        slot.chosen = rung.map(|rung| tracks[rung.layer].id);
        let ingest = slot.source.and_then(|source| ingests.get(*room.sources.get(&source)?));
        slot.wanted = slot.chosen.and_then(|chosen| {
            let usable = |track: &Track| slot.codec(track.codec).is_some();
            ingest?.peer.coming(chosen, usable)
        });
        slot.temporal = rung.map_or(slot.temporal, |rung| rung.temporal);
    }
}

/// Bits per second that are kept for sound: what is heard now, and at least one voice.
fn sound(room: &Room, egress: &Egress, ingests: &Ingests) -> u32 {
    let heard = egress
        .slots
        .iter()
        .filter(|slot| !slot.video)
        .filter_map(|slot| slot.source);
    let rate = |source: SourceId| {
        let ingest = ingests.get(*room.sources.get(&source)?)?;
        Some(ingest.peer.audio.as_ref()?.rates()[2])
    };
    heard.filter_map(rate).sum::<u32>().max(ONE_VOICE)
}

/// Routes the slot's source to it, and what it still shows until the key frame is there, if that may still be seen.
///
/// A layer that is far too large for the network stops at once: its packets would only delay the key frame of the next.
fn feed(
    room: &Room,
    visible: &[SourceId],
    slot: &mut Slot,
    route: Route,
    limit: Option<u32>,
    ingests: &mut Ingests,
    now: Instant,
) {
    let Some(wanted) = slot.wanted else {
        slot.silence();
        return;
    };
    let place_of = |source: &SourceId| room.sources.get(source).copied();
    let source = slot.source.as_ref().and_then(place_of);
    let feeding = slot.stream.track();
    let old = visible.iter().filter_map(place_of).find(|&place| {
        feeding.is_some_and(|track| {
            ingests
                .get(place)
                .is_some_and(|ingest| ingest.peer.track(track).is_some())
        })
    });
    let rate = old.and_then(|place| Some(ingests.get(place)?.peer.track(feeding?)?.rates()[2]));
    let far_too_large = slot.waits() && limit.is_some_and(|limit| rate > Some(limit.saturating_add(limit / 2)));
    if feeding.is_some() && (old.is_none() || far_too_large) {
        slot.stream.stop();
    }
    for place in [source, old.filter(|old| Some(*old) != source)].into_iter().flatten() {
        if let Some(ingest) = ingests.get_mut(place) {
            ingest.peer.video_routes.push(route);
        }
    }
    if slot.waits()
        && let Some(ingest) = source.and_then(|place| ingests.get_mut(place))
    {
        ingest.peer.keyframes.want(now, wanted);
    }
}

/// The layers of each source that rest now, where that changed. Wanted are those chosen for slots and taps.
fn rest(room: &Room, now: Instant, ingests: &mut Ingests, egresses: &Egresses) -> Vec<(SourceId, Vec<String>)> {
    let viewers = room.subscribers.values().filter_map(|&place| egresses.get(place));
    let slots = viewers.flat_map(|viewer| &viewer.peer.slots);
    let mut wanted: Vec<TrackId> = slots.filter_map(|slot| slot.chosen).collect();
    wanted.extend(room.taps.values().filter_map(|tap| tap.chosen));
    wanted.sort_unstable();
    wanted.dedup();
    let told = room.sources.iter().filter_map(|(&source, &place)| {
        let resting = ingests.get_mut(place)?.peer.rest_unwanted(now, &wanted)?;
        Some((source, resting))
    });
    told.collect()
}

/// A tap for each source that the plan lists, and for no other.
fn tap(room: &mut Room, now: Instant, ingests: &mut Ingests) {
    let Room {
        plan, taps, sources, ..
    } = room;
    taps.retain(|source, _| plan.tapped.contains(source) && sources.contains_key(source));
    for source in &plan.tapped {
        let Some(ingest) = sources.get(source).and_then(|&place| ingests.get_mut(place)) else {
            continue;
        };
        let tap = taps.entry(*source).or_insert_with(Tap::new);
        tap.chosen = ingest.peer.offered_layers(now).last().map(|track| track.id);
        tap.wanted = tap.chosen.and_then(|chosen| ingest.peer.coming(chosen, |_| true));
        let track = tap.wanted.and_then(|wanted| ingest.peer.track(wanted));
        let key = track.and_then(|track| track.last_key);
        let cut_due = key.is_some_and(|key| now.saturating_duration_since(key) >= CUTS);
        if (tap.waits() || cut_due)
            && let Some(wanted) = tap.wanted
        {
            ingest.peer.keyframes.want(now, wanted);
        }
    }
}

fn slots(egress: &mut Egress, video: bool) -> impl Iterator<Item = (usize, &mut Slot)> {
    egress
        .slots
        .iter_mut()
        .enumerate()
        .filter(move |(_, slot)| slot.video == video)
}
