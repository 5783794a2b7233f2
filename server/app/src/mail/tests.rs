use super::*;
use rostrum_domain::time::Timestamp;
use std::collections::BTreeSet;

fn holes(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn every_letter_says_the_same_in_every_language() {
    for template in Template::ALL {
        let english = template.fill("en", &[]);
        for language in template::LANGUAGES {
            let (subject, body) = template.fill(language, &[]);
            assert!(!subject.is_empty() && body.len() > 50, "{template:?} in {language}");
            assert_eq!(holes(&subject), holes(&english.0), "{template:?} in {language}");
            assert_eq!(holes(&body), holes(&english.1), "{template:?} in {language}");
            assert!(
                language == "en" || body != english.1,
                "{template:?} is not translated to {language}"
            );
        }
    }
}

#[test]
fn a_value_is_never_read_as_a_hole_nor_breaks_the_subject() {
    let (subject, body) = Template::Confirm.fill(
        "en",
        &[
            ("name", "{link}"),
            ("event", "A\r\nBcc: x@example.org"),
            ("when", "now"),
            ("link", "https://l"),
            ("house", "H"),
        ],
    );
    assert!(body.contains("Good day {link},"));
    assert!(!subject.contains(['\r', '\n']));
}

#[test]
fn a_sent_letter_keeps_no_key() {
    let body = "open\n\nhttps://x.example/app/join?token=abC-_9\n\nbye";
    assert_eq!(
        without_tokens(body),
        "open\n\nhttps://x.example/app/join?token=…\n\nbye"
    );
}

#[test]
fn a_moment_is_told_in_the_zone_of_the_event() {
    let at = Timestamp(1_773_302_400_000_000); // 2026-03-12T08:00:00Z
    assert_eq!(
        when(at, "Asia/Ho_Chi_Minh", "en"),
        "12 March 2026, 15:00 (Asia/Ho_Chi_Minh, UTC+7)"
    );
    assert_eq!(
        when(at, "Asia/Ho_Chi_Minh", "vi"),
        "15:00 ngày 12/03/2026 (Asia/Ho_Chi_Minh, UTC+7)"
    );
    assert_eq!(
        when(at, "America/New_York", "fr"),
        "12 mars 2026 à 04 h 00 (America/New_York, UTC−4)"
    );
    assert_eq!(
        when(at, "Asia/Kolkata", "en"),
        "12 March 2026, 13:30 (Asia/Kolkata, UTC+5:30)"
    );
}
