//! Every sentence of the public pages, per language. A missing one is a compile error.

mod en;
mod fr;
mod vi;

use rostrum_domain::publication::MachineHelp;

/// Languages of the press centre, the first one wins where nothing else decides.
pub const LANGUAGES: [&str; 3] = ["vi", "en", "fr"];

/// One language's catalogue. `{}` stands for the value named in the field's comment.
#[derive(Debug)]
pub struct Words {
    pub lang: &'static str,
    /// The language's own name.
    pub name: &'static str,
    /// For Open Graph: `vi_VN`.
    pub locale: &'static str,

    pub press_centre: &'static str,
    pub skip: &'static str,
    pub languages: &'static str,
    pub sign_in: &'static str,
    pub calendar: &'static str,
    pub feed: &'static str,
    pub contact: &'static str,
    pub signatures: &'static str,

    /// {} is a list of names.
    pub asked_together: &'static str,
    /// {} is a permalink.
    pub follow_up_to: &'static str,
    /// {} is a date.
    pub written_on: &'static str,
    pub answered_in_writing: &'static str,
    pub closed_unanswered: &'static str,
    pub waits: &'static str,
    pub waits_note: &'static str,
    pub waits_outlet: &'static str,
    pub waits_language: &'static str,
    pub waits_heard: &'static str,
    pub waits_median: &'static str,
    pub waits_longest: &'static str,
    pub no_outlet: &'static str,

    pub next_briefing: &'static str,
    pub no_next: &'static str,
    pub live_now: &'static str,
    pub live: &'static str,
    pub upcoming: &'static str,
    pub latest_records: &'static str,
    pub no_records: &'static str,
    pub series: &'static str,
    pub all_of_series: &'static str,
    pub number: &'static str,

    pub when: &'static str,
    /// Said by `press.js` beside a time of the event.
    pub your_time: &'static str,
    pub lasts_until: &'static str,
    pub place: &'static str,
    pub online: &'static str,
    pub on_site: &'static str,
    pub mixed: &'static str,
    pub spoken_languages: &'static str,
    pub registration: &'static str,
    /// {} is a time.
    pub open_until: &'static str,
    /// {} is a time.
    pub closed_since: &'static str,
    pub register: &'static str,
    pub register_note: &'static str,
    pub questions: &'static str,
    pub questions_note: &'static str,
    pub ground_rules: &'static str,
    /// {} is a count.
    pub follow_ups: &'static str,
    /// {} is a count of minutes.
    pub exchange_minutes: &'static str,
    pub add_to_calendar: &'static str,
    pub cancelled: &'static str,
    pub cancelled_note: &'static str,
    pub live_note: &'static str,
    pub enter_room: &'static str,
    pub ended_note: &'static str,
    pub about: &'static str,

    pub record: &'static str,
    pub recording: &'static str,
    pub play_from: &'static str,
    pub no_recording: &'static str,
    pub outline: &'static str,
    pub unnamed_asker: &'static str,
    pub unknown_speaker: &'static str,
    pub permalink: &'static str,
    pub channel_written: &'static str,
    pub channel_message: &'static str,
    pub near_verbatim: &'static str,
    pub no_machine: &'static str,
    /// {engines}, {corrected}, {segments}
    pub machine_help: &'static str,
    pub totals: &'static str,
    pub received: &'static str,
    pub called: &'static str,
    pub answered: &'static str,
    pub taken: &'static str,
    pub declined: &'static str,
    pub withdrawn: &'static str,
    pub not_reached: &'static str,
    pub downloads: &'static str,
    pub captions: &'static str,
    pub plain_text: &'static str,
    pub signed_file: &'static str,
    pub data_file: &'static str,
    pub video_file: &'static str,
    pub edition: &'static str,
    pub published_on: &'static str,
    pub signed_with: &'static str,
    pub fingerprint: &'static str,
    pub how_to_check: &'static str,
    pub earlier_editions: &'static str,
    pub corrections: &'static str,
    /// {} is the number of the newest edition.
    pub superseded: &'static str,
    pub newest_edition: &'static str,

    pub typeset_file: &'static str,
    pub word_file: &'static str,
    pub parliament_file: &'static str,
    pub broadcast_file: &'static str,
    pub citations: &'static str,
    pub how_to_cite: &'static str,
    /// {page}, {pages}: on paper.
    pub page_of: &'static str,

    pub search: &'static str,
    pub search_lead: &'static str,
    pub search_words: &'static str,
    pub search_speaker: &'static str,
    pub search_topic: &'static str,
    pub search_outlet: &'static str,
    pub search_year: &'static str,
    pub search_language: &'static str,
    pub search_any: &'static str,
    pub search_found: &'static str,
    pub search_nothing: &'static str,
    pub search_hint: &'static str,
    pub search_more: &'static str,

    pub quote_check: &'static str,
    pub quote_lead: &'static str,
    pub quote_label: &'static str,
    pub quote_button: &'static str,
    pub quote_exact: &'static str,
    pub quote_exact_note: &'static str,
    pub quote_near: &'static str,
    pub quote_near_note: &'static str,
    pub quote_missing: &'static str,
    pub quote_missing_note: &'static str,
    /// {} is a count of words.
    pub quote_short: &'static str,
    /// {} is a count of characters.
    pub quote_long: &'static str,
    pub quote_only_record: &'static str,
    pub quote_only_yours: &'static str,
    /// {} is the number of the newest edition.
    pub quote_old: &'static str,
    /// Said by `press.js`.
    pub copy_quote: &'static str,
    /// Said by `press.js`.
    pub quote_copied: &'static str,

    pub register_title: &'static str,
    pub register_lead: &'static str,
    pub register_none: &'static str,
    pub register_feed: &'static str,
    pub correction_was: &'static str,
    pub correction_is: &'static str,
    pub correction_where: &'static str,
    pub correction_removed: &'static str,
    pub correction_added: &'static str,

    pub signatures_lead: &'static str,
    pub signatures_steps: &'static str,
    pub signatures_keys: &'static str,
    pub signatures_none: &'static str,
    pub signatures_since: &'static str,

    pub not_found: &'static str,
    pub not_found_note: &'static str,
    pub back_home: &'static str,

    pub now: &'static str,
    /// {} is an amount with its unit.
    pub in_time: &'static str,
    /// Singular and plural: minutes, hours, days.
    pub units: [[&'static str; 2]; 3],
    /// Monday first.
    pub weekdays: [&'static str; 7],
    pub months: [&'static str; 12],
    /// {weekday}, {day}, {month}, {year}
    pub date: &'static str,
    /// {date}, {time}, {zone}
    pub date_time: &'static str,
    /// Between hours and minutes.
    pub clock: &'static str,
}

impl Words {
    /// How machines helped with a text.
    pub fn helped(&self, help: &MachineHelp) -> String {
        if help.segments == 0 {
            return self.no_machine.to_owned();
        }
        self.machine_help
            .replace("{engines}", &help.speech.join(", "))
            .replace("{corrected}", &help.corrected.to_string())
            .replace("{segments}", &help.segments.to_string())
    }
}

/// The catalogue of a language of the press centre.
pub fn words(lang: &str) -> Option<&'static Words> {
    [&vi::WORDS, &en::WORDS, &fr::WORDS]
        .into_iter()
        .find(|words| words.lang == lang)
}

/// The catalogue that answers when no language was asked for, or an unknown one.
pub fn words_or_default(lang: &str) -> &'static Words {
    words(lang).unwrap_or(&en::WORDS)
}

/// A language's own name, else its tag.
pub fn language_name(tag: &str) -> &str {
    words(tag).map_or(tag, |words| words.name)
}
