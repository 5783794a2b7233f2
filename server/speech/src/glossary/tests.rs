use super::*;

fn glossary() -> Glossary {
    Glossary::new(&[
        Term {
            written: "Phạm Thu Hằng".into(),
            spoken: vec!["fam too hang".into(), "pham thu hang".into()],
        },
        Term {
            written: "Hằng".into(),
            spoken: vec!["hang".into()],
        },
        Term {
            written: "ASEAN".into(),
            spoken: vec!["asian summit group".into()],
        },
        Term {
            written: "MoFA".into(),
            spoken: vec![],
        },
    ])
}

#[test]
fn a_name_is_written_right_whatever_its_case() {
    assert_eq!(
        glossary().apply("Thank you, Pham Thu hang. Fam too hang will answer."),
        "Thank you, Phạm Thu Hằng. Phạm Thu Hằng will answer."
    );
}

#[test]
fn the_longest_form_wins() {
    assert_eq!(glossary().apply("Pham Thu Hang and Hang"), "Phạm Thu Hằng and Hằng");
}

#[test]
fn parts_of_words_are_left_alone() {
    assert_eq!(
        glossary().apply("They change the hanger; hang-up."),
        "They change the hanger; hang-up."
    );
}

#[test]
fn a_form_does_not_reach_over_punctuation() {
    assert_eq!(glossary().apply("Asian. Summit group."), "Asian. Summit group.");
}

#[test]
fn the_written_form_restores_its_own_casing() {
    assert_eq!(
        glossary().apply("The mofa says, mofa's view"),
        "The MoFA says, mofa's view"
    );
}

#[test]
fn without_terms_nothing_changes() {
    assert_eq!(Glossary::default().apply("  As it is. "), "  As it is. ");
}
