//! WebVTT with `<v Name>` voices and a NOTE naming the edition (W3C WebVTT, sections 4.1 and 4.2).

use crate::caption::{Cue, Heading};
use std::fmt::Write;

pub fn webvtt(heading: &Heading, cues: &[Cue]) -> String {
    let mut out = format!("WEBVTT - {}\n\nNOTE\n", inline(&heading.title));
    for line in [&heading.source, &heading.edition, &heading.note] {
        if !line.is_empty() {
            out.push_str(&inline(line));
            out.push('\n');
        }
    }
    for (number, cue) in cues.iter().enumerate() {
        let _ = write!(
            out,
            "\n{}\n{} --> {}\n",
            number + 1,
            time(cue.start_ms),
            time(cue.end_ms)
        );
        let _ = writeln!(out, "<v {}>{}", annotation(&cue.voice), escape(&cue.lines.join("\n")));
    }
    out
}

/// `hh:mm:ss.ttt`
fn time(ms: u64) -> String {
    format!(
        "{:02}:{:02}:{:02}.{:03}",
        ms / 3_600_000,
        ms / 60_000 % 60,
        ms / 1000 % 60,
        ms % 1000
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn annotation(voice: &str) -> String {
    escape(&voice.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// One header or comment line: no line break, no arrow that a reader could take for a timing.
fn inline(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace("-->", "→")
}
