//! Times as people read them: in the event's own zone with its name, and in UTC; how long until something begins.

use crate::press::words::Words;
use jiff::{Zoned, tz::TimeZone};
use rostrum_domain::time::Timestamp;

/// `Thursday 19 November 2026, 15:00 (Asia/Ho Chi Minh)`.
pub fn date_time(words: &Words, at: Timestamp, zone: &str) -> String {
    words
        .date_time
        .replace("{date}", &date(words, at, zone))
        .replace("{time}", &time(words, at, zone))
        .replace("{zone}", &zone.replace('_', " "))
}

pub fn date(words: &Words, at: Timestamp, zone: &str) -> String {
    let local = local(at, zone);
    words
        .date
        .replace(
            "{weekday}",
            words.weekdays[usize::from(local.weekday().to_monday_zero_offset().unsigned_abs())],
        )
        .replace("{day}", &local.day().to_string())
        .replace("{month}", words.months[usize::from((local.month() - 1).unsigned_abs())])
        .replace("{year}", &local.year().to_string())
}

pub fn time(words: &Words, at: Timestamp, zone: &str) -> String {
    let local = local(at, zone);
    format!("{:02}{}{:02}", local.hour(), words.clock, local.minute())
}

/// RFC 3339 in UTC, for machines.
pub fn iso(at: Timestamp) -> String {
    local(at, "UTC").strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `20261119T080000Z`, for calendars.
pub fn ical(at: Timestamp) -> String {
    local(at, "UTC").strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// "in 3 days", "in 5 hours", "now".
pub fn time_left(words: &Words, now: Timestamp, at: Timestamp) -> String {
    let minutes = at.since(now).as_secs().div_ceil(60);
    let (amount, unit) = match minutes {
        0 => return words.now.to_owned(),
        1..=119 => (minutes, words.units[0]),
        120..=2879 => (minutes / 60, words.units[1]),
        _ => (minutes / (24 * 60), words.units[2]),
    };
    let unit = if amount == 1 { unit[0] } else { unit[1] };
    words.in_time.replace("{}", &format!("{amount} {unit}"))
}

/// `1:02:03` or `2:03`: a place in the recording.
pub fn position(ms: u64) -> String {
    let seconds = ms / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

fn local(at: Timestamp, zone: &str) -> Zoned {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    jiff::Timestamp::from_microsecond(at.micros())
        .unwrap_or_default()
        .to_zoned(zone)
}
