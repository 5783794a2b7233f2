//! The record as plain text for agencies' systems: heading, then each exchange with its permalink mark.

use crate::caption::Heading;
use std::fmt::Write;

/// One block of text: its anchor (`q1`), its speaker, its paragraphs.
pub type Passage<'a> = (&'a str, &'a str, Vec<&'a str>);

/// `passages` in order.
pub fn plain(heading: &Heading, passages: &[Passage<'_>]) -> String {
    let mut out = format!("{}\n{}\n{}\n", heading.title, heading.source, heading.edition);
    if !heading.note.is_empty() {
        let _ = writeln!(out, "{}", heading.note);
    }
    for (anchor, voice, paragraphs) in passages {
        out.push('\n');
        match (anchor.is_empty(), voice.is_empty()) {
            (false, _) => {
                let _ = writeln!(out, "[{}] {voice}", anchor.to_uppercase());
            }
            (true, false) => {
                let _ = writeln!(out, "{voice}");
            }
            (true, true) => {}
        }
        for paragraph in paragraphs {
            let _ = writeln!(out, "{paragraph}");
        }
    }
    out
}
