//! Token numbers back to text: the file holds, per token, a length of one or two bytes and the token's bytes.

/// Marks the start of a word.
const WORD_START: char = '▁';

pub(super) struct Tokenizer {
    tokens: Vec<Vec<u8>>,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("token {0} reaches over the end of the file")]
pub(super) struct CutShort(usize);

impl Tokenizer {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, CutShort> {
        let mut tokens = Vec::new();
        let mut rest = bytes;
        while let Some((&low, tail)) = rest.split_first() {
            let cut_short = || CutShort(tokens.len());
            let (length, tail) = if low < 128 {
                (usize::from(low), tail)
            } else {
                let (&high, tail) = tail.split_first().ok_or_else(cut_short)?;
                (usize::from(high) * 128 + usize::from(low) - 128, tail)
            };
            let (token, tail) = tail.split_at_checked(length).ok_or_else(cut_short)?;
            tokens.push(token.to_vec());
            rest = tail;
        }
        Ok(Self { tokens })
    }

    /// The words of a row of tokens; marks such as `<unk>` and unknown numbers are left out.
    pub(super) fn text(&self, ids: &[usize]) -> String {
        let mut bytes = Vec::new();
        for token in ids.iter().filter_map(|&id| self.tokens.get(id)) {
            if let Some(byte) = raw_byte(token) {
                bytes.push(byte);
            } else if !token.starts_with(b"<") {
                bytes.extend_from_slice(token);
            }
        }
        String::from_utf8_lossy(&bytes)
            .replace(WORD_START, " ")
            .trim()
            .to_owned()
    }
}

/// `<0xC3>`: one byte of a character that has no token of its own.
fn raw_byte(token: &[u8]) -> Option<u8> {
    let digits = token.strip_prefix(b"<0x")?.strip_suffix(b">")?;
    u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokenizer() -> Tokenizer {
        let mut bytes = Vec::new();
        for token in ["<unk>", "▁Good", "▁mor", "ning", "<0xC3>", "<0xA9>", "<"] {
            bytes.push(u8::try_from(token.len()).unwrap());
            bytes.extend_from_slice(token.as_bytes());
        }
        bytes.extend_from_slice(&[130, 1]);
        bytes.extend_from_slice(&[b'x'; 130]);
        Tokenizer::parse(&bytes).unwrap()
    }

    #[test]
    fn words_are_joined_from_their_pieces() {
        assert_eq!(tokenizer().text(&[1, 2, 3]), "Good morning");
    }

    #[test]
    fn characters_may_come_byte_by_byte() {
        assert_eq!(tokenizer().text(&[4, 5]), "é");
    }

    #[test]
    fn marks_and_unknown_numbers_are_left_out() {
        assert_eq!(tokenizer().text(&[0, 1, 99]), "Good");
    }

    #[test]
    fn long_tokens_have_a_length_of_two_bytes() {
        assert_eq!(tokenizer().text(&[7]), "x".repeat(130));
    }

    #[test]
    fn a_file_that_was_cut_is_refused() {
        assert_eq!(Tokenizer::parse(&[2, b'a', b'b', 3, b'c']).err(), Some(CutShort(1)));
    }
}
