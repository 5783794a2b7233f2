use super::*;

fn layers(rates: [[u32; 3]; 3]) -> Vec<Layer> {
    let sizes = [(320, 180), (640, 360), (1280, 720)];
    let layer = |(size, rates)| Layer {
        size: Some(size),
        rates,
    };
    sizes.into_iter().zip(rates).map(layer).collect()
}

/// Three layers without temporal ones.
fn plain() -> Vec<Layer> {
    layers([[150_000; 3], [500_000; 3], [1_700_000; 3]])
}

/// The same with three temporal layers each.
fn smooth() -> Vec<Layer> {
    layers([
        [80_000, 110_000, 150_000],
        [260_000, 360_000, 500_000],
        [900_000, 1_200_000, 1_700_000],
    ])
}

fn demand(rank: Rank, rungs: Vec<Rung>) -> Demand {
    // What was shown so far was the best: nothing has to be won back.
    let now = rungs.last().copied();
    Demand { rank, rungs, now }
}

fn shown(demands: &[Demand], limit: u32) -> Vec<Option<(usize, u8)>> {
    let (chosen, allocated) = allocate(demands, 40_000, Some(limit));
    let spent: u32 = chosen.iter().flatten().map(|rung| rung.rate).sum();
    assert!(spent == 0 || spent + 40_000 <= limit, "sound is reserved");
    assert_eq!(allocated.spent, spent + 40_000);
    chosen
        .iter()
        .map(|rung| rung.map(|rung| (rung.layer, rung.temporal)))
        .collect()
}

#[test]
fn a_small_tile_gets_a_small_layer_and_a_large_one_the_top() {
    let demands = [720, 360, 120, 2160].map(|height| demand(Rank::Rest, camera(&plain(), height)));
    let (chosen, _) = allocate(&demands, 40_000, None);
    let layers: Vec<usize> = chosen.iter().flatten().map(|rung| rung.layer).collect();
    assert_eq!(layers, [2, 1, 0, 2]);
}

#[test]
fn a_thin_network_serves_the_screen_then_the_speaker_then_the_rest() {
    let camera = || camera(&plain(), 720);
    let demands = [
        demand(Rank::Rest, camera()),
        demand(Rank::Speaker, camera()),
        demand(Rank::Screen, screen(&plain())),
    ];
    let top = Some((2, 2));
    assert_eq!(shown(&demands, 5_200_000), [top, top, top]);
    assert_eq!(shown(&demands, 4_000_000), [Some((1, 2)), top, top]);
    assert_eq!(shown(&demands, 2_600_000), [Some((0, 2)), Some((1, 2)), top]);
    assert_eq!(shown(&demands, 500_000), [Some((0, 2)), Some((0, 2)), Some((0, 2))]);
    assert_eq!(shown(&demands, 350_000), [None, Some((0, 2)), Some((0, 2))]);
    assert_eq!(shown(&demands, 200_000), [None, None, Some((0, 2))]);
    assert_eq!(
        shown(&demands, 100_000),
        [None, None, None],
        "sound is never starved by a picture"
    );
}

#[test]
fn the_rest_climb_together() {
    let demands = [(); 4].map(|()| demand(Rank::Rest, camera(&plain(), 720)));
    assert_eq!(shown(&demands, 2_100_000), [Some((1, 2)); 4]);
    let chosen = shown(&demands, 3_300_000);
    assert_eq!(chosen, [Some((2, 2)), Some((1, 2)), Some((1, 2)), Some((1, 2))]);
}

#[test]
fn a_camera_keeps_its_motion_and_a_screen_its_sharpness() {
    let moving = [demand(Rank::Speaker, camera(&smooth(), 720))];
    let ladder: Vec<_> = [
        1_800_000, 1_300_000, 700_000, 450_000, 300_000, 160_000, 130_000, 100_000,
    ]
    .map(|limit| shown(&moving, limit)[0])
    .to_vec();
    assert_eq!(
        ladder,
        [
            Some((2, 2)),
            Some((2, 1)),
            Some((1, 2)),
            Some((1, 1)),
            Some((0, 2)),
            Some((0, 1)),
            Some((0, 0)),
            None
        ]
    );
    let still = [demand(Rank::Screen, screen(&smooth()))];
    let ladder: Vec<_> = [1_800_000, 1_300_000, 1_000_000, 400_000, 130_000]
        .map(|limit| shown(&still, limit)[0])
        .to_vec();
    assert_eq!(
        ladder,
        [Some((2, 2)), Some((2, 1)), Some((2, 0)), Some((1, 0)), Some((0, 0))]
    );
}

#[test]
fn a_network_at_the_edge_does_not_make_the_picture_jump() {
    let rungs = camera(&plain(), 720);
    let low = Demand {
        rank: Rank::Speaker,
        now: Some(rungs[1]),
        rungs: rungs.clone(),
    };
    let high = Demand {
        rank: Rank::Speaker,
        now: Some(rungs[2]),
        rungs,
    };
    for (limit, before_low, before_high) in [
        (1_700_000, 1, 1),
        (1_800_000, 1, 2),
        (1_900_000, 1, 2),
        (2_100_000, 2, 2),
    ] {
        assert_eq!(
            shown(std::slice::from_ref(&low), limit)[0].unwrap().0,
            before_low,
            "{limit}"
        );
        assert_eq!(
            shown(std::slice::from_ref(&high), limit)[0].unwrap().0,
            before_high,
            "{limit}"
        );
    }
}

#[test]
fn it_says_at_which_limit_it_would_answer_otherwise() {
    let demands = [
        demand(Rank::Speaker, camera(&plain(), 720)),
        demand(Rank::Rest, camera(&plain(), 180)),
    ];
    let mut limit = 50_000;
    let mut answers = 0;
    while limit < 3_000_000 {
        let (chosen, allocated) = allocate(&demands, 40_000, Some(limit));
        if allocated.next == u32::MAX {
            break;
        }
        assert!(allocated.next > limit);
        let (same, _) = allocate(&demands, 40_000, Some(allocated.next - 1));
        let (other, _) = allocate(&demands, 40_000, Some(allocated.next));
        assert_eq!(chosen, same);
        assert_ne!(chosen, other);
        limit = allocated.next;
        answers += 1;
    }
    assert_eq!(
        answers, 4,
        "two for the rest and the speaker each, two more for the speaker"
    );
}

#[test]
fn a_source_without_layers_gets_none() {
    let demands = [
        demand(Rank::Rest, camera(&[], 720)),
        demand(Rank::Rest, camera(&plain(), 180)),
    ];
    assert_eq!(shown(&demands, 1_000_000), [None, Some((0, 2))]);
}
