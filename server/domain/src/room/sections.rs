//! Builds what each audience is shown from the room, from what is published and from the state of the captions.
//! Each view is its own type; nothing is filtered afterwards.

use crate::{
    id::{QuestionId, SeatId},
    person::{NameCard, Role},
    question::Question,
    room::{
        Actor, Room, Seat,
        command::Zone,
        count::count,
        fair::Because,
        may::Verb,
        plan::{Sources, rank},
        view::{
            Alarm, AlarmsSection, CaptionsSection, CaptionsState, DeskSection, Exchange, LineEntry, LineSection,
            MeSection, MyQuestion, PeopleSection, Placement, RoomSection, Section, SourceCard, StageSeat, StageSection,
            TeamSeat, TeamSection, ViewClass,
        },
    },
};

/// Names shown of the gallery; the rest is counted. Higher: bigger notices to everybody at each arrival.
const SHOWN_NAMES: usize = 200;
/// Places in line that are explained to the desk. Higher: a longer notice at each change; the next few are what is read.
const EXPLAINED: usize = 30;
/// Pairs of resembling questions shown to the desk at once.
const SUGGESTED: usize = 20;

/// What the room does not know by itself and its views show.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub sources: &'a Sources,
    pub captions: &'a CaptionsState,
}

/// Sections that follow commands: shown at once.
pub fn prompt(room: &Room, scene: Scene<'_>, class: ViewClass) -> Vec<Section> {
    let mut sections = vec![
        Section::Room(about(room)),
        Section::Stage(stage(room, scene, class)),
        Section::Line(line(room)),
        Section::Captions(CaptionsSection {
            language: room.record().caption_language().to_owned(),
            state: scene.captions.clone(),
        }),
    ];
    if class == ViewClass::Team {
        sections.push(Section::Alarms(alarms(room)));
    }
    sections
}

/// Sections that follow people coming and going: they may be shown a moment later, many changes at once.
pub fn gathered(room: &Room, scene: Scene<'_>, class: ViewClass) -> Vec<Section> {
    let mut sections = vec![Section::People(people(room))];
    if class == ViewClass::Team {
        sections.push(Section::Team(team(room, scene)));
        sections.push(Section::Desk(desk(room)));
    }
    sections
}

impl Role {
    /// Which sections somebody with this role is sent.
    pub fn view_class(self) -> ViewClass {
        if self.is_team() {
            ViewClass::Team
        } else {
            ViewClass::Floor
        }
    }
}

fn about(room: &Room) -> RoomSection {
    let record = room.record();
    RoomSection {
        event: room.event(),
        title: record.title().clone(),
        phase: record.phase(),
        on_record: record.on_record(),
        rules: record.rules().clone(),
        live_since: record.live_since(),
        ended_at: record.ended_at(),
        announcement: record.announcement().map(str::to_owned),
        show: *room.show(),
    }
}

/// The floor sees the stage when it is live; the team sees it while it is being set.
fn stage(room: &Room, scene: Scene<'_>, class: ViewClass) -> StageSection {
    let shown = room.record().is_live() || class == ViewClass::Team;
    let mut on_stage: Vec<_> = room
        .roster()
        .iter()
        .filter(|seat| shown && seat.zone == Zone::Stage)
        .collect();
    on_stage.sort_by_key(|seat| (rank(room, seat), seat.id));
    let seats = on_stage.into_iter().map(|seat| StageSeat {
        seat: seat.id,
        role: seat.role,
        card: seat.card.clone(),
        connected: seat.connected,
        muted: seat.muted,
        sources: sources_of(scene, seat.id),
    });
    StageSection {
        seats: seats.collect(),
        exchange: exchange(room),
    }
}

fn exchange(room: &Room) -> Option<Exchange> {
    let holder = room.floor().holder()?;
    let question = room.desk().question(holder.question)?;
    Some(Exchange {
        question: holder.question,
        seat: holder.seat,
        card: question.card.clone(),
        topic: question.topic.clone(),
        step: holder.step,
        since: holder.since,
        follow_ups_used: holder.follow_ups_used,
        together: together(room, holder.question),
        hall: in_hall(room, question),
    })
}

fn line(room: &Room) -> LineSection {
    let listed = room
        .desk()
        .line()
        .iter()
        .filter_map(|question| room.desk().question(*question));
    let entries = listed.map(|question| LineEntry {
        question: question.id,
        card: question.card.clone(),
        language: question.language.clone(),
        together: together(room, question.id),
        hall: in_hall(room, question),
    });
    LineSection {
        entries: entries.collect(),
        rule: room.desk().line_state().rule().cloned(),
        totals: room.desk().totals(),
    }
}

fn people(room: &Room) -> PeopleSection {
    let gallery = room
        .roster()
        .iter()
        .filter(|seat| seat.connected && seat.zone == Zone::Gallery);
    let mut gallery: Vec<_> = gallery.map(|seat| &seat.card).collect();
    gallery.sort_by(|one, other| (&one.name, &one.outlet).cmp(&(&other.name, &other.outlet)));
    PeopleSection {
        count: room.roster().connected(),
        gallery: gallery.into_iter().take(SHOWN_NAMES).cloned().collect(),
    }
}

