//! The transcript desk's acts on stored segments: the rules are `rostrum_domain::transcript`'s, here each act is one
//! transaction that takes the event's desk first, so that nothing changes under a reviewer's eyes.

use crate::{
    App,
    publication::{Gathered, gather},
    store::{Conn, StoreError, editions, segments},
};
use rostrum_domain::{
    id::{EventId, PersonId, SegmentId},
    publication::{DeskRefusal, DeskState},
    time::Timestamp,
    transcript::{
        self, Content, Edit, EditError, Origin, Reason, Segment, SegmentKind, clean_text, merge as join, revise,
        split as halve,
    },
};
use std::collections::BTreeSet;

/// Why an act at the desk was refused.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error("there is no such segment")]
    NotFound,
    /// Somebody else changed it: the segment as it is now.
    #[error("the segment has changed")]
    Stale(Box<Segment>),
    #[error(transparent)]
    Refused(#[from] DeskRefusal),
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who does it, when, and which revision they saw.
#[derive(Clone, Copy, Debug)]
pub struct Hand {
    pub by: PersonId,
    pub at: Timestamp,
    pub seen: i64,
}

/// A segment that the desk adds.
#[derive(Clone, Debug)]
pub struct Addition {
    pub id: SegmentId,
    pub speaker: Option<PersonId>,
    pub kind: SegmentKind,
    pub question: Option<rostrum_domain::id::QuestionId>,
    pub start: Timestamp,
    pub end: Timestamp,
    pub language: String,
    pub text: String,
}

pub async fn edit(
    conn: &mut Conn,
    id: SegmentId,
    hand: Hand,
    edit: &Edit,
    reason: Reason,
) -> Result<Segment, DeskError> {
    let (desk, segment) = open(conn, id, hand, reason).await?;
    let next = match revise(
        &segment.content(),
        edit,
        &desk.roster(),
        &questions(&desk),
        &others(&desk, id),
    ) {
        // What is already so makes no revision.
        Err(EditError::NothingChanged) => return Ok(segment),
        next => next?,
    };
    store(conn, &desk, segment, hand, reason, next).await
}

/// Both halves: the first keeps its id, the second is `second`.
pub async fn split(
    conn: &mut Conn,
    id: SegmentId,
    hand: Hand,
    at: usize,
    time: Timestamp,
    second: SegmentId,
) -> Result<[Segment; 2], DeskError> {
    let (desk, segment) = open(conn, id, hand, Reason::Split).await?;
    let halves = halve(&segment.content(), at, time)?;
    let right = Segment {
        id: second,
        revision: 0,
        ..segment.clone()
    }
    .with(0, halves.right);
    let left = store(conn, &desk, segment, hand, Reason::Split, halves.left).await?;
    segments::insert(conn, desk.event.id, &right, Some(hand.by), Reason::Split, hand.at).await?;
    Ok([left, right])
}

/// Merges with the next segment that is not struck: the merged one, and the one that was struck for it.
pub async fn merge(conn: &mut Conn, id: SegmentId, hand: Hand) -> Result<[Segment; 2], DeskError> {
    let (desk, segment) = open(conn, id, hand, Reason::Merge).await?;
    let next = desk
        .segments
        .iter()
        .skip_while(|other| other.id != id)
        .skip(1)
        .find(|other| !other.struck)
        .cloned();
    let next = next.ok_or(EditError::NothingToMerge)?;
    let merged = join(&segment.content(), &next.content())?;
    let struck = transcript::strike(&next.content())?;
    let merged = store(conn, &desk, segment, hand, Reason::Merge, merged).await?;
    let struck = store(conn, &desk, next, hand, Reason::Merge, struck).await?;
    Ok([merged, struck])
}

pub async fn strike(conn: &mut Conn, id: SegmentId, hand: Hand) -> Result<Segment, DeskError> {
    let (desk, segment) = open(conn, id, hand, Reason::Strike).await?;
    let next = transcript::strike(&segment.content())?;
    store(conn, &desk, segment, hand, Reason::Strike, next).await
}

pub async fn restore(conn: &mut Conn, id: SegmentId, hand: Hand) -> Result<Segment, DeskError> {
    let (desk, segment) = open(conn, id, hand, Reason::Restore).await?;
    let next = transcript::restore(&segment.content(), &others(&desk, id))?;
    store(conn, &desk, segment, hand, Reason::Restore, next).await
}

/// Words that no engine and no captioner wrote.
pub async fn add(
    conn: &mut Conn,
    event: EventId,
    by: PersonId,
    at: Timestamp,
    new: Addition,
) -> Result<Segment, DeskError> {
    editions::lock_desk(conn, event).await?;
    let desk = gather(conn, event).await?.ok_or(DeskError::NotFound)?;
    let state = desk.desk.clone().edited(Some(by), true)?;
    let (text, start) = (clean_text(&new.text)?, new.start);
    // The rules for an edit hold for an addition too: a blank segment is revised into it.
    let blank = Content {
        speaker: None,
        card: Default::default(),
        kind: SegmentKind::Remarks,
        question: None,
        start,
        end: start,
        language: new.language,
        text: String::new(),
        struck: false,
    };
    let wanted = Edit {
        text: Some(text),
        speaker: Some(new.speaker),
        kind: Some(new.kind),
        question: Some(new.question),
        start: None,
        end: Some(new.end),
    };
    let content = revise(
        &blank,
        &wanted,
        &desk.roster(),
        &questions(&desk),
        &others(&desk, new.id),
    )?;
    if content.end <= content.start {
        return Err(EditError::TimesReversed.into());
    }
    let segment = Segment {
        id: new.id,
        speaker: None,
        card: Default::default(),
        kind: SegmentKind::Remarks,
        question: None,
        start,
        end: start,
        language: String::new(),
        text: String::new(),
        origin: Origin::Editor,
        engine: None,
        confidence: None,
        take: None,
        revision: 0,
        struck: false,
    }
    .with(0, content);
    // After a release, words that appear are a change of sense.
    let reason = if desk.desk.editions > 0 {
        Reason::Sense
    } else {
        Reason::First
    };
    segments::insert(conn, event, &segment, Some(by), reason, at).await?;
    editions::save_desk(conn, event, &state).await?;
    Ok(segment)
}

/// Sets kinds and question links from the room's minutes, where no person has decided yet. Safe to run again.
pub async fn refine(app: &App, event: EventId) -> Result<(), StoreError> {
    let mut tx = app.db.begin().await?;
    editions::lock_desk(&mut tx, event).await?;
    let Some(desk) = gather(&mut tx, event).await? else {
        return Ok(());
    };
    if desk.desk.state != DeskState::Draft {
        return Ok(());
    }
    let decided: BTreeSet<SegmentId> = segments::revisions_since(&mut tx, event, None)
        .await?
        .into_iter()
        .filter(|revision| revision.number > 0 && revision.author.is_some())
        .map(|revision| revision.segment)
        .collect();
    // Whoever wrote a segment at the desk, or an answer afterwards, said what it is.
    let open = |segment: &&Segment| segment.origin != Origin::Editor && !decided.contains(&segment.id);
    for segment in desk.segments.iter().filter(open) {
        let by_house = desk.by_house(segment.speaker);
        if let Some(next) = transcript::refine(&segment.content(), desk.taker.minutes(), by_house) {
            segments::revise(
                &mut tx,
                segment.id,
                segment.revision,
                None,
                Reason::Minutes,
                app.now(),
                &next,
            )
            .await?;
        }
    }
    tx.commit().await
}

/// Takes the desk, checks that it may be edited and that the editor saw the newest revision.
async fn open(conn: &mut Conn, id: SegmentId, hand: Hand, reason: Reason) -> Result<(Gathered, Segment), DeskError> {
    let (event, _) = segments::find(conn, id).await?.ok_or(DeskError::NotFound)?;
    editions::lock_desk(conn, event).await?;
    let mut desk = gather(conn, event).await?.ok_or(DeskError::NotFound)?;
    let segment = desk
        .segments
        .iter()
        .find(|segment| segment.id == id)
        .cloned()
        .ok_or(DeskError::NotFound)?;
    let state = desk.desk.clone().edited(Some(hand.by), reason.needs_correction())?;
    if i64::from(segment.revision) != hand.seen {
        return Err(DeskError::Stale(Box::new(segment)));
    }
    desk.desk = state;
    Ok((desk, segment))
}

/// A new revision, and with it the desk's new state.
async fn store(
    conn: &mut Conn,
    desk: &Gathered,
    segment: Segment,
    hand: Hand,
    reason: Reason,
    next: Content,
) -> Result<Segment, DeskError> {
    editions::save_desk(conn, desk.event.id, &desk.desk).await?;
    let current = segment.revision;
    if !segments::revise(conn, segment.id, current, Some(hand.by), reason, hand.at, &next).await? {
        return Err(DeskError::Stale(Box::new(segment)));
    }
    Ok(segment.with(current + 1, next))
}

fn questions(desk: &Gathered) -> BTreeSet<rostrum_domain::id::QuestionId> {
    desk.room.desk().iter().map(|question| question.id).collect()
}

fn others(desk: &Gathered, id: SegmentId) -> Vec<Content> {
    desk.segments
        .iter()
        .filter(|other| other.id != id)
        .map(Segment::content)
        .collect()
}
