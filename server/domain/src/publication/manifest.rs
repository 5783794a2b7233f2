//! What the house signs: a fixed, ordered list of hashes of everything an edition consists of, with the facts of the event.
//! Short enough to read; enough to detect a change of a single character anywhere.

use crate::{
    id::{EditionId, QuestionId, SegmentId},
    publication::{
        Anchor, Block, Correction, EventFacts, MachineHelp, MediaFile, Record, RecordSegment, Speaker, TranscriptLabel,
        canonical::{self, CanonicalError},
    },
    text::Lang,
    time::Timestamp,
    transcript::SegmentKind,
};
use serde::{Deserialize, Serialize};

pub const MANIFEST_FORMAT: &str = "rostrum-manifest/1";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: String,
    /// Who publishes, as configured.
    pub house: String,
    pub edition_id: EditionId,
    pub edition: u32,
    pub published_at: Timestamp,
    pub event: EventFacts,
    pub languages: Vec<Lang>,
    pub label: TranscriptLabel,
    pub machine_help: MachineHelp,
    /// One for each published segment, in the order of the record.
    pub revisions: Vec<RevisionEntry>,
    /// Of the whole content, with order, labels and numbers.
    pub content_sha256: String,
    pub media: Vec<MediaFile>,
    pub corrections: Vec<Correction>,
    /// The edition before this one.
    pub previous: Option<Previous>,
    /// Identifies the key that signs: the first 16 hexadecimal digits of its SHA-256.
    pub key_id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevisionEntry {
    pub segment: SegmentId,
    pub revision: u32,
    /// Of the segment as published, with its speaker, kind and question.
    pub sha256: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Previous {
    pub edition: u32,
    pub manifest_sha256: String,
}

/// The manifest of `record`.
pub fn manifest(
    record: &Record,
    edition_id: EditionId,
    house: &str,
    published_at: Timestamp,
    previous: Option<Previous>,
    key_id: &str,
) -> Result<Manifest, CanonicalError> {
    Ok(Manifest {
        format: MANIFEST_FORMAT.to_owned(),
        house: house.to_owned(),
        edition_id,
        edition: record.edition,
        published_at,
        event: record.event.clone(),
        languages: record.languages.clone(),
        label: record.label,
        machine_help: record.machine_help.clone(),
        revisions: entries(record)?,
        content_sha256: canonical::sha256(record)?,
        media: record.media.clone(),
        corrections: record.corrections.clone(),
        previous,
        key_id: key_id.to_owned(),
    })
}

/// The ordered revision hashes of a record; a verifier makes them again from the content.
pub fn entries(record: &Record) -> Result<Vec<RevisionEntry>, CanonicalError> {
    record
        .segments()
        .map(|(block, segment)| entry(block, segment))
        .collect()
}

fn entry(block: &Block, segment: &RecordSegment) -> Result<RevisionEntry, CanonicalError> {
    #[derive(Serialize)]
    struct Hashed<'a> {
        anchor: &'a Option<Anchor>,
        kind: SegmentKind,
        speaker: &'a Speaker,
        question: Option<QuestionId>,
        segment: &'a RecordSegment,
    }
    let hashed = Hashed {
        anchor: &block.anchor,
        kind: block.kind,
        speaker: &block.speaker,
        question: block.question,
        segment,
    };
    Ok(RevisionEntry {
        segment: segment.id,
        revision: segment.revision,
        sha256: canonical::sha256(&hashed)?,
    })
}