/// The house's people, whoever publishes or waits for the floor, and the first of the gallery.
fn team(room: &Room, scene: Scene<'_>) -> TeamSection {
    let mut shown: Vec<_> = room
        .roster()
        .iter()
        .map(|seat| (weight(room, scene, seat), seat))
        .filter(|((weight, _), seat)| *weight < 3 || seat.connected)
        .collect();
    shown.sort_unstable_by_key(|(weight, seat)| (*weight, seat.id));
    let seats = shown
        .into_iter()
        .enumerate()
        .take_while(|(n, ((weight, _), _))| *weight < 2 || *n < SHOWN_NAMES);
    let seats = seats.map(|(_, (_, seat))| TeamSeat {
        seat: seat.id,
        person: seat.person,
        role: seat.role,
        card: seat.card.clone(),
        zone: seat.zone,
        connected: seat.connected,
        hall: seat.hall,
        muted: seat.muted,
        sources: sources_of(scene, seat.id),
        health: scene
            .sources
            .values()
            .filter(|published| published.seat == seat.id)
            .find_map(|source| source.health),
    });
    TeamSection { seats: seats.collect() }
}

/// The house first, then whoever publishes, then whoever has an open question, then the rest.
fn weight(room: &Room, scene: Scene<'_>, seat: &Seat) -> (u8, Role) {
    let weight = if seat.role.is_team() {
        0
    } else if scene.sources.values().any(|published| published.seat == seat.id) || room.floor().is_held_by(seat.id) {
        1
    } else if room.desk().open_of(seat.person).next().is_some() {
        2
    } else {
        3
    };
    (weight, seat.role)
}

fn desk(room: &Room) -> DeskSection {
    let is_present = |question: &&Question| {
        room.roster()
            .of_person(question.asker)
            .is_some_and(|seat| seat.connected)
    };
    DeskSection {
        questions: room.desk().iter().cloned().collect(),
        present: room
            .desk()
            .iter()
            .filter(is_present)
            .map(|question| question.id)
            .collect(),
        line: room.desk().line().to_vec(),
        places: places(room),
        alike: room.desk().alike().take(SUGGESTED).collect(),
        count: count(room.desk().totals(), room.record().live_since(), room.desk().iter()),
    }
}

fn places(room: &Room) -> Vec<Placement> {
    let desk = room.desk();
    let first = desk.line().iter().take(EXPLAINED);
    first
        .filter_map(|question| {
            let (computed, place) = desk.place(*question)?;
            let by_hand = desk.line_state().overrides().iter();
            let by_hand = by_hand.rev().find(|by_hand| by_hand.question == *question);
            Some(Placement {
                question: *question,
                computed: *computed,
                why: place.because,
                had: place.had.clone(),
                reason: by_hand
                    .filter(|_| place.because == Because::Placed)
                    .map(|by_hand| by_hand.reason.clone()),
            })
        })
        .collect()
}

fn together(room: &Room, lead: QuestionId) -> Vec<NameCard> {
    let members = room.desk().members(lead);
    members
        .filter_map(|member| room.desk().question(member))
        .map(|member| member.card.clone())
        .collect()
}

fn in_hall(room: &Room, question: &Question) -> bool {
    room.roster().of_person(question.asker).is_some_and(|seat| seat.hall)
}

fn alarms(room: &Room) -> AlarmsSection {
    let alarms = room.alarms().iter();
    let alarms = alarms.map(|(alarm, text, since)| Alarm {
        alarm: alarm.to_owned(),
        text: text.to_owned(),
        since,
    });
    AlarmsSection {
        alarms: alarms.collect(),
    }
}

fn sources_of(scene: Scene<'_>, seat: SeatId) -> Vec<SourceCard> {
    let own = scene.sources.iter().filter(|(_, published)| published.seat == seat);
    own.map(|(source, published)| SourceCard {
        source: *source,
        kind: published.kind,
    })
    .collect()
}

/// One's own place, role and questions.
pub fn me(room: &Room, seat: SeatId) -> Option<MeSection> {
    let seat = room.roster().seat(seat)?;
    let actor = Actor {
        person: seat.person,
        role: seat.role,
        card: seat.card.clone(),
    };
    let may = Verb::ALL.iter().filter(|verb| room.may(&actor, **verb).is_ok());
    Some(MeSection {
        seat: seat.id,
        person: seat.person,
        role: seat.role,
        card: actor.card.clone(),
        zone: seat.zone,
        rules_accepted: room.rules_accepted(seat),
        muted: seat.muted,
        hand_raised: room.desk().hand_of(seat.person).is_some(),
        place: room.desk().place_of(seat.person),
        questions: room
            .desk()
            .of_person(seat.person)
            .map(|question| my_question(room, question))
            .collect(),
        hall: seat.hall,
        may: may.map(|verb| verb.name().to_owned()).collect(),
        note: seat.note.clone(),
    })
}

/// A question as its asker sees it.
pub fn my_question(room: &Room, question: &Question) -> MyQuestion {
    let others = match question.group {
        Some(lead) => room.desk().members(lead).count(),
        None => room.desk().members(question.id).count(),
    };
    // Of a group the lead holds promise and answer.
    let answered = question
        .group
        .and_then(|lead| room.desk().question(lead))
        .unwrap_or(question);
    MyQuestion {
        id: question.id,
        channel: question.channel,
        topic: question.topic.clone(),
        text: question.text.clone(),
        language: question.language.clone(),
        state: question.state,
        reason: question.reason.clone(),
        submitted_at: question.submitted_at,
        parent: question.parent,
        together: others as u32,
        promise: answered.promise.clone(),
        answer: answered.answer.clone(),
    }
}
