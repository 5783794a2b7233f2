//! Did they say that? A quoted sentence against released words: exact, near (with the difference), or not there. Exact means
//! the same words in the same order, whatever the punctuation and case; a different diacritic is a different word.

use crate::text::fold;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// Fewer words are no quote: they stand in every record.
pub const MIN_WORDS: usize = 4;
/// Characters of a quote that is checked. Higher: a costlier comparison.
pub const MAX_CHARS: usize = 1_500;
/// Differing words in a hundred up to which a quote is near.
const NEAR_PERCENT: usize = 40;
/// Words of one fingerprint.
const SHINGLE: usize = 3;
/// Of so many neighbouring fingerprints one is kept. Higher: a smaller index; quotes shorter than it and two more are found
/// by their words only.
const WINDOW: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Same,
    OnlyRecord,
    OnlyQuote,
}

/// How a quote lies over a passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Words that differ.
    pub edits: usize,
    /// Stretches of words as written, in order.
    pub parts: Vec<(Step, String)>,
}

impl Match {
    pub fn exact(&self) -> bool {
        self.edits == 0
    }
}

/// A word as compared, and as written.
struct Word<'a> {
    key: String,
    shown: &'a str,
}

fn split(text: &str) -> Vec<Word<'_>> {
    text.split(|letter: char| letter.is_whitespace() || matches!(letter, '—' | '–' | '…'))
        .filter_map(|shown| {
            let key: String = shown
                .nfc()
                .flat_map(char::to_lowercase)
                .filter(|letter| letter.is_alphanumeric())
                .collect();
            (!key.is_empty()).then_some(Word { key, shown })
        })
        .collect()
}

/// How many words a quote has.
pub fn count(quote: &str) -> usize {
    split(quote).len()
}

/// The best place of `quote` in `passage`, when it is exact or near.
pub fn find(quote: &str, passage: &str) -> Option<Match> {
    let (asked, said) = (split(quote), split(passage));
    if asked.is_empty() || said.is_empty() {
        return None;
    }
    let width = said.len() + 1;
    // Edit distance of every beginning of the quote to the best stretch that ends at each word of the passage.
    let mut cost = vec![0_u16; (asked.len() + 1) * width];
    for (row, asked) in asked.iter().enumerate() {
        let (above, here) = (row * width, (row + 1) * width);
        cost[here] = cost[above] + 1;
        for (column, said) in said.iter().enumerate() {
            let change = cost[above + column] + 2 * u16::from(asked.key != said.key);
            let skip = (cost[above + column + 1] + 1).min(cost[here + column] + 1);
            cost[here + column + 1] = change.min(skip);
        }
    }
    let last = &cost[asked.len() * width..];
    let (end, _) = last.iter().enumerate().min_by_key(|(_, cost)| **cost)?;
    let steps = trace(&asked, &said, &cost, end);
    let yours = steps.iter().filter(|step| step.0 == Step::OnlyQuote).count();
    let theirs = steps.iter().filter(|step| step.0 == Step::OnlyRecord).count();
    let edits = yours.max(theirs);
    (edits * 100 <= asked.len() * NEAR_PERCENT).then(|| Match {
        edits,
        parts: join(&steps),
    })
}

fn trace<'a>(asked: &[Word<'a>], said: &[Word<'a>], cost: &[u16], end: usize) -> Vec<(Step, &'a str)> {
    let width = said.len() + 1;
    let (mut row, mut column) = (asked.len(), end);
    let mut steps = Vec::new();
    while row > 0 {
        let here = cost[row * width + column];
        if column > 0 && asked[row - 1].key == said[column - 1].key && here == cost[(row - 1) * width + column - 1] {
            (row, column) = (row - 1, column - 1);
            steps.push((Step::Same, said[column].shown));
        } else if here == cost[(row - 1) * width + column] + 1 {
            row -= 1;
            steps.push((Step::OnlyQuote, asked[row].shown));
        } else if column > 0 && here == cost[row * width + column - 1] + 1 {
            column -= 1;
            steps.push((Step::OnlyRecord, said[column].shown));
        } else {
            (row, column) = (row - 1, column.saturating_sub(1));
            steps.push((Step::OnlyQuote, asked[row].shown));
            steps.push((Step::OnlyRecord, said[column].shown));
        }
    }
    steps.reverse();
    steps
}

