use super::*;
use proptest::prelude::*;

/// Descriptor with a 15-bit picture id 0x1234, TL0PICIDX 7, and the head of a 640x360 key frame.
const KEY: &[u8] = &[
    0x90, 0xe0, 0x92, 0x34, 7, 0x20, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01, 0xff,
];

#[test]
fn a_key_frame_tells_its_size_and_counters() {
    let descriptor = Descriptor::parse(KEY).unwrap();
    assert!(descriptor.key);
    assert_eq!(descriptor.size, Some((640, 360)));
    assert_eq!(descriptor.picture_id.unwrap().value, 0x1234);
    assert_eq!(descriptor.tl0.unwrap().value, 7);
    assert_eq!(descriptor.length, 6);
}

#[test]
fn renumbering_changes_only_the_counters() {
    let mut payload = KEY.to_vec();
    let descriptor = Descriptor::parse(&payload).unwrap();
    renumber(&mut payload, &descriptor, 0x7fff, 200);
    let again = Descriptor::parse(&payload).unwrap();
    assert_eq!(again.picture_id.unwrap().value, 0x7fff);
    assert_eq!(again.tl0.unwrap().value, 200);
    assert_eq!(payload[6..], KEY[6..]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        if let Some(descriptor) = Descriptor::parse(&bytes) {
            let mut copy = bytes.clone();
            renumber(&mut copy, &descriptor, 1, 1);
            prop_assert_eq!(copy.len(), bytes.len());
        }
    }
}
