//! The frozen content of one edition: everything the public may read and nothing else. Serialised canonically it is what
//! the manifest's hashes are taken over and what every page, caption file and download is rendered from.

use crate::{
    event::AskerPolicy,
    id::{EventId, QuestionId, SegmentId},
    publication::{Anchor, Speaker, Timeline},
    question::Channel,
    room::{
        count::{LineCount, Waited},
        view::Totals,
    },
    text::{Lang, Text},
    time::Timestamp,
    transcript::{Origin, SegmentKind},
};
use serde::{Deserialize, Serialize};

pub const RECORD_FORMAT: &str = "rostrum-record/1";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub format: String,
    pub edition: u32,
    pub event: EventFacts,
    pub label: TranscriptLabel,
    pub asker_policy: AskerPolicy,
    pub machine_help: MachineHelp,
    /// Languages that were spoken, in order of first use.
    pub languages: Vec<Lang>,
    pub totals: RecordTotals,
    /// Who waited how long, by outlet and language; editions before this was counted have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<RecordWaits>,
    pub blocks: Vec<Block>,
    /// Every correction since the first edition, newest last.
    pub corrections: Vec<Correction>,
    pub media: Vec<MediaFile>,
    pub timeline: Timeline,
}

/// The public facts of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventFacts {
    pub id: EventId,
    pub series: String,
    pub series_name: Text,
    pub number: u32,
    pub year: i32,
    /// Without language: `/hop-bao/2026/22`.
    pub path: String,
    pub title: Text,
    pub starts_at: Timestamp,
    pub live_since: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub zone: String,
}

/// How close the text is to what was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TranscriptLabel {
    /// Repetitions and obvious slips removed, the meaning untouched.
    #[default]
    NearVerbatim,
}

/// What machines did for this text, said on every output.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineHelp {
    /// Engines whose text these segments began as; empty: no machine wrote any of it.
    pub speech: Vec<String>,
    /// Segments that began as machine text.
    pub segments: u32,
    /// Of those, changed by a person since.
    pub corrected: u32,
}

/// Public count of the event's questions; always computable, never edited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordTotals {
    pub received: u32,
    pub called: u32,
    pub answered: u32,
    pub taken: u32,
    pub declined: u32,
    pub withdrawn: u32,
    pub not_reached: u32,
    /// Of those taken: answered in writing by the time of this edition.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub answered_in_writing: u32,
    /// Of those taken: closed without an answer.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub closed_unanswered: u32,
}

/// Waiting times as released. Outlets are left out where the series does not name askers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordWaits {
    pub outlets: Vec<Waited>,
    pub languages: Vec<Waited>,
}

impl RecordWaits {
    pub fn of(count: LineCount, policy: AskerPolicy) -> Option<Self> {
        let outlets = if policy == AskerPolicy::Unnamed {
            Vec::new()
        } else {
            count.outlets
        };
        (!count.languages.is_empty()).then_some(Self {
            outlets,
            languages: count.languages,
        })
    }
}

/// What an edition does not say has no effect on the hashes of those that never knew it.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl From<Totals> for RecordTotals {
    fn from(totals: Totals) -> Self {
        let Totals {
            received,
            called,
            answered,
            taken,
            declined,
            withdrawn,
            not_reached,
            answered_in_writing,
            closed_unanswered,
        } = totals;
        Self {
            received,
            called,
            answered,
            taken,
            declined,
            withdrawn,
            not_reached,
            answered_in_writing,
            closed_unanswered,
        }
    }
}

/// Words of one speaker in one capacity, one after another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    pub anchor: Option<Anchor>,
    pub kind: SegmentKind,
    pub speaker: Speaker,
    pub question: Option<QuestionId>,
    /// How the question reached the desk; only on questions.
    pub channel: Option<Channel>,
    /// Title of the announcement.
    pub title: Option<String>,
    /// Others who asked the same and are answered with it; only on questions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<Speaker>,
    /// The question this one follows up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Anchor>,
    /// Not said but written, after the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Timestamp>,
    pub segments: Vec<RecordSegment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordSegment {
    pub id: SegmentId,
    pub revision: u32,
    pub start: Timestamp,
    pub end: Timestamp,
    /// In the programme.
    pub start_ms: u64,
    pub end_ms: u64,
    pub language: Lang,
    pub text: String,
    pub origin: Origin,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The edition that made it.
    pub edition: u32,
    pub at: Timestamp,
    pub text: Text,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaFile {
    /// `programme.webm`
    pub name: String,
    pub media_type: String,
    pub bytes: u64,
    pub duration_ms: u64,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub sha256: String,
}

impl Record {
    pub fn segments(&self) -> impl Iterator<Item = (&Block, &RecordSegment)> {
        self.blocks
            .iter()
            .flat_map(|block| block.segments.iter().map(move |segment| (block, segment)))
    }

    /// The language most of the record is in.
    pub fn main_language(&self) -> &str {
        self.languages.first().map_or("en", String::as_str)
    }
}
