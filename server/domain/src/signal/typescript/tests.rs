use super::{PATH, typescript};
use std::path::Path;

#[test]
fn the_web_has_the_messages_of_today() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(PATH);
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == typescript(),
        "{PATH} is out of date: run `cargo run -p rostrum-domain --example signal_typescript`"
    );
}

#[test]
fn no_type_is_used_without_being_declared_and_no_big_integers_are_sent() {
    let text = typescript();
    assert!(!text.contains("bigint"));
    for name in [
        "MeSection",
        "Command",
        "Refusal",
        "Caption",
        "LineEntry",
        "Totals",
        "SlotShows",
        "QuestionState",
    ] {
        assert!(text.contains(&format!("export type {name} =")), "{name} is missing");
    }
}
