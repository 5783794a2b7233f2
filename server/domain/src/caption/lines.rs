//! Laying words out: lines short enough to read, cues of two lines, time shared out by length.

use crate::caption::{Cue, Spoken};

/// Characters in a line. The usual limit of broadcasters for Latin scripts; a longer single word is left whole.
pub const MAX_LINE: usize = 42;
/// Lines on the screen at once.
pub const MAX_LINES: usize = 2;

/// Caption cues of what was spoken, in order of start.
pub fn cues(spoken: &[Spoken]) -> Vec<Cue> {
    let mut ordered: Vec<&Spoken> = spoken.iter().collect();
    ordered.sort_by_key(|piece| (piece.start_ms, piece.end_ms));
    let mut cues: Vec<Cue> = ordered.into_iter().flat_map(cues_of).collect();
    cues.sort_by_key(|cue| cue.start_ms); // people speak over each other; WebVTT wants starts in order
    cues
}

/// Words into lines of at most [`MAX_LINE`] characters where the words allow it.
pub fn lay_out(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let size = word.chars().count();
        match lines.last_mut() {
            Some(line) if length + 1 + size <= MAX_LINE => {
                line.push(' ');
                line.push_str(word);
                length += 1 + size;
            }
            _ => {
                lines.push(word.to_owned());
                length = size;
            }
        }
    }
    lines
}

fn cues_of(piece: &Spoken) -> Vec<Cue> {
    let lines = lay_out(&piece.text);
    let groups: Vec<&[String]> = lines.chunks(MAX_LINES).collect();
    let total: u64 = groups.iter().map(|group| weight(group)).sum();
    let end_ms = piece.end_ms.max(piece.start_ms + groups.len() as u64);
    let span = end_ms - piece.start_ms;
    let mut passed = 0;
    groups
        .into_iter()
        .map(|group| {
            let start_ms = piece.start_ms + share(span, passed, total);
            passed += weight(group);
            Cue {
                start_ms,
                end_ms: (piece.start_ms + share(span, passed, total)).max(start_ms + 1),
                voice: piece.voice.clone(),
                language: piece.language.clone(),
                lines: group.to_vec(),
            }
        })
        .collect()
}

fn weight(group: &[String]) -> u64 {
    group.iter().map(|line| line.chars().count() as u64).sum::<u64>().max(1)
}

fn share(span: u64, passed: u64, total: u64) -> u64 {
    (u128::from(span) * u128::from(passed) / u128::from(total.max(1))) as u64
}
