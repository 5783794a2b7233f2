use super::{
    disk::{Space, judge},
    recovery::mend,
    take::{Assembler, Captured, Take},
};
use rostrum_domain::{
    id::SourceId,
    media::{TapCodec, TapPacket},
    time::Timestamp,
};
use rostrum_media::container::{Reader, TrackFormat};
use std::{fs::File, path::Path};

const START: Timestamp = Timestamp(1_700_000_000_000_000);

fn sound(n: u16) -> TapPacket {
    TapPacket {
        source: SourceId(uuid::Uuid::nil()),
        codec: TapCodec::Opus,
        rtp_timestamp: u32::from(n) * 960,
        sequence: n,
        marker: false,
        captured_at: Timestamp(START.micros() + i64::from(n) * 20_000),
        payload: vec![0xF8, n as u8],
    }
}

fn times(path: &Path) -> Vec<u64> {
    let mut reader = Reader::open(File::open(path).expect("the take")).expect("our own header");
    std::iter::from_fn(|| reader.next_frame().expect("our own blocks"))
        .map(|frame| frame.at_ms)
        .collect()
}

fn record(path: &Path, packets: impl IntoIterator<Item = u16>) -> Take {
    let mut assembler = Assembler::new(TapCodec::Opus);
    let mut take = Take::create(path, TrackFormat::Opus { channels: 1 }, START).expect("a new file");
    for n in packets {
        for frame in assembler.push(sound(n)) {
            take.write(frame).expect("room on the disk");
        }
    }
    for frame in assembler.flush() {
        take.write(frame).expect("room on the disk");
    }
    take
}

#[test]
fn times_in_the_file_are_those_of_capture_even_when_packets_swap_or_never_come() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.webm");
    let ended = record(&path, [0, 2, 1, 3, 6, 7]).finish().expect("a whole file");
    assert_eq!(times(&path), [0, 20, 40, 60, 120, 140]);
    assert_eq!(ended.duration_ms, 160);
    assert_eq!(ended.bytes, std::fs::metadata(&path).expect("the take").len());
}

#[test]
fn a_take_left_open_by_a_crash_is_made_whole_without_losing_a_frame() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.webm");
    drop(record(&path, 0..500));
    let mended = mend(&path).expect("a readable file").expect("frames");
    assert_eq!(mended.frames, 500);
    assert_eq!(mended.duration_ms, 10_000);
    assert_eq!(times(&path).len(), 500);
}

#[test]
fn a_file_without_a_frame_is_taken_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.webm");
    std::fs::write(&path, b"\x1A\x45").expect("a file");
    assert!(mend(&path).expect("a readable file").is_none());
    assert!(!path.exists());
    assert!(mend(&path).expect("no file is no failure").is_none());
}

#[test]
fn a_sender_report_that_sets_the_clock_back_never_runs_the_recording_backwards() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.webm");
    let mut take = Take::create(&path, TrackFormat::Opus { channels: 1 }, START).expect("a new file");
    for ms in [0, 100, 40, 120] {
        let at = Timestamp(START.micros() + ms * 1000);
        take.write(Captured {
            at,
            keyframe: true,
            data: vec![0xF8],
        })
        .expect("room on the disk");
    }
    take.finish().expect("a whole file");
    assert_eq!(times(&path), [0, 100, 100, 120]);
}

#[test]
fn recording_stops_before_the_disk_is_full_and_waits_for_real_room() {
    const MIB: u64 = 1 << 20;
    assert_eq!(judge(300 * MIB, 256 * MIB, Space::Enough), Space::Enough);
    assert_eq!(judge(200 * MIB, 256 * MIB, Space::Enough), Space::Low);
    assert_eq!(judge(300 * MIB, 256 * MIB, Space::Low), Space::Low);
    assert_eq!(judge(600 * MIB, 256 * MIB, Space::Low), Space::Enough);
}
