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

/// The words of a text in order, folded: runs of letters and digits.
pub fn words(text: &str) -> Vec<String> {
    fold(text)
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
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
    }
}
