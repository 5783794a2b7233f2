//! A take must be readable up to the byte where the machine died, and seekable once finished.

use super::*;
use proptest::prelude::*;
use std::process::Command;

/// Writes frames and gives back the file as it grows, unfinished, and what finishing adds.
fn write(formats: Vec<TrackFormat>, frames: &[Frame]) -> (Vec<u8>, Finish) {
    let (mut writer, mut file) = Writer::new(formats);
    for frame in frames {
        file.extend(writer.write(frame));
    }
    (file, writer.finish())
}

fn finished(mut file: Vec<u8>, finish: &Finish) -> Vec<u8> {
    file.extend_from_slice(&finish.tail);
    for patch in &finish.patches {
        let at = patch.offset as usize;
        file[at..at + patch.bytes.len()].copy_from_slice(&patch.bytes);
    }
    file
}

fn read(file: &[u8]) -> Vec<Frame> {
    let mut reader = Reader::open(file).expect("our own header");
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_frame().expect("our own blocks") {
        frames.push(frame);
    }
    frames
}

fn both() -> Vec<TrackFormat> {
    vec![
        TrackFormat::Vp8 {
            width: 320,
            height: 180,
        },
        TrackFormat::Opus { channels: 1 },
    ]
}

fn some_frames(count: u64) -> Vec<Frame> {
    (0..count)
        .flat_map(|n| {
            let video = Frame {
                track: 0,
                at_ms: n * 100,
                keyframe: n % 30 == 0,
                data: vec![n as u8; 50],
            };
            let audio = Frame {
                track: 1,
                at_ms: n * 100 + 20,
                keyframe: true,
                data: vec![0xFC, n as u8],
            };
            [video, audio]
        })
        .collect()
}

/// Real frames of a real encoder, from an IVF file.
fn vp8_clip() -> Vec<Frame> {
    let encoder = ["-c:v", "libvpx", "-g", "10", "-deadline", "realtime", "-f", "ivf"];
    let clip = ffmpeg(&encoder);
    let mut frames = Vec::new();
    let mut rest = &clip[32..];
    while rest.len() > 12 {
        let length = u32::from_le_bytes([rest[0], rest[1], rest[2], rest[3]]) as usize;
        let data = rest[12..12 + length].to_vec();
        let at_ms = frames.len() as u64 * 100;
        frames.push(Frame {
            track: 0,
            at_ms,
            keyframe: data[0] & 1 == 0,
            data,
        });
        rest = &rest[12 + length..];
    }
    frames
}

