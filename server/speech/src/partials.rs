//! Captions of a sentence that is still being spoken: when to decode again, and which words may be trusted already. Words
//! that two decodes in a row agree on are stable (LocalAgreement-2); the rest may still change under the reader's eyes.

use crate::engine::SAMPLE_RATE;

/// Speech between two decodes of the same sentence. Shorter shows words sooner and costs in proportion; at one second a
/// core keeps up with about nine voices at once.
const EVERY: usize = SAMPLE_RATE;

/// The growing caption of one segment.
#[derive(Debug, Default)]
pub struct Partials {
    decoded: usize,
    last: String,
}

impl Partials {
    /// Whether a segment that is now `samples` long should be decoded again. Answers yes once for each second.
    pub fn due(&mut self, samples: usize) -> bool {
        let due = samples >= self.decoded + EVERY;
        if due {
            self.decoded = samples;
        }
        due
    }

    /// Takes the newest hypothesis and says how many of its first characters (Unicode scalar values) are stable.
    pub fn agree(&mut self, text: &str) -> u32 {
        let stable = common_words(&self.last, text);
        self.last = text.to_owned();
        u32::try_from(text[..stable].chars().count()).unwrap_or(u32::MAX)
    }
}

/// Shortest phrase, in words, that counts as a loop. Shorter ones are said on purpose ("never again, never again").
const LOOP_WORDS: usize = 3;
/// How often a phrase must follow itself. Twice happens in speeches.
const LOOP_TIMES: usize = 3;

/// The text without a phrase repeated over and over at its end. Engines fall into such loops when the clip stops inside a
/// word, which every clip of an unfinished sentence does. Finished segments are left as the engine heard them.
pub fn without_loop(text: &str) -> &str {
    let words: Vec<&str> = text.split_whitespace().collect();
    let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
    for size in LOOP_WORDS..=folded.len() / LOOP_TIMES {
        // The last repetition may be cut short.
        let mut start = folded.len() - size;
        while start > 0 && folded[start - 1] == folded[start - 1 + size] {
            start -= 1;
        }
        if folded.len() - start >= size * LOOP_TIMES {
            let last = words[start + size - 1];
            // Both point into `text`.
            let end = last.as_ptr().addr() - text.as_ptr().addr() + last.len();
            return &text[..end];
        }
    }
    text
}

fn fold(word: &str) -> String {
    word.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Bytes of `new` covered by the whole words with which both begin.
fn common_words(old: &str, new: &str) -> usize {
    let mut end = 0;
    for (a, b) in old.split_whitespace().zip(new.split_whitespace()) {
        if a != b {
            break;
        }
        end += new[end..].find(b).unwrap_or_default() + b.len();
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_stable_the_first_time() {
        assert_eq!(Partials::default().agree("Ask not"), 0);
    }

    #[test]
    fn words_said_twice_are_stable_up_to_the_first_difference() {
        let mut partials = Partials::default();
        partials.agree("Ask not what your can");
        assert_eq!(
            partials.agree("Ask not what your country can"),
            "Ask not what your".len() as u32
        );
    }

    #[test]
    fn a_word_that_grew_is_not_stable() {
        let mut partials = Partials::default();
        partials.agree("I am");
        assert_eq!(partials.agree("I amble"), 1);
    }

    #[test]
    fn a_phrase_said_over_and_over_at_the_end_is_shown_once() {
        let heard = "The age of wisdom. It was a time. It was a time. it was a time. It was";
        assert_eq!(without_loop(heard), "The age of wisdom. It was a time.");
    }

    #[test]
    fn repetition_that_people_use_is_left_alone() {
        for said in [
            "Never again, never again, never again.",
            "It was the best of times, it was the worst of times",
            "We shall fight, we shall fight",
            "",
        ] {
            assert_eq!(without_loop(said), said);
        }
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        let mut partials = Partials::default();
        partials.agree("Việt Nam");
        assert_eq!(partials.agree("Việt Nam nói"), 8);
    }

    #[test]
    fn a_segment_is_decoded_once_for_each_second() {
        let mut partials = Partials::default();
        let due = (0..=35).filter(|tenth| partials.due(tenth * SAMPLE_RATE / 10)).count();
        assert_eq!(due, 3);
    }
}
