//! SubRip (`.srt`): no header, no voices, so the speaker is named in the text when the speaker changes.

use crate::caption::Cue;
use std::fmt::Write;

pub fn subrip(cues: &[Cue]) -> String {
    let mut out = String::new();
    let mut voice: Option<&str> = None;
    for (number, cue) in cues.iter().enumerate() {
        let _ = writeln!(
            out,
            "{}\r\n{} --> {}\r",
            number + 1,
            time(cue.start_ms),
            time(cue.end_ms)
        );
        if voice != Some(&cue.voice) && !cue.voice.is_empty() {
            let _ = writeln!(out, "{}:\r", cue.voice.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        for line in &cue.lines {
            let _ = writeln!(out, "{}\r", line.replace("-->", "→"));
        }
        out.push_str("\r\n");
        voice = Some(&cue.voice);
    }
    out
}

/// `hh:mm:ss,ttt`
fn time(ms: u64) -> String {
    format!(
        "{:02}:{:02}:{:02},{:03}",
        ms / 3_600_000,
        ms / 60_000 % 60,
        ms / 1000 % 60,
        ms % 1000
    )
}
