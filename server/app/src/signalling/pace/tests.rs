use super::{BURST, PATIENCE, Pace, Verdict};
use std::time::Duration;
use tokio::time::Instant;

#[test]
fn a_flood_is_refused_then_closed_and_a_person_never_notices() {
    let start = Instant::now();
    let mut pace = Pace::new(start);
    for second in 0..600 {
        assert_eq!(pace.message(start + Duration::from_secs(second)), Verdict::Fine);
    }

    let mut pace = Pace::new(start);
    let verdicts: Vec<_> = (0..BURST as u32 + PATIENCE + 1).map(|_| pace.message(start)).collect();
    assert_eq!(verdicts[BURST as usize - 1], Verdict::Fine);
    assert_eq!(verdicts[BURST as usize], Verdict::TooFast);
    assert_eq!(verdicts.last(), Some(&Verdict::Enough));
    assert_eq!(pace.message(start + Duration::from_secs(10)), Verdict::Fine);
}
