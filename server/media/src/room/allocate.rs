//! What each visible slot of a viewer is sent, in three phases. First sound is reserved: it always goes. Then every slot
//! gets the least that shows its source, by importance (screens, the speaker, the rest), and those that do not fit get
//! nothing. Then all climb towards what their size on the screen is worth: screens first, then the speaker, then the
//! rest one step each in turn. A screen climbs in sharpness first, a camera keeps its motion.

use crate::{codec::Size, egress::budget::Allocated};

/// A step upwards counts for more than it costs, so that a network at the edge does not make the picture jump.
const MARGIN: u64 = 15;

/// One simulcast layer on offer, lowest first in a list of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layer {
    pub size: Option<Size>,
    /// Bits per second with temporal layers up to 0, 1, 2; equal from the highest that is sent.
    pub rates: [u32; 3],
}

/// Who is served first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Screen,
    Speaker,
    Rest,
}

/// What a slot can be sent: a layer, and of its temporal layers those up to `temporal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rung {
    pub layer: usize,
    pub temporal: u8,
    pub rate: u32,
}

/// A visible slot and its ladder, cheapest first, ending at what the slot's size is worth.
#[derive(Clone, Debug)]
pub(crate) struct Demand {
    pub rank: Rank,
    pub rungs: Vec<Rung>,
    /// What it was sent so far.
    pub now: Option<Rung>,
}

/// The rung for each demand, `None` where the network carries no picture; demands come by importance.
pub(crate) fn allocate(demands: &[Demand], sound: u32, limit: Option<u32>) -> (Vec<Option<Rung>>, Allocated) {
    let top = |demand: &Demand| demand.rungs.last().copied();
    let need = demands
        .iter()
        .filter_map(top)
        .fold(sound, |sum, rung| sum.saturating_add(rung.rate));
    let first = |demand: &Demand| {
        demand
            .rungs
            .iter()
            .find(|rung| rung.temporal == 2)
            .map(|rung| rung.rate)
    };
    let least = sound.saturating_add(demands.iter().filter_map(first).min().unwrap_or(0));
    let Some(limit) = limit else {
        let spent = need;
        let next = u32::MAX;
        let allocated = Allocated {
            spent,
            next,
            need,
            least,
        };
        return (demands.iter().map(top).collect(), allocated);
    };
    let mut round = Round {
        demands,
        chosen: vec![0; demands.len()],
        left: i64::from(limit) - i64::from(sound),
        next: u32::MAX,
        limit,
    };
    for rank in [Rank::Screen, Rank::Speaker, Rank::Rest] {
        for index in round.of(rank) {
            round.climb(index);
        }
    }
    for rank in [Rank::Screen, Rank::Speaker] {
        for index in round.of(rank) {
            while round.chosen[index] > 0 && round.climb(index) {}
        }
    }
    let mut climbing = round.of(Rank::Rest);
    while !climbing.is_empty() {
        climbing.retain(|&index| round.chosen[index] > 0 && round.climb(index));
    }
    let chosen: Vec<Option<Rung>> = (0..demands.len()).map(|index| round.rung(index)).collect();
    let spent = chosen
        .iter()
        .flatten()
        .fold(sound, |sum, rung| sum.saturating_add(rung.rate));
    let next = round.next;
    let allocated = Allocated {
        spent,
        next,
        need,
        least,
    };
    (chosen, allocated)
}

struct Round<'a> {
    demands: &'a [Demand],
    /// How many rungs each has climbed.
    chosen: Vec<usize>,
    left: i64,
    limit: u32,
    next: u32,
}

impl Round<'_> {
    fn of(&self, rank: Rank) -> Vec<usize> {
        (0..self.demands.len())
            .filter(|&index| self.demands[index].rank == rank)
            .collect()
    }

    fn rung(&self, index: usize) -> Option<Rung> {
        self.demands[index]
            .rungs
            .get(self.chosen[index].checked_sub(1)?)
            .copied()
    }

    /// One rung up, if that fits; otherwise notes what it would take.
    fn climb(&mut self, index: usize) -> bool {
        let demand = &self.demands[index];
        let Some(rung) = demand.rungs.get(self.chosen[index]) else {
            return false;
        };
        let before = self.rung(index).map_or(0, |rung| rung.rate);
        let more = i64::from(rung.rate) - i64::from(before);
        let above = demand.now.is_none_or(|now| rung.rate > now.rate);
        let margin = if above {
            i64::from(rung.rate) * MARGIN as i64 / 100
        } else {
            0
        };
        let lacking = more + margin - self.left;
        if lacking > 0 {
            let enough = u32::try_from(i64::from(self.limit) + lacking).unwrap_or(u32::MAX);
            self.next = self.next.min(enough);
            return false;
        }
        self.left -= more;
        self.chosen[index] += 1;
        true
    }
}

/// A camera's ladder for a tile of this height: each layer at half, then at full motion; the lowest may go to its base.
pub(crate) fn camera(layers: &[Layer], height: u16) -> Vec<Rung> {
    let Some(useful) = most_useful(layers, height) else {
        return Vec::new();
    };
    let steps = (0..=useful).flat_map(|layer| [0, 1, 2].map(|temporal| (layer, temporal)));
    ladder(layers, steps.filter(|(layer, temporal)| *layer == 0 || *temporal > 0))
}

/// A screen's ladder: as sharp as it comes at the lowest frame rate, then smoother.
pub(crate) fn screen(layers: &[Layer]) -> Vec<Rung> {
    let Some(top) = layers.len().checked_sub(1) else {
        return Vec::new();
    };
    let sharper = (0..=top).map(|layer| (layer, 0));
    ladder(layers, sharper.chain([(top, 1), (top, 2)]))
}

/// Rungs that cost no more than the one before are no rungs: the better one takes its place.
fn ladder(layers: &[Layer], steps: impl Iterator<Item = (usize, u8)>) -> Vec<Rung> {
    let mut rungs: Vec<Rung> = Vec::new();
    for (layer, temporal) in steps {
        let rates = layers[layer].rates;
        let rate = rates[usize::from(temporal)].max(1);
        let temporal = (temporal..2)
            .find(|&below| rates[usize::from(below) + 1] > rate)
            .unwrap_or(2);
        while rungs
            .last()
            .is_some_and(|last| last.rate >= rate && (last.layer < layer || last.rate == rate))
        {
            rungs.pop();
        }
        rungs.push(Rung { layer, temporal, rate });
    }
    rungs
}

/// The lowest layer that fills at least four fifths of the height, else the highest there is.
fn most_useful(layers: &[Layer], height: u16) -> Option<usize> {
    let top = layers.len().checked_sub(1)?;
    let enough = |layer: &Layer| {
        layer
            .size
            .is_some_and(|(_, own)| u32::from(own) * 5 >= u32::from(height) * 4)
    };
    Some(layers.iter().position(enough).unwrap_or(top))
}

#[cfg(test)]
mod tests;
