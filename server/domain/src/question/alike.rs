//! How much two texts resemble each other, to suggest to the desk which questions ask the same. Words folded to their bare
//! letters and cut into overlapping triples; a suggestion only, a person decides. Refuses to compare across languages.

/// Two questions this much alike, in percent, are shown to the desk. Higher: fewer false alarms; lower: fewer missed pairs.
pub const ALIKE: u8 = 40;
/// Fewer triples than this say too little ("Visas?") to compare.
const ENOUGH: usize = 12;

/// The shingles of one text, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shingles(Vec<[char; 3]>);

impl Shingles {
    pub fn of(text: &str) -> Self {
        let folded: Vec<char> = folded(text);
        let mut triples: Vec<[char; 3]> = folded.windows(3).map(|three| [three[0], three[1], three[2]]).collect();
        triples.sort_unstable();
        triples.dedup();
        Self(triples)
    }

    /// Shared triples in percent of the smaller text's and of both (the mean of containment and Jaccard): a short question
    /// inside a long one counts, two long ones with a common phrase do not.
    pub fn score(&self, other: &Self) -> u8 {
        let smaller = self.0.len().min(other.0.len());
        if smaller < ENOUGH {
            return 0;
        }
        let shared = shared(&self.0, &other.0);
        let all = self.0.len() + other.0.len() - shared;
        let percent = (shared * 100 / smaller + shared * 100 / all) / 2;
        u8::try_from(percent).unwrap_or(100)
    }
}

fn shared(one: &[[char; 3]], other: &[[char; 3]]) -> usize {
    let (mut a, mut b, mut shared) = (0, 0, 0);
    while a < one.len() && b < other.len() {
        match one[a].cmp(&other[b]) {
            std::cmp::Ordering::Less => a += 1,
            std::cmp::Ordering::Greater => b += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                a += 1;
                b += 1;
            }
        }
    }
    shared
}

/// Letters and digits in lower case, one blank between words. Tones and accents stay: in Vietnamese they are the word.
fn folded(text: &str) -> Vec<char> {
    let mut folded = vec![' '];
    for letter in text.chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            folded.push(letter);
        } else if folded.last() != Some(&' ') {
            folded.push(' ');
        }
    }
    if folded.last() != Some(&' ') {
        folded.push(' ');
    }
    folded
}

#[cfg(test)]
mod tests;
