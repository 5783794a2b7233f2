//! Who waited how long, as a table with a bar beside each row: drawn on the server, read without script or style.

use crate::press::words::{Words, language_name};
use maud::{Markup, html};
use rostrum_domain::{publication::RecordWaits, room::count::Waited};

/// Nothing where the edition does not tell.
pub fn section(words: &Words, waits: Option<&RecordWaits>) -> Markup {
    let Some(waits) = waits else { return html! {} };
    let rows = waits.outlets.iter().chain(&waits.languages);
    let longest = rows.filter_map(|row| row.longest_s).max().unwrap_or(0).max(1);
    let outlet = |of: &str| {
        if of.is_empty() {
            words.no_outlet.to_owned()
        } else {
            of.to_owned()
        }
    };
    html! {
        h3 { (words.waits) }
        p.muted { (words.waits_note) }
        @if !waits.outlets.is_empty() { (table(words, words.waits_outlet, &waits.outlets, longest, outlet)) }
        (table(words, words.waits_language, &waits.languages, longest, |of| language_name(of).to_owned()))
    }
}

fn table(words: &Words, label: &str, rows: &[Waited], longest: u32, name: impl Fn(&str) -> String) -> Markup {
    html! {
        table.waits {
            thead {
                tr {
                    th scope="col" { (label) }
                    th scope="col" { (words.received) }
                    th scope="col" { (words.waits_heard) }
                    th scope="col" { (words.waits_median) }
                    th scope="col" { (words.waits_longest) }
                    td {}
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        th scope="row" { (name(&row.of)) }
                        td { (row.received) }
                        td { (row.heard) }
                        td { (clock(row.median_s)) }
                        td { (clock(row.longest_s)) }
                        td.bar { (bar(row, longest)) }
                    }
                }
            }
        }
    }
}

/// The numbers stand beside it: the picture says nothing more.
fn bar(row: &Waited, longest: u32) -> Markup {
    let width = |seconds: Option<u32>| u64::from(seconds.unwrap_or(0)) * 100 / u64::from(longest);
    html! {
        svg viewBox="0 0 100 8" width="100" height="8" aria-hidden="true" {
            rect width=(width(row.longest_s)) height="8" fill="currentColor" opacity="0.25" {}
            rect width=(width(row.median_s)) height="8" fill="currentColor" {}
        }
    }
}

/// `2:05`; nothing when nobody was heard.
fn clock(seconds: Option<u32>) -> String {
    seconds.map_or_else(
        || "–".to_owned(),
        |seconds| format!("{}:{:02}", seconds / 60, seconds % 60),
    )
}

#[cfg(test)]
mod tests;
