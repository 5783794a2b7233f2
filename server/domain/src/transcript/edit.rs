//! Single-segment changes at the desk: words, speaker, kind, question, times; striking and restoring.

use crate::{
    id::{PersonId, QuestionId},
    time::Timestamp,
    transcript::{Content, Roster, SegmentKind, attribution::NOT_IN_ROSTER},
};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// Characters in one segment. Higher: one row can hold a whole speech and no permalink inside it; lower: long sentences
/// must be split by hand.
pub const MAX_TEXT: usize = 8_000;

/// What the editor wants changed; absent fields stay. `null` for `speaker` or `question` clears it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Edit {
    pub text: Option<String>,
    #[serde(deserialize_with = "present")]
    pub speaker: Option<Option<PersonId>>,
    pub kind: Option<SegmentKind>,
    #[serde(deserialize_with = "present")]
    pub question: Option<Option<QuestionId>>,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
}

/// Why a change was refused; [`EditError::code`] is stable for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("the text is empty: strike the segment instead")]
    Empty,
    #[error("the text is longer than {MAX_TEXT} characters")]
    TooLong,
    #[error("this person never held a seat in the room")]
    UnknownSpeaker,
    #[error("this event has no such question")]
    UnknownQuestion,
    #[error("the end must be after the start")]
    TimesReversed,
    #[error("the same speaker already speaks in another segment at that time")]
    Overlap,
    #[error("nothing would change")]
    NothingChanged,
    #[error("both halves need words: choose another place to split")]
    SplitOutside,
    #[error("the time of the split must be inside the segment")]
    SplitTimeOutside,
    #[error("there is no next segment to merge with")]
    NothingToMerge,
    #[error("only segments of one speaker can be merged")]
    MergeSpeakers,
    #[error("only segments in one language can be merged")]
    MergeLanguages,
    #[error("the segment is struck: restore it first")]
    Struck,
}

impl EditError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::UnknownSpeaker => NOT_IN_ROSTER,
            Self::UnknownQuestion => "unknown_question",
            Self::TimesReversed => "times_reversed",
            Self::Overlap => "overlap",
            Self::NothingChanged => "nothing_changed",
            Self::SplitOutside => "split_outside",
            Self::SplitTimeOutside => "split_time_outside",
            Self::NothingToMerge => "nothing_to_merge",
            Self::MergeSpeakers => "merge_speakers",
            Self::MergeLanguages => "merge_languages",
            Self::Struck => "struck",
        }
    }
}

/// The content after `edit`. `others` are the event's other segments, for the rule that nobody speaks twice at once;
/// `questions` are the event's questions.
pub fn revise(
    current: &Content,
    edit: &Edit,
    roster: &Roster,
    questions: &BTreeSet<QuestionId>,
    others: &[Content],
) -> Result<Content, EditError> {
    if current.struck {
        return Err(EditError::Struck);
    }
    let mut next = current.clone();
    if let Some(text) = &edit.text {
        next.text = clean_text(text)?;
    }
    match edit.speaker {
        Some(Some(person)) if Some(person) != current.speaker => {
            next.card = roster.card(person)?;
            next.speaker = Some(person);
        }
        Some(None) => {
            next.speaker = None;
            next.card = Default::default();
        }
        _ => {}
    }
    if let Some(kind) = edit.kind {
        next.kind = kind;
    }
    if let Some(question) = edit.question {
        if question.is_some_and(|id| !questions.contains(&id)) {
            return Err(EditError::UnknownQuestion);
        }
        next.question = question;
    }
    next.start = edit.start.unwrap_or(next.start);
    next.end = edit.end.unwrap_or(next.end);
    if next == *current {
        return Err(EditError::NothingChanged);
    }
    let moved = (next.start, next.end, next.speaker) != (current.start, current.end, current.speaker);
    if moved {
        check_times(&next, others)?;
    }
    Ok(next)
}

/// Out of every output, kept at the desk.
pub fn strike(current: &Content) -> Result<Content, EditError> {
    if current.struck {
        return Err(EditError::NothingChanged);
    }
    Ok(Content {
        struck: true,
        ..current.clone()
    })
}

/// Undo of [`strike`].
pub fn restore(current: &Content, others: &[Content]) -> Result<Content, EditError> {
    if !current.struck {
        return Err(EditError::NothingChanged);
    }
    let next = Content {
        struck: false,
        ..current.clone()
    };
    check_times(&next, others)?;
    Ok(next)
}

/// Text as it is stored: NFC, one space between words, no control or direction-override characters.
pub fn clean_text(text: &str) -> Result<String, EditError> {
    let visible: String = text
        .nfc()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !is_override(*c))
        .collect();
    let clean = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    match clean.chars().count() {
        0 => Err(EditError::Empty),
        count if count > MAX_TEXT => Err(EditError::TooLong),
        _ => Ok(clean),
    }
}

fn check_times(next: &Content, others: &[Content]) -> Result<(), EditError> {
    if next.end <= next.start {
        return Err(EditError::TimesReversed);
    }
    let overlaps = next.speaker.is_some()
        && others
            .iter()
            .filter(|other| !other.struck && other.speaker == next.speaker)
            .any(|other| other.start < next.end && next.start < other.end);
    if overlaps { Err(EditError::Overlap) } else { Ok(()) }
}

/// Characters that reorder what follows: they could make a sentence read differently from what is signed.
fn is_override(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Tells `null` (clear it) from an absent field (leave it).
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
