use super::*;

#[test]
fn percentiles_are_samples() {
    let mut samples = [5.0, 1.0, 3.0, 2.0, 4.0];
    assert_eq!(percentile(&mut samples, 0.5), 3.0);
    assert_eq!(percentile(&mut samples, 0.99), 5.0);
    assert!(percentile(&mut [], 0.5).is_nan());
}