/// Neighbouring words of one kind in one stretch; between two words that are the same, first what the record has.
fn join(steps: &[(Step, &str)]) -> Vec<(Step, String)> {
    let mut parts: Vec<(Step, String)> = Vec::new();
    let mut changed: [String; 2] = Default::default();
    let add = |text: &mut String, word: &str| {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    };
    let flush = |changed: &mut [String; 2], parts: &mut Vec<(Step, String)>| {
        for (step, text) in [Step::OnlyRecord, Step::OnlyQuote].into_iter().zip(changed.iter_mut()) {
            if !text.is_empty() {
                parts.push((step, std::mem::take(text)));
            }
        }
    };
    for (step, word) in steps {
        match step {
            Step::OnlyRecord => add(&mut changed[0], word),
            Step::OnlyQuote => add(&mut changed[1], word),
            Step::Same => {
                flush(&mut changed, &mut parts);
                match parts.last_mut() {
                    Some((Step::Same, text)) => add(text, word),
                    _ => parts.push((Step::Same, (*word).to_owned())),
                }
            }
        }
    }
    flush(&mut changed, &mut parts);
    parts
}

/// Fingerprints of every three words: what a quote is looked up by.
pub fn shingles(text: &str) -> Vec<i64> {
    let keys: Vec<String> = split(text).into_iter().map(|word| fold(&word.key)).collect();
    keys.windows(SHINGLE).map(|words| hash(&words.join(" "))).collect()
}

/// The fingerprints that are kept of a passage (winnowing, Schleimer, Wilkerson and Aiken, SIGMOD 2003): two texts that
/// share eight words in a row share one of them.
pub fn kept(text: &str) -> Vec<i64> {
    let all = shingles(text);
    // A short passage keeps them all.
    let mut kept: Vec<i64> = if all.len() <= WINDOW {
        all
    } else {
        all.windows(WINDOW)
            .filter_map(|window| window.iter().min().copied())
            .collect()
    };
    kept.sort_unstable();
    kept.dedup();
    kept
}

fn hash(text: &str) -> i64 {
    let digest = Sha256::digest(text.as_bytes());
    // 48 bits: small in the index, and two of some ten million meet hardly ever; a meeting costs one comparison.
    digest[..6]
        .iter()
        .fold(0, |number, byte| (number << 8) | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SAID: &str = "Good afternoon. Viet Nam resolutely opposes any act that violates its sovereignty, and asks all \
                        parties to respect international law. Thank you.";

    #[test]
    fn the_same_words_are_exact_whatever_the_punctuation() {
        let found = find(
            "“Viet Nam resolutely opposes any act — that violates its sovereignty”",
            SAID,
        )
        .unwrap();
        assert!(found.exact());
        assert_eq!(
            found.parts[0].1,
            "Viet Nam resolutely opposes any act that violates its sovereignty,"
        );
    }

    #[test]
    fn a_changed_word_is_near_and_shown() {
        let found = find("Viet Nam firmly opposes any act that violates its sovereignty", SAID).unwrap();
        assert_eq!(
            found.parts[..3],
            [
                (Step::Same, "Viet Nam".to_owned()),
                (Step::OnlyRecord, "resolutely".to_owned()),
                (Step::OnlyQuote, "firmly".to_owned()),
            ]
        );
        assert_eq!(found.edits, 1);
        let left_out = find("Viet Nam opposes any act that violates its sovereignty", SAID).unwrap();
        assert_eq!(
            (left_out.edits, left_out.exact()),
            (1, false),
            "a word left out is a difference"
        );
    }

    #[test]
    fn a_diacritic_makes_another_word() {
        assert!(
            !find("quyen chủ quyền của Việt Nam", "quyền chủ quyền của Việt Nam")
                .unwrap()
                .exact()
        );
        let decomposed = "quye\u{302}\u{300}n chu\u{309} quye\u{302}\u{300}n của Việt Nam";
        assert!(find(decomposed, "quyền chủ quyền của Việt Nam").unwrap().exact());
    }

    #[test]
    fn other_words_are_not_found() {
        assert_eq!(find("The minister will resign tomorrow morning", SAID), None);
    }

    proptest! {
        /// Whoever quotes eight words in a row is led to the passage, and told that they are exact.
        #[test]
        fn every_stretch_of_a_passage_is_found(
            words in proptest::collection::vec("[a-zđếợ]{1,7}", 12..60), from in 0_usize..4, length in 8_usize..12,
        ) {
            let passage = words.join(" ");
            let quote = words[from.min(words.len() - 8)..].iter().take(length).cloned().collect::<Vec<_>>().join(" ");
            prop_assert!(find(&quote, &passage).unwrap().exact());
            let asked = shingles(&quote);
            prop_assert!(kept(&passage).iter().any(|kept| asked.contains(kept)));
        }

        #[test]
        fn nothing_that_is_pasted_breaks_it(quote in "\\PC{0,120}", passage in "\\PC{0,200}") {
            let _ = find(&quote, &passage);
            let _ = kept(&quote);
        }
    }
}
