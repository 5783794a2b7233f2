//! Splitting one segment into two, and merging two into one. Neither changes a word or loses a moment.

use crate::{
    time::Timestamp,
    transcript::{Content, EditError, MAX_TEXT},
};

/// The two halves of a split: the first stays the old segment, the second becomes a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halves {
    pub left: Content,
    pub right: Content,
}

/// Cuts before the `at`-th character (Unicode scalar values, as JavaScript's `[...text]` counts), at `time`.
pub fn split(current: &Content, at: usize, time: Timestamp) -> Result<Halves, EditError> {
    if current.struck {
        return Err(EditError::Struck);
    }
    let byte = current
        .text
        .char_indices()
        .nth(at)
        .map(|(byte, _)| byte)
        .ok_or(EditError::SplitOutside)?;
    let (left, right) = current.text.split_at(byte);
    let (left, right) = (left.trim(), right.trim());
    if left.is_empty() || right.is_empty() {
        return Err(EditError::SplitOutside);
    }
    if time <= current.start || time >= current.end {
        return Err(EditError::SplitTimeOutside);
    }
    Ok(Halves {
        left: Content {
            text: left.to_owned(),
            end: time,
            ..current.clone()
        },
        right: Content {
            text: right.to_owned(),
            start: time,
            ..current.clone()
        },
    })
}

/// `first` with the words and time of `second` added. The caller strikes `second`, so its history stays readable.
pub fn merge(first: &Content, second: &Content) -> Result<Content, EditError> {
    if first.struck || second.struck {
        return Err(EditError::Struck);
    }
    if first.speaker != second.speaker || first.card != second.card {
        return Err(EditError::MergeSpeakers);
    }
    if first.language != second.language {
        return Err(EditError::MergeLanguages);
    }
    let text = format!("{} {}", first.text, second.text);
    if text.chars().count() > MAX_TEXT {
        return Err(EditError::TooLong);
    }
    Ok(Content {
        text,
        start: first.start.min(second.start),
        end: first.end.max(second.end),
        ..first.clone()
    })
}
