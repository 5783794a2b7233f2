use super::*;
use proptest::prelude::*;

/// Made by OpenH264 for 640x360, constrained baseline: 360 is 23 macroblock rows less 8 lines of cropping.
const SPS_640X360: &[u8] = &[
    0x67, 0x42, 0xc0, 0x1e, 0x8c, 0x8d, 0x40, 0x50, 0x17, 0xfc, 0xb0, 0x0f, 0x08, 0x84, 0x6a,
];

#[test]
fn the_size_is_read_with_its_cropping() {
    assert_eq!(sps_size(SPS_640X360), Some((640, 360)));
}

#[test]
fn a_key_frame_starts_with_parameter_sets_alone_or_aggregated() {
    let mut stap = vec![0x78, 0, SPS_640X360.len() as u8];
    stap.extend_from_slice(SPS_640X360);
    assert!(starts_key_frame(SPS_640X360));
    assert!(starts_key_frame(&stap));
    assert_eq!(find_sps(&stap), Some(SPS_640X360));
    assert!(!starts_key_frame(&[0x41, 1, 2]));
    assert!(!starts_key_frame(&[]));
}

#[test]
fn a_key_frame_may_begin_with_a_delimiter() {
    let mut stap = vec![0x78, 0, 2, 0x09, 0x10, 0, SPS_640X360.len() as u8];
    stap.extend_from_slice(SPS_640X360);
    assert!(starts_key_frame(&stap));
    assert_eq!(find_sps(&stap), Some(SPS_640X360));
    assert!(!starts_key_frame(&[0x78, 0, 2, 0x09, 0x10, 0, 3, 0x41, 1, 2]));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let _ = starts_key_frame(&bytes);
        let _ = find_sps(&bytes).and_then(sps_size);
        let _ = sps_size(&bytes);
        let _ = aggregated(&bytes).count();
    }
}
