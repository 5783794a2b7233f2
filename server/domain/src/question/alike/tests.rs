use super::{ALIKE, Shingles};

fn score(one: &str, other: &str) -> u8 {
    let (one, other) = (Shingles::of(one), Shingles::of(other));
    assert_eq!(one.score(&other), other.score(&one), "resemblance has no direction");
    one.score(&other)
}

#[test]
fn the_same_question_in_other_words_is_suggested() {
    assert!(
        score(
            "Who pays when the river floods again?",
            "When the river floods again, who will pay?"
        ) >= ALIKE
    );
    assert!(
        score(
            "Ai trả tiền khi sông lại ngập lụt?",
            "Khi sông lại ngập lụt thì ai trả tiền?"
        ) >= ALIKE
    );
    assert!(
        score(
            "Qui paie quand le fleuve déborde ?",
            "quand le fleuve déborde, qui paie ?"
        ) >= ALIKE
    );
}

#[test]
fn another_question_is_not() {
    assert!(
        score(
            "Who pays when the river floods again?",
            "Will there be a new visa agreement with France?"
        ) < ALIKE
    );
    assert!(
        score(
            "Will the minister travel to Geneva in May?",
            "When will the fishing agreement be signed?"
        ) < ALIKE
    );
}

#[test]
fn a_few_letters_say_too_little_to_compare() {
    assert_eq!(score("Visas?", "Visas?"), 0);
    assert_eq!(score("", ""), 0);
}
