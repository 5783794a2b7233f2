//! Everything an edition is made from, read in one transaction: the programme, the room's journal, the transcript, the
//! programme file.

use crate::{
    config::House,
    store::{
        Conn, StoreError, editions, events,
        events::Event,
        journal, segments,
        series::{self, Series},
    },
};
use rostrum_domain::{
    id::{EventId, PersonId, SegmentId},
    person::Role,
    publication::{Asked, Correction, Desk, Draft, EventFacts, Record, RecordWaits},
    room::{Room, count::count, minutes::MinuteTaker},
    time::Timestamp,
    transcript::{Reason, Roster, Segment},
};
use std::collections::{BTreeMap, BTreeSet};

/// One event's record as it stands at the desk.
pub struct Gathered {
    pub event: Event,
    pub series: Series,
    pub room: Room,
    pub taker: MinuteTaker,
    pub segments: Vec<Segment>,
    pub desk: Desk,
    pub programme: Option<editions::ProgrammeFile>,
    corrected: BTreeSet<SegmentId>,
    earlier: Vec<editions::StoredEdition>,
    newest_change: Option<Timestamp>,
}

pub async fn gather(conn: &mut Conn, id: EventId) -> Result<Option<Gathered>, StoreError> {
    let Some(event) = events::by_id(conn, id).await? else {
        return Ok(None);
    };
    let series = series::by_id(conn, event.series)
        .await?
        .ok_or_else(|| StoreError::inconsistent("an event without its series"))?;
    let entries = journal::entries(conn, id).await?;
    let revisions = segments::revisions_since(conn, id, None).await?;
    let corrected = revisions
        .iter()
        .filter(|revision| {
            let by_choice = matches!(
                revision.reason,
                Reason::Recognition | Reason::Name | Reason::Style | Reason::Sense
            );
            revision.author.is_some() && by_choice
        })
        .map(|revision| revision.segment)
        .collect();
    Ok(Some(Gathered {
        room: Room::replay(id, &entries),
        taker: MinuteTaker::of(&entries),
        segments: segments::of_event(conn, id).await?,
        desk: editions::desk(conn, id).await?,
        programme: editions::programme(conn, id).await?,
        earlier: editions::all(conn, id).await?,
        newest_change: revisions.iter().map(|revision| revision.at).max(),
        corrected,
        event,
        series,
    }))
}

impl Gathered {
    /// Everybody who may be named as a speaker.
    pub fn roster(&self) -> Roster {
        Roster(
            self.room
                .roster()
                .iter()
                .map(|seat| (seat.person, seat.card.clone()))
                .collect(),
        )
    }

    /// Whether somebody answers for the house.
    pub fn by_house(&self, person: Option<PersonId>) -> bool {
        person
            .and_then(|person| self.taker.role(person))
            .is_some_and(|role| matches!(role, Role::Spokesperson | Role::Speaker))
    }

    pub fn newest_change(&self) -> Option<Timestamp> {
        self.newest_change
    }

    /// The edition before the next.
    pub fn latest(&self) -> Option<&editions::StoredEdition> {
        self.earlier.last()
    }

    /// The next edition's draft. `None` as long as the event has no public number.
    pub fn draft(&self, correction: Option<Correction>) -> Result<Option<Draft>, StoreError> {
        let (Some(number), Some(year)) = (self.event.number, self.event.year) else {
            return Ok(None);
        };
        let earlier: Vec<Record> = self
            .earlier
            .iter()
            .map(|edition| serde_json::from_slice(&edition.content))
            .collect::<Result<_, _>>()?;
        let mut corrections = earlier
            .last()
            .map(|record| record.corrections.clone())
            .unwrap_or_default();
        corrections.extend(correction);
        let minutes = self.taker.minutes().clone();
        let programme = self.programme.as_ref();
        Ok(Some(Draft {
            edition: self.desk.editions + 1,
            event: EventFacts {
                id: self.event.id,
                series: self.series.slug.clone(),
                series_name: self.series.name.clone(),
                number,
                year,
                path: format!("/{}/{year}/{number}", self.series.slug),
                title: self.event.title.clone(),
                starts_at: self.event.starts_at,
                live_since: minutes.live_since,
                ended_at: minutes.ended_at,
                zone: self.event.zone.clone(),
            },
            asker_policy: self.series.asker_policy,
            totals: self.room.desk().totals().into(),
            waits: RecordWaits::of(
                count(self.room.desk().totals(), minutes.live_since, self.room.desk().iter()),
                self.series.asker_policy,
            ),
            segments: self.segments.clone(),
            corrected: self.corrected.clone(),
            questions: self.questions(),
            press: self.press(),
            timeline: programme
                .filter(|file| file.media.is_some())
                .map(|file| file.timeline.clone())
                .unwrap_or_default(),
            media: programme.and_then(|file| file.media.clone()).into_iter().collect(),
            minutes,
            corrections,
            earlier,
        }))
    }

    fn questions(&self) -> BTreeMap<rostrum_domain::id::QuestionId, Asked> {
        let asked = self.room.desk().iter();
        asked
            .map(|question| {
                (
                    question.id,
                    Asked {
                        asker: question.asker,
                        channel: question.channel,
                        together: self
                            .room
                            .desk()
                            .members(question.id)
                            .filter_map(|member| self.room.desk().question(member))
                            .map(|member| member.card.clone())
                            .collect(),
                        parent: question.parent,
                    },
                )
            })
            .collect()
    }

    fn press(&self) -> BTreeSet<PersonId> {
        let seats = self.room.roster().iter();
        seats
            .filter(|seat| seat.role == Role::Journalist)
            .map(|seat| seat.person)
            .collect()
    }
}

/// The house's name as manifests carry it: one text, in the house's own language.
pub fn house_name(house: &House) -> &str {
    house.name.read(&house.language)
}
