//! Handing in, giving back, releasing. Each is one transaction that takes the event's desk first, so a release and an edit
//! at the same moment come one after the other.

use crate::{
    App,
    publication::{
        gather::{Gathered, gather, house_name},
        index,
        sign::sign,
    },
    store::{
        Conn, StoreError,
        editions::{self, ProgrammeState, StoredEdition},
        events,
    },
};
use rostrum_domain::{
    event::EventState,
    id::{EventId, PersonId},
    publication::{Correction, Desk, DeskRefusal, DeskState, Previous, Submission, canonical::CanonicalError, compile},
    text::Text,
};

#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    #[error("there is no such event")]
    NotFound,
    #[error(transparent)]
    Refused(#[from] DeskRefusal),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

/// Hands the text to the reviewers.
pub async fn submit(
    app: &App,
    conn: &mut Conn,
    event: EventId,
    by: PersonId,
    correction: Option<Text>,
) -> Result<Desk, ReleaseError> {
    editions::lock_desk(conn, event).await?;
    let gathered = gather(conn, event).await?.ok_or(ReleaseError::NotFound)?;
    let desk = gathered
        .desk
        .clone()
        .submit(by, app.now(), correction, submission(&gathered)?)?;
    editions::save_desk(conn, event, &desk).await?;
    Ok(desk)
}

/// Back to the editors, with what is to be done.
pub async fn give_back(conn: &mut Conn, event: EventId, note: String) -> Result<Desk, ReleaseError> {
    editions::lock_desk(conn, event).await?;
    let desk = editions::desk(conn, event).await?.give_back(note)?;
    editions::save_desk(conn, event, &desk).await?;
    Ok(desk)
}

/// Freezes, signs and publishes the next edition.
pub async fn release(app: &App, conn: &mut Conn, event: EventId, by: PersonId) -> Result<StoredEdition, ReleaseError> {
    editions::lock_desk(conn, event).await?;
    let gathered = gather(conn, event).await?.ok_or(ReleaseError::NotFound)?;
    let (desk, correction) = gathered.desk.clone().release(by, submission(&gathered)?)?;
    let now = app.now();
    let correction = correction.map(|text| Correction {
        edition: desk.editions,
        at: now,
        text,
    });
    let draft = gathered.draft(correction)?.ok_or(DeskRefusal::EventNotOver)?;
    let record = compile(&draft);
    let id = app.new_id();
    let previous = gathered.latest().map(|edition| Previous {
        edition: edition.number,
        manifest_sha256: edition.manifest_sha256.clone(),
    });
    let signed = sign(&app.keys, &record, id, house_name(&app.config.house), now, previous)?;
    let edition = StoredEdition {
        id,
        event,
        number: desk.editions,
        published_at: now,
        released_by: by,
        manifest: signed.manifest,
        content: signed.content,
        manifest_sha256: signed.manifest_sha256,
        signature: signed.signature,
        key_id: signed.key_id,
    };
    editions::insert(conn, &edition, &signed.public_key).await?;
    index::index(conn, app.db.engine(), event).await?;
    editions::save_desk(conn, event, &desk).await?;
    events::set_state(conn, event, EventState::Published, now).await?;
    Ok(edition)
}

/// What is true of the event now, for the desk's rules.
pub fn submission(gathered: &Gathered) -> Result<Submission, StoreError> {
    let submitted_at = match gathered.desk.state {
        DeskState::Submitted { at, .. } => Some(at),
        DeskState::Draft | DeskState::Published => None,
    };
    let publishable = gathered
        .draft(None)?
        .map(|draft| compile(&draft).segments().count())
        .unwrap_or(0);
    Ok(Submission {
        event_over: matches!(gathered.event.state, EventState::Ended | EventState::Published),
        segments: publishable,
        programme_pending: gathered
            .programme
            .as_ref()
            .is_some_and(|file| file.state == ProgrammeState::Pending),
        changed_since: submitted_at
            .zip(gathered.newest_change())
            .is_some_and(|(at, newest)| newest > at),
    })
}
