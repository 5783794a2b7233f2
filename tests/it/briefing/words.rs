//! Comparing what was said with what was written.

use rostrum_domain::{id::PersonId, transcript::Segment};

/// The words of a text as they are heard: case, punctuation and the spelling of titles do not count.
fn heard(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(|word| {
            word.chars()
                .filter(|c| c.is_alphanumeric())
                .collect::<String>()
                .to_lowercase()
        })
        .map(|word| if word == "mr" { "mister".to_owned() } else { word })
        .filter(|word| !word.is_empty())
        .collect()
}

/// Word error rate: substitutions, deletions and insertions against the words that were said.
pub fn error_rate(said: &str, written: &str) -> f64 {
    let (said, written) = (heard(said), heard(written));
    let mut row: Vec<usize> = (0..=written.len()).collect();
    for (i, word) in said.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in written.iter().enumerate() {
            let substituted = diagonal + usize::from(word != other);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[written.len()] as f64 / said.len().max(1) as f64
}

/// Everything written under one speaker, in order.
pub fn by(segments: &[Segment], speaker: PersonId) -> String {
    let mine = segments.iter().filter(|segment| segment.speaker == Some(speaker));
    mine.map(|segment| segment.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_error_rate_counts_words() {
    assert_eq!(
        error_rate("Mister Dashwood had leisure", "mr. dashwood, had leisure!"),
        0.0
    );
    assert_eq!(error_rate("one two three four", "one too three four"), 0.25);
    assert_eq!(error_rate("one two three four", "one two two three"), 0.5);
    assert_eq!(error_rate("one two", ""), 1.0);
}
