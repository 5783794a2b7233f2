//! Makes what was decided true: journal, questions, what was said and the event's state in one transaction, before anybody
//! is told.

use crate::{
    publication::{programme, written},
    store::{
        Db, StoreError, events, journal, questions,
        segments::{self, NewSegment},
        takes,
    },
};
use rostrum_domain::{
    event::EventState,
    id::{EventId, QuestionId, SourceId},
    room::{
        Room,
        fact::{Entry, Fact},
    },
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Stores entries of one batch. `room` is the room with these entries in it.
pub async fn store(
    db: &Db,
    event: EventId,
    room: &Room,
    entries: &[Entry],
    said: &[(Option<SourceId>, NewSegment)],
) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    journal::append(&mut tx, event, entries).await?;
    for question in entries
        .iter()
        .flat_map(|entry| questions_of(&entry.fact))
        .collect::<BTreeSet<_>>()
    {
        if let Some(question) = room.desk().question(question) {
            questions::put(&mut tx, event, question).await?;
        }
    }
    for entry in entries {
        match entry.fact {
            Fact::WentLive => events::set_state(&mut tx, event, EventState::Live, entry.at).await?,
            Fact::Ended => {
                events::set_state(&mut tx, event, EventState::Ended, entry.at).await?;
                programme::room_ended(&mut tx, Uuid::now_v7(), event, entry.at).await?;
            }
            Fact::AnsweredInWriting { question, .. } | Fact::ClosedUnanswered { question, .. } => {
                written::settled(&mut tx, event, question, entry.at).await?;
            }
            _ => {}
        }
    }
    for (source, segment) in said {
        // A caption typed twice by the same command is one segment.
        if segments::find(&mut tx, segment.id).await?.is_some() {
            continue;
        }
        let take = match source {
            Some(source) => takes::heard_in(&mut tx, *source, segment.start).await?,
            None => None,
        };
        segments::insert_final(
            &mut tx,
            &NewSegment {
                take,
                ..segment.clone()
            },
        )
        .await?;
    }
    tx.commit().await
}

/// The questions whose rows a fact changes.
fn questions_of(fact: &Fact) -> Vec<QuestionId> {
    match fact {
        Fact::Grouped { members, .. } => members.clone(),
        Fact::Submitted { question, .. }
        | Fact::Withdrawn { question }
        | Fact::Held { question, .. }
        | Fact::Released { question }
        | Fact::Declined { question, .. }
        | Fact::Listed { question, .. }
        | Fact::Unlisted { question }
        | Fact::Called { question, .. }
        | Fact::OnAir { question, .. }
        | Fact::SteppedDown { question, .. }
        | Fact::NotReached { question }
        | Fact::Ungrouped { question }
        | Fact::WentWithLead { question, .. }
        | Fact::FollowsUp { question, .. }
        | Fact::Restored { question }
        | Fact::Promised { question, .. }
        | Fact::AnsweredInWriting { question, .. }
        | Fact::ClosedUnanswered { question, .. } => vec![*question],
        _ => Vec::new(),
    }
}