fn ffmpeg(encoder: &[&str]) -> Vec<u8> {
    let source = [
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "testsrc=size=320x180:rate=10:duration=4",
        "-pix_fmt",
        "yuv420p",
    ];
    let output = Command::new("ffmpeg")
        .args(source)
        .args(encoder)
        .arg("-")
        .output()
        .expect("ffmpeg is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What an independent reader makes of a file: (duration in seconds, packets of the first video stream).
fn ffprobe(file: &[u8]) -> (String, usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("take.webm");
    std::fs::write(&path, file).expect("write the file");
    let probe = |args: &[&str]| {
        let output = Command::new("ffprobe")
            .args(["-v", "error"])
            .args(args)
            .arg(&path)
            .output()
            .expect("ffprobe");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let duration = probe(&["-show_entries", "format=duration", "-of", "csv=p=0"]);
    let packets = probe(&["-select_streams", "v", "-show_entries", "packet=pts", "-of", "csv=p=0"]);
    (duration, packets.lines().count())
}

#[test]
fn an_independent_reader_plays_a_take_finished_or_torn() {
    let frames = vp8_clip();
    let (file, finish) = write(
        vec![TrackFormat::Vp8 {
            width: 320,
            height: 180,
        }],
        &frames,
    );
    assert_eq!(ffprobe(&finished(file.clone(), &finish)), ("3.933000".to_owned(), 40));

    let torn = &file[..file.len() - 7];
    assert_eq!(ffprobe(torn).1, 39);
}

#[test]
fn frames_come_back_as_they_were_written() {
    let frames = some_frames(100);
    let (file, finish) = write(both(), &frames);
    assert_eq!(read(&file), frames);
    assert_eq!(read(&finished(file, &finish)), frames);
}

#[test]
fn recovery_writes_what_finishing_would_have_written() {
    let frames = some_frames(100);
    let (file, finish) = write(both(), &frames);
    let recovered = recover(&file[..]).expect("a whole header");
    assert_eq!(recovered.finish, finish);
    assert_eq!(recovered.valid, file.len() as u64);
}

proptest! {
    #[test]
    fn a_file_cut_anywhere_keeps_every_whole_frame(cut in 0usize..9_000, rubbish in any::<bool>()) {
        let frames = some_frames(60);
        let (file, _) = write(both(), &frames);
        let cut = cut.min(file.len());
        let mut torn = file[..cut].to_vec();
        if rubbish {
            // A file system may leave a tail of zeroes.
            torn.extend_from_slice(&[0; 64]);
        }
        let Ok(recovered) = recover(&torn[..]) else {
            prop_assert!(cut < 600, "only a torn header may be lost");
            return Ok(());
        };
        torn.truncate(recovered.valid as usize);
        let whole = read(&finished(torn, &recovered.finish));
        let before = if Reader::open(&file[..cut]).is_ok() { read(&file[..cut]) } else { Vec::new() };
        // Nothing whole before the cut is missing; zeroes may complete one torn block, never more.
        prop_assert_eq!(&whole[..before.len()], &before[..]);
        prop_assert!(whole.len() <= before.len() + usize::from(rubbish));
    }

    #[test]
    fn foreign_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = recover(&bytes[..]);
        let mut vp8 = Vp8Depacketizer::new();
        let mut h264 = H264Depacketizer::new();
        for chunk in bytes.chunks(7) {
            vp8.push(1, chunk.len() % 2 == 0, chunk);
            h264.push(1, chunk.len() % 2 == 0, chunk);
        }
    }

    #[test]
    fn damaged_files_never_panic(at in 0usize..5_000, byte in any::<u8>()) {
        let (mut file, _) = write(both(), &some_frames(40));
        let at = at % file.len();
        file[at] = byte;
        let _ = recover(&file[..]);
    }

    #[test]
    fn packets_come_out_in_order_and_once(order in Just((0u16..200).collect::<Vec<_>>()).prop_shuffle(), start in any::<u16>()) {
        // Displaced by less than the window, nothing is lost.
        let mut near = order.clone();
        near.sort_by_key(|n| n / 8);
        let mut reorder = Reorder::new(16);
        let mut out = Vec::new();
        reorder.push(start, 0, &mut out);
        for n in near.iter().filter(|n| **n != 0) {
            reorder.push(start.wrapping_add(*n), *n, &mut out);
            reorder.push(start.wrapping_add(*n), *n, &mut out);
        }
        reorder.flush(&mut out);
        let expected: Vec<_> = (0u16..200).map(Ordered::Packet).collect();
        prop_assert_eq!(out, expected);
    }
}

#[test]
fn a_packet_that_never_comes_is_counted_and_passed_over() {
    let mut reorder = Reorder::new(4);
    let mut out = Vec::new();
    for sequence in [10u16, 11, 14, 15, 16, 17, 18] {
        reorder.push(sequence, sequence, &mut out);
    }
    let packets = |list: &[u16]| list.iter().map(|n| Ordered::Packet(*n)).collect::<Vec<_>>();
    let mut expected = packets(&[10, 11]);
    expected.push(Ordered::Lost(2));
    expected.extend(packets(&[14, 15, 16, 17, 18]));
    assert_eq!(out, expected);
}

/// A payload with the shortest descriptor.
fn vp8_payload(start: bool, body: &[u8]) -> Vec<u8> {
    let mut payload = vec![if start { 0x10 } else { 0 }];
    payload.extend_from_slice(body);
    payload
}

#[test]
fn a_vp8_frame_with_a_hole_is_dropped_up_to_the_next_key_frame() {
    let frames = vp8_clip();
    let key = &frames[0].data;
    let delta = &frames[1].data;
    let mut depacketizer = Vp8Depacketizer::new();
    assert_eq!(
        depacketizer.push(0, true, &vp8_payload(true, delta)),
        None,
        "nothing before a key frame"
    );
    assert_eq!(depacketizer.push(1, false, &vp8_payload(true, &key[..20])), None);
    let whole = depacketizer
        .push(1, true, &vp8_payload(false, &key[20..]))
        .expect("a whole key frame");
    assert!(whole.keyframe);
    assert_eq!(&whole.data, key);
    assert_eq!(Vp8Depacketizer::size(&whole.data), Some((320, 180)));
    assert!(depacketizer.push(2, true, &vp8_payload(true, delta)).is_some());
    depacketizer.lost();
    assert_eq!(depacketizer.push(3, true, &vp8_payload(true, delta)), None);
    assert!(depacketizer.push(4, true, &vp8_payload(true, key)).is_some());
}

#[test]
fn h264_from_a_real_encoder_becomes_a_playable_take() {
    let encoder = [
        "-c:v",
        "libx264",
        "-profile:v",
        "baseline",
        "-g",
        "10",
        "-x264-params",
        "aud=1:slices=1",
        "-f",
        "h264",
    ];
    let stream = ffmpeg(&encoder);
    let mut depacketizer = H264Depacketizer::new();
    let mut pictures = Vec::new();
    for (index, unit) in nals(&stream)
        .split(|nal| nal[0] & 0x1F == 9)
        .filter(|unit| !unit.is_empty())
        .enumerate()
    {
        for (n, nal) in unit.iter().enumerate() {
            let last = n + 1 == unit.len();
            let payloads = fragments(nal);
            for (k, payload) in payloads.iter().enumerate() {
                let marker = last && k + 1 == payloads.len();
                pictures.extend(depacketizer.push(index as u32 * 9000, marker, payload));
            }
        }
    }
    let (config, width, height) = depacketizer.config().expect("parameter sets");
    assert_eq!((width, height), (320, 180));
    let frames: Vec<_> = (0u64..)
        .zip(pictures)
        .map(|(n, picture)| Frame {
            track: 0,
            at_ms: n * 100,
            keyframe: picture.keyframe,
            data: picture.data,
        })
        .collect();
    assert_eq!(frames.len(), 40);
    let (file, finish) = write(vec![TrackFormat::H264 { width, height, config }], &frames);
    assert_eq!(ffprobe(&finished(file, &finish)).1, 40);
}

fn nals(stream: &[u8]) -> Vec<&[u8]> {
    let starts: Vec<usize> = stream
        .windows(3)
        .enumerate()
        .filter(|(_, w)| *w == [0, 0, 1])
        .map(|(at, _)| at)
        .collect();
    let mut found = Vec::new();
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(stream.len());
        let mut nal = &stream[start + 3..end];
        while nal.last() == Some(&0) {
            nal = &nal[..nal.len() - 1];
        }
        found.push(nal);
    }
    found
}

/// A small unit goes alone, a large one in FU-A fragments.
fn fragments(nal: &[u8]) -> Vec<Vec<u8>> {
    if nal.len() <= 500 {
        return vec![nal.to_vec()];
    }
    let count = (nal.len() - 1).div_ceil(500);
    nal[1..]
        .chunks(500)
        .enumerate()
        .map(|(n, chunk)| {
            let edge = if n == 0 { 0x80 } else { 0 } | if n + 1 == count { 0x40 } else { 0 };
            let mut payload = vec![nal[0] & 0xE0 | 28, edge | nal[0] & 0x1F];
            payload.extend_from_slice(chunk);
            payload
        })
        .collect()
}
