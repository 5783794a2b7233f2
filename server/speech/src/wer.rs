//! Word error rate: how far a transcript is from what was said. For tests and measurements; a threshold on it survives
//! a new version of a runtime or a processor that an exact text would not.

/// Word errors (substitutions, deletions, insertions) and the number of words really said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WordErrors {
    pub errors: usize,
    pub words: usize,
}

impl WordErrors {
    /// Errors per word; 0 for an empty reference without errors.
    pub fn rate(self) -> f64 {
        self.errors as f64 / self.words.max(1) as f64
    }
}

impl std::ops::Add for WordErrors {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            errors: self.errors + other.errors,
            words: self.words + other.words,
        }
    }
}

impl std::iter::Sum for WordErrors {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::default(), std::ops::Add::add)
    }
}

/// Compares what was recognised with what was said, forgiving case, punctuation, hyphens and "Mr." for "mister".
pub fn word_errors(said: &str, recognised: &str) -> WordErrors {
    let said = words(said);
    let recognised = words(recognised);
    // Levenshtein distance over words, one row at a time.
    let mut row: Vec<usize> = (0..=recognised.len()).collect();
    for (i, word) in said.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in recognised.iter().enumerate() {
            let substituted = diagonal + usize::from(word != other);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    WordErrors {
        errors: row[recognised.len()],
        words: said.len(),
    }
}

/// The words of a text in the form in which they are compared.
pub fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .replace('’', "'")
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
        .map(|word| match word {
            "mr" => "mister",
            "mrs" => "missus",
            "dr" => "doctor",
            other => other,
        })
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_habits_are_no_errors() {
        let errors = word_errors(
            "mister Dashwood was an ill-disposed man",
            "Mr. Dashwood was an ill disposed man!",
        );
        assert_eq!(errors, WordErrors { errors: 0, words: 7 });
    }

    #[test]
    fn each_kind_of_error_counts_once() {
        assert_eq!(word_errors("one two three", "one too three").errors, 1);
        assert_eq!(word_errors("one two three", "one three").errors, 1);
        assert_eq!(word_errors("one two three", "one two two three").errors, 1);
        assert_eq!(word_errors("one two three", "").errors, 3);
    }

    #[test]
    fn several_texts_add_up() {
        let sum: WordErrors = [word_errors("a b", "a c"), word_errors("d e", "d e")].into_iter().sum();
        assert!((sum.rate() - 0.25).abs() < 1e-9);
    }
}
