//! Which simulcast layer each slot gets: no more than its size on the viewer's screen is worth, within what the
//! viewer's network carries, the most important slots first.

use crate::codec::Size;

/// One layer on offer, lowest first in a [`Demand`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layer {
    pub size: Option<Size>,
    pub rate: u32,
}

/// A visible slot and the layers its source sends now.
#[derive(Clone, Debug)]
pub(crate) struct Demand {
    pub layers: Vec<Layer>,
    /// Largest useful height in pixels.
    pub height: u16,
}

/// Index of the layer for each demand, in order of importance; `None` where the network carries no picture.
pub(crate) fn allocate(demands: &[Demand], limit: Option<u32>) -> Vec<Option<usize>> {
    let useful: Vec<Option<usize>> = demands.iter().map(most_useful).collect();
    let Some(limit) = limit else { return useful };
    let mut left = i64::from(limit);
    let mut chosen: Vec<Option<usize>> = vec![None; demands.len()];
    // First everybody's lowest layer (the most important one always), then more, again by importance.
    for (index, demand) in demands.iter().enumerate() {
        let Some(lowest) = demand.layers.first() else { continue };
        let rate = i64::from(lowest.rate);
        if index == 0 || rate <= left {
            left -= rate;
            chosen[index] = Some(0);
        }
    }
    for (index, demand) in demands.iter().enumerate() {
        while let (Some(now), Some(useful)) = (chosen[index], useful[index]) {
            if now >= useful {
                break;
            }
            let more = i64::from(demand.layers[now + 1].rate) - i64::from(demand.layers[now].rate);
            if more > left {
                break;
            }
            left -= more;
            chosen[index] = Some(now + 1);
        }
    }
    chosen
}

/// The lowest layer that fills at least four fifths of the height, else the highest there is.
fn most_useful(demand: &Demand) -> Option<usize> {
    let top = demand.layers.len().checked_sub(1)?;
    let enough = |layer: &Layer| {
        layer
            .size
            .is_some_and(|(_, height)| u32::from(height) * 5 >= u32::from(demand.height) * 4)
    };
    Some(demand.layers.iter().position(enough).unwrap_or(top))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera(height: u16) -> Demand {
        let layer = |size, rate| Layer { size: Some(size), rate };
        Demand {
            layers: vec![
                layer((320, 180), 150_000),
                layer((640, 360), 500_000),
                layer((1280, 720), 1_700_000),
            ],
            height,
        }
    }

    #[test]
    fn a_small_tile_gets_a_small_layer_and_a_large_one_the_top() {
        let demands = [camera(720), camera(360), camera(120), camera(2160)];
        assert_eq!(allocate(&demands, None), [Some(2), Some(1), Some(0), Some(2)]);
    }

    #[test]
    fn a_thin_network_serves_the_most_important_first() {
        let demands = [camera(720), camera(720), camera(720)];
        assert_eq!(allocate(&demands, Some(2_200_000)), [Some(2), Some(0), Some(0)]);
        assert_eq!(allocate(&demands, Some(320_000)), [Some(0), Some(0), None]);
        assert_eq!(
            allocate(&demands, Some(50_000)),
            [Some(0), None, None],
            "the first is never dropped"
        );
    }

    #[test]
    fn a_source_without_layers_gets_none() {
        let nothing = Demand {
            layers: Vec::new(),
            height: 720,
        };
        assert_eq!(allocate(&[nothing.clone(), camera(180)], None), [None, Some(0)]);
        assert_eq!(allocate(&[nothing, camera(180)], Some(1_000_000)), [None, Some(0)]);
    }
}
