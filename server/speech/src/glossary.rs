//! Spelling of names and titles that the engine cannot know: what it tends to hear is replaced, word by word, by what is
//! right. Works on text after recognition, because the default engine takes no hints. Changes nothing inside a word.

use serde::{Deserialize, Serialize};

/// One name or title as it must be written, and the ways it is heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// As it must appear, for instance `Nguyễn Thị Hà`.
    pub written: String,
    /// As engines tend to write it, in any case, for instance `nguyen tee ha`. The written form counts by itself.
    #[serde(default)]
    pub spoken: Vec<String>,
}

/// Terms made ready for matching.
#[derive(Clone, Debug, Default)]
pub struct Glossary {
    /// Folded words of a spoken form, and what replaces them; longest first, so that a full name wins over a surname.
    rules: Vec<(Vec<String>, String)>,
}

impl Glossary {
    pub fn new(terms: &[Term]) -> Self {
        let mut rules: Vec<(Vec<String>, String)> = terms
            .iter()
            .flat_map(|term| {
                term.spoken.iter().chain([&term.written]).map(|form| {
                    (
                        words(form).map(|word| fold(word.text)).collect::<Vec<_>>(),
                        term.written.clone(),
                    )
                })
            })
            .filter(|(form, written)| !form.is_empty() && !written.is_empty())
            .collect();
        rules.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
        Self { rules }
    }

    /// The text with every known form replaced by its written form. Punctuation around words stays.
    pub fn apply(&self, text: &str) -> String {
        if self.rules.is_empty() {
            return text.to_owned();
        }
        let found: Vec<Word<'_>> = words(text).collect();
        let folded: Vec<String> = found.iter().map(|word| fold(word.text)).collect();
        let mut out = String::with_capacity(text.len());
        let mut copied = 0;
        let mut at = 0;
        while at < found.len() {
            let rule = self.rules.iter().find(|(form, _)| {
                folded[at..].starts_with(form) && found[at..at + form.len()].windows(2).all(|pair| adjacent(text, pair))
            });
            let Some((form, written)) = rule else {
                at += 1;
                continue;
            };
            let last = &found[at + form.len() - 1];
            out.push_str(&text[copied..found[at].start]);
            out.push_str(written);
            copied = last.start + last.text.len();
            at += form.len();
        }
        out.push_str(&text[copied..]);
        out
    }
}

struct Word<'a> {
    start: usize,
    text: &'a str,
}

/// Runs of letters and digits, with an apostrophe or hyphen inside a word belonging to it.
fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(char::is_alphanumeric)?;
        let mut end = start;
        let mut inside = text[start..].char_indices().peekable();
        while let Some((offset, c)) = inside.next() {
            let joins = matches!(c, '\'' | '’' | '-') && inside.peek().is_some_and(|(_, next)| next.is_alphanumeric());
            if !c.is_alphanumeric() && !joins {
                break;
            }
            end = start + offset + c.len_utf8();
        }
        rest = end;
        Some(Word {
            start,
            text: &text[start..end],
        })
    })
}

/// Only spaces between two words: a form never reaches over a comma or a full stop.
fn adjacent(text: &str, pair: &[Word<'_>]) -> bool {
    let end = pair[0].start + pair[0].text.len();
    text[end..pair[1].start].chars().all(char::is_whitespace)
}

fn fold(word: &str) -> String {
    word.to_lowercase().replace('’', "'")
}

#[cfg(test)]
mod tests;
