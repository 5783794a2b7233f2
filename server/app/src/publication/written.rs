//! What becomes of a question that was taken: the answer given in writing joins the transcript under its question, so that the
//! next edition carries it below the same permalink, and the askers get a letter. Published text does not change by it: the
//! words wait for editor and reviewer like any others.

use crate::{
    App,
    jobs::Kind,
    mail::{self, Reader, Template},
    store::{
        self, Conn, StoreError, editions, events, people, questions,
        segments::{self, NewSegment},
    },
};
use rostrum_domain::{
    id::{EventId, QuestionId, SegmentId},
    publication::DeskState,
    question::{Question, QuestionState},
    time::Timestamp,
    transcript::{Origin, SegmentKind},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What the job is about.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Settled {
    pub event: EventId,
    pub question: QuestionId,
}

/// Called in the transaction in which the room settles the question.
pub async fn settled(conn: &mut Conn, event: EventId, question: QuestionId, at: Timestamp) -> Result<(), StoreError> {
    let payload = serde_json::to_string(&Settled { event, question })?;
    let id = uuid::Uuid::now_v7();
    store::jobs::enqueue(conn, id, Kind::Settled.word(), &payload, None, at).await?;
    Ok(())
}

/// The job. Run twice, the second finds the letters written: they are stored with the words, in one transaction.
pub async fn settle(app: &App, about: Settled) -> anyhow::Result<()> {
    let mut tx = app.db.begin().await?;
    editions::lock_desk(&mut tx, about.event).await?;
    let Some((event, question)) = questions::find(&mut tx, about.question).await? else {
        return Ok(());
    };
    let Some(event) = events::by_id(&mut tx, event).await? else {
        return Ok(());
    };
    if !publish(app, &mut tx, &event, &question).await? {
        return Ok(());
    }
    let mut askers = vec![question.clone()];
    askers.extend(questions::led_by(&mut tx, question.id).await?);
    for asked in askers {
        let Some(asker) = people::by_id(&mut tx, asked.asker).await? else {
            continue;
        };
        let (title, said) = (event.title.read(&asker.language), subject(&asked));
        let text = match &question.answer {
            Some(answer) => answer.text.as_str(),
            None => question.reason.as_deref().unwrap_or_default(),
        };
        let speaker = question.answer.as_ref().map_or("", |answer| answer.card.name.as_str());
        let template = match question.state {
            QuestionState::AnsweredInWriting => Template::Answered,
            _ => Template::Unanswered,
        };
        let values = [
            ("event", title),
            ("question", said),
            ("answer", text),
            ("reason", text),
            ("speaker", speaker),
        ];
        let to = Reader {
            name: &asker.name,
            email: &asker.email,
            language: &asker.language,
        };
        mail::write(app, &mut tx, template, to, &values).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Marks the question as told; an answer joins the transcript. `false`: that was done before.
async fn publish(app: &App, conn: &mut Conn, event: &events::Event, question: &Question) -> Result<bool, StoreError> {
    if !questions::mark_told(conn, question.id, app.now()).await? {
        return Ok(false);
    }
    let Some(answer) = &question.answer else {
        return Ok(true);
    };
    let id = segment_of(question.id);
    let now = app.now();
    segments::insert_final(
        conn,
        &NewSegment {
            id,
            event: event.id,
            speaker: Some(answer.by),
            card: answer.card.clone(),
            kind: SegmentKind::Answer,
            question: Some(question.id),
            start: answer.at,
            end: answer.at,
            language: answer.language.clone(),
            text: answer.text.clone(),
            origin: Origin::Editor,
            engine: None,
            confidence: None,
            take: None,
            author: Some(answer.by),
            at: now,
        },
    )
    .await?;
    // Under review the text stands still: the reviewer sees that words came in, and gives it back.
    let desk = editions::desk(conn, event.id).await?;
    if !matches!(desk.state, DeskState::Submitted { .. })
        && let Ok(desk) = desk.edited(Some(answer.by), false)
    {
        editions::save_desk(conn, event.id, &desk).await?;
    }
    Ok(true)
}

/// What the question was, in the asker's own words.
fn subject(question: &Question) -> &str {
    question.text.as_deref().unwrap_or(&question.topic)
}

/// The answer's segment is always the same.
fn segment_of(question: QuestionId) -> SegmentId {
    let digest = Sha256::new()
        .chain_update(b"written")
        .chain_update(question.0)
        .finalize();
    let bytes = digest.first_chunk::<16>().copied().unwrap_or_default();
    SegmentId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests;
