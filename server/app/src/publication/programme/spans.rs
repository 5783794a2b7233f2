//! Which stretches of room time the programme shows: where something was captured, while live, on the record.

use super::Take;
use rostrum_domain::{publication::Timeline, time::Timestamp, transcript::Minutes};

/// Shorter holes between recordings are kept as silence. Higher: dead air after a restart of the server; lower: a
/// hiccup of one microphone cuts the programme.
const BRIDGE: i64 = 2_000_000;

pub fn timeline(minutes: &Minutes, takes: &[Take]) -> Timeline {
    let Some(live) = minutes.live_since else {
        return Timeline::default();
    };
    let last = takes.iter().map(|take| take.end).max().unwrap_or(live);
    let ended = minutes.ended_at.unwrap_or(last).min(last);
    let mut captured: Vec<(Timestamp, Timestamp)> = takes
        .iter()
        .map(|take| (take.start.max(live), take.end.min(ended)))
        .filter(|(from, to)| from < to)
        .collect();
    captured.sort_unstable();
    let Some(first) = captured.first().map(|span| span.0) else {
        return Timeline::default();
    };

    let mut gaps = Vec::new();
    let mut until = first;
    for (from, to) in captured {
        if from.micros() - until.micros() > BRIDGE {
            gaps.push((until, from));
        }
        until = until.max(to);
    }
    gaps.extend(minutes.off_record.iter().map(|(from, to)| (*from, to.unwrap_or(ended))));
    Timeline::without(first, until, &gaps)
}
