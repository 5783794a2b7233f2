//! What one edition changed against the one before, passage by passage: the facts of the corrections register.

use crate::publication::{Block, Record};
use std::collections::BTreeMap;

/// A piece of text whose words differ between two editions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Permalink of the passage it stood in; in the later edition, else in the earlier.
    pub anchor: Option<String>,
    pub speaker: String,
    pub language: String,
    /// `None`: it was added.
    pub was: Option<String>,
    /// `None`: it was removed.
    pub is: Option<String>,
}

/// In the order of the later edition; what was removed comes last.
pub fn changes(earlier: &Record, later: &Record) -> Vec<Change> {
    let mut before: BTreeMap<_, _> = earlier
        .segments()
        .map(|(block, segment)| (segment.id, (block, segment)))
        .collect();
    let mut changes = Vec::new();
    for (block, segment) in later.segments() {
        let was = before.remove(&segment.id).map(|(_, segment)| segment.text.clone());
        if was.as_ref() != Some(&segment.text) {
            changes.push(change(block, &segment.language, was, Some(segment.text.clone())));
        }
    }
    for (block, segment) in earlier.segments() {
        if before.contains_key(&segment.id) {
            changes.push(change(block, &segment.language, Some(segment.text.clone()), None));
        }
    }
    changes
}

fn change(block: &Block, language: &str, was: Option<String>, is: Option<String>) -> Change {
    Change {
        anchor: block.anchor.map(|anchor| anchor.to_string()),
        speaker: block.speaker.line(),
        language: language.to_owned(),
        was,
        is,
    }
}
