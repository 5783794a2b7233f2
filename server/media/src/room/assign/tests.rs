use super::*;
use proptest::prelude::*;

fn source(number: u8) -> SourceId {
    format!("00000000-0000-7000-8000-0000000000{number:02x}")
        .parse()
        .unwrap()
}

fn sources(numbers: &[u8]) -> Vec<SourceId> {
    numbers.iter().copied().map(source).collect()
}

#[test]
fn a_source_keeps_its_slot_when_others_come_and_go() {
    let [a, b, c] = [source(1), source(2), source(3)];
    let first = assign(&[a, b], &[None, None, None], &[None; 3]);
    assert_eq!(first, [Some(a), Some(b), None]);
    let second = assign(&[c, b], &first, &[None; 3]);
    assert_eq!(second, [Some(c), Some(b), None]);
}

#[test]
fn a_pinned_source_moves_to_its_slot() {
    let [a, b] = [source(1), source(2)];
    assert_eq!(
        assign(&[a, b], &[Some(a), Some(b)], &[Some(b), None]),
        [Some(b), Some(a)]
    );
    assert_eq!(
        assign(&[a], &[Some(a), None], &[Some(b), None]),
        [Some(a), None],
        "not in the programme"
    );
}

#[test]
fn a_louder_voice_replaces_a_silent_one_but_not_an_equal_one() {
    let [a, b, c] = [source(1), source(2), source(3)];
    let heard = [Some(a), Some(b)];
    assert_eq!(loudest(&[(a, 60), (b, 60), (c, 65)], &heard, 2), [a, b]);
    assert_eq!(loudest(&[(a, 60), (b, 0), (c, 65)], &heard, 2), [a, c]);
}

proptest! {
    #[test]
    fn the_most_important_are_shown_once_each(
        wanted in proptest::sample::subsequence((0u8..8).collect::<Vec<_>>(), 0..8).prop_shuffle(),
        now in proptest::collection::vec(proptest::option::of(0u8..8), 1..6),
        pin in proptest::option::of(0u8..8),
    ) {
        let wanted = sources(&wanted);
        let mut held: Vec<Option<SourceId>> = Vec::new();
        for slot in now {
            let slot = slot.map(source).filter(|source| !held.contains(&Some(*source)));
            held.push(slot);
        }
        let mut pins = vec![None; held.len()];
        pins[0] = pin.map(source);
        let shown = assign(&wanted, &held, &pins);
        let filled: Vec<SourceId> = shown.iter().flatten().copied().collect();
        prop_assert_eq!(filled.len(), wanted.len().min(held.len()));
        prop_assert!(filled.iter().all(|source| wanted.contains(source)));
        let mut unique = filled.clone();
        unique.sort();
        unique.dedup();
        prop_assert_eq!(unique.len(), filled.len());
        if pins[0].is_none() {
            prop_assert!(wanted.iter().take(held.len()).all(|source| filled.contains(source)));
        }
    }
}
