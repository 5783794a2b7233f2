//! One spelling for comparing: no case, no diacritics. Whoever types `Truong Sa` finds `Trường Sa`; whoever types the
//! diacritics is understood too, because both sides are folded.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// `text` in lower case without diacritics; `đ`, `ø`, `ł`, `ß`, `æ` and `œ`, which do not decompose, as people type them.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        for small in letter.to_lowercase() {
            match small {
                'đ' | 'ð' => out.push('d'),
                'ø' => out.push('o'),
                'ł' => out.push('l'),
                'ı' => out.push('i'),
                'ß' => out.push_str("ss"),
                'æ' => out.push_str("ae"),
                'œ' => out.push_str("oe"),
                mark if is_combining_mark(mark) => {}
                other => out.push(other),
            }
        }
    }
    out
}

/// The words of a text in order, folded: runs of letters and digits. Where a script writes no spaces (Han, kana), every
/// letter is a word.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for letter in fold(text).chars() {
        let alone = is_unspaced(letter);
        if (alone || !letter.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if alone {
            words.push(letter.into());
        } else if letter.is_alphanumeric() {
            word.push(letter);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{2ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diacritics_and_case_do_not_count() {
        assert_eq!(fold("Trường Sa, Đà Nẵng"), "truong sa, da nang");
        assert_eq!(fold("Straße, Œuvre, Ælf"), "strasse, oeuvre, aelf");
        let (composed, decomposed) = ("Việt Nam", "Vie\u{323}\u{302}t Nam");
        assert_eq!(fold(composed), fold(decomposed));
        assert_eq!(words("«L’été», 2026!"), ["l", "ete", "2026"]);
        assert_eq!(words("記者ABC 会"), ["記", "者", "abc", "会"]);
    }
}
