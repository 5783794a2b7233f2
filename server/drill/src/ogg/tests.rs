use super::*;

fn page(lacing: &[u8], body: &[u8]) -> Vec<u8> {
    let mut page = b"OggS".to_vec();
    page.resize(26, 0);
    page.push(lacing.len() as u8);
    page.extend_from_slice(lacing);
    page.extend_from_slice(body);
    page
}

fn head() -> Vec<u8> {
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend_from_slice(&312_u16.to_le_bytes());
    head.resize(19, 0);
    head
}

#[test]
fn a_packet_may_span_pages() {
    let mut file = page(&[19], &head());
    file.extend(page(&[8], b"OpusTags"));
    file.extend(page(&[3, 255], &[&b"abc"[..], &[7; 255]].concat()));
    file.extend(page(&[2, 1], b"xyz"));
    let read = read_opus(&file).expect("a well-formed file");
    assert_eq!((read.channels, read.pre_skip), (1, 312));
    let lengths: Vec<usize> = read.packets.iter().map(Bytes::len).collect();
    assert_eq!(lengths, [3, 257, 1]);
}

#[test]
fn other_files_are_refused() {
    assert_eq!(
        read_opus(b"RIFF0000WAVEfmt and so on, long enough"),
        Err(OggError::NoPage(0))
    );
    assert_eq!(read_opus(&page(&[5], b"hello")), Err(OggError::NotOpus));
    assert_eq!(read_opus(&page(&[50], b"short")), Err(OggError::Truncated));
    assert_eq!(read_opus(&[]), Err(OggError::NotOpus));
}

#[test]
fn a_packet_tells_its_length() {
    assert_eq!(samples_in(&[31 << 3]), Some(960));
    assert_eq!(samples_in(&[(1 << 3) | 1]), Some(1920));
    assert_eq!(samples_in(&[(16 << 3) | 3, 8]), Some(960));
    assert_eq!(samples_in(&[(16 << 3) | 3]), None);
    assert_eq!(samples_in(&[]), None);
}
