//! A moment in words, in the event's zone, as each language writes it.

use jiff::{Timestamp as Instant, tz::TimeZone};
use rostrum_domain::time::Timestamp;

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// `12 March 2026, 15:00 (Asia/Ho_Chi_Minh, UTC+7)`
pub fn when(at: Timestamp, zone: &str, language: &str) -> String {
    let instant = Instant::from_microsecond(at.micros()).unwrap_or(Instant::UNIX_EPOCH);
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let local = instant.to_zoned(zone.clone());
    let month = usize::from(local.month().unsigned_abs()) - 1;
    let (day, year, hour, minute) = (local.day(), local.year(), local.hour(), local.minute());
    let date = match language {
        "vi" => format!("{hour:02}:{minute:02} ngày {day:02}/{:02}/{year}", month + 1),
        "fr" => format!("{day} {} {year} à {hour:02} h {minute:02}", MONTHS_FR[month]),
        _ => format!("{day} {} {year}, {hour:02}:{minute:02}", MONTHS_EN[month]),
    };
    let seconds = local.offset().seconds();
    let sign = if seconds < 0 { '−' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() % 3600 / 60);
    let offset = if minutes == 0 {
        format!("UTC{sign}{hours}")
    } else {
        format!("UTC{sign}{hours}:{minutes:02}")
    };
    format!("{date} ({}, {offset})", zone.iana_name().unwrap_or("UTC"))
}
