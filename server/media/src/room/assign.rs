//! Which source each slot shows. Stable: a source keeps its slot for as long as it is wanted; pins come first.

use rostrum_domain::id::SourceId;

/// `wanted` is in order of importance, without repetition; `now` and `pins` are per slot.
pub(crate) fn assign(
    wanted: &[SourceId],
    now: &[Option<SourceId>],
    pins: &[Option<SourceId>],
) -> Vec<Option<SourceId>> {
    let mut slots: Vec<Option<SourceId>> = vec![None; now.len()];
    for (slot, pin) in slots.iter_mut().zip(pins) {
        *slot = pin.filter(|source| wanted.contains(source));
    }
    // A source pinned twice stays where it was pinned first.
    for index in 1..slots.len() {
        if slots[index].is_some() && slots[..index].contains(&slots[index]) {
            slots[index] = None;
        }
    }
    let room = slots.iter().filter(|slot| slot.is_none()).count();
    let shown: Vec<SourceId> = wanted
        .iter()
        .copied()
        .filter(|source| !slots.contains(&Some(*source)))
        .take(room)
        .collect();
    for (slot, now) in slots.iter_mut().zip(now) {
        if slot.is_none() {
            *slot = now.filter(|source| shown.contains(source));
        }
    }
    for source in shown {
        if !slots.contains(&Some(source))
            && let Some(empty) = slots.iter_mut().find(|slot| slot.is_none())
        {
            *empty = Some(source);
        }
    }
    slots
}

/// The `count` loudest; one that is heard now stays unless another is clearly louder.
pub(crate) fn loudest(candidates: &[(SourceId, u8)], heard: &[Option<SourceId>], count: usize) -> Vec<SourceId> {
    const LOYALTY: u16 = 12;
    let mut scored: Vec<(u16, usize)> = candidates
        .iter()
        .enumerate()
        .map(|(order, (source, level))| {
            let loyalty = if heard.contains(&Some(*source)) { LOYALTY } else { 0 };
            (u16::from(*level) + loyalty, order)
        })
        .collect();
    scored.sort_by_key(|(score, order)| (std::cmp::Reverse(*score), *order));
    scored.truncate(count);
    scored.sort_by_key(|(_, order)| *order);
    scored.into_iter().map(|(_, order)| candidates[order].0).collect()
}

#[cfg(test)]
mod tests;
