use super::*;
use rtc::rtp::Header;

fn header(sequence_number: u16, marker: bool) -> Header {
    Header {
        sequence_number,
        marker,
        ..Default::default()
    }
}

#[test]
fn slots_are_known_by_the_answer() {
    let sdp = "v=0\r\ns=-\r\nm=audio 9 X 111\r\na=mid:0\r\na=ssrc:11 cname:a\r\na=ssrc:11 msid:b c\r\n\
               m=video 9 X 96\r\na=mid:1\r\na=ssrc:22 cname:a\r\na=ssrc:23 cname:a\r\n";
    let mids = mids_by_ssrc(sdp);
    assert_eq!(mids.get(&11).map(String::as_str), Some("0"));
    assert_eq!(mids.get(&23).map(String::as_str), Some("1"));
    assert_eq!(mids.len(), 3);
}

#[test]
fn a_picture_counts_when_all_of_it_came() {
    let now = Instant::now();
    let mut slot = SlotCount::new(true);
    // Between frames before any key frame: nothing can be shown.
    slot.take(now, &header(1, true), &[0x10, 0x11]);
    assert_eq!((slot.pictures, slot.first_picture), (0, None));
    // A key frame in two packets, with a picture id of 15 bits.
    slot.take(now, &header(2, false), &[0x90, 0x80, 0x81, 0x02, 0x10]);
    assert_eq!(slot.pictures, 0);
    slot.take(now, &header(3, true), &[0x80, 0x80, 0x81, 0x02, 0xff]);
    assert_eq!((slot.pictures, slot.key_pictures, slot.lost), (1, 1, 0));
    // A hole inside a frame: lost, and not a picture.
    slot.take(now, &header(4, false), &[0x10, 0x11]);
    slot.take(now, &header(6, true), &[0x00, 0x11]);
    assert_eq!((slot.pictures, slot.lost), (1, 1));
    // The missing packet comes late: not lost, but too late to be shown.
    slot.take(now, &header(5, false), &[0x00, 0x11]);
    assert_eq!((slot.pictures, slot.lost), (1, 0));
}
