//! The programme file from real VP8 pictures and real Opus sound, read back by our reader and by ffprobe.

use super::{picture::shots, *};
use crate::{
    publication::testing::{Briefing, at, id},
    store::takes::TakeMedia,
};
use opus::{Application, Channels, Decoder, Encoder};
use rostrum_domain::{
    id::PersonId,
    media::SourceKind,
    transcript::{ExchangeSpan, Minutes},
};
use rostrum_drill::ivf::read_clip;
use rostrum_media::container::{Frame, Reader, TrackFormat, Writer};
use std::{fs, process::Command};

const SPOKESPERSON: &[u8] = include_bytes!("../../../../drill/assets/spokesperson.ivf");
const JOURNALIST: &[u8] = include_bytes!("../../../../drill/assets/mai.ivf");

fn finish(path: &Path, mut bytes: Vec<u8>, writer: Writer) {
    let end = writer.finish();
    bytes.extend(end.tail);
    for patch in end.patches {
        let at = usize::try_from(patch.offset).unwrap();
        bytes[at..at + patch.bytes.len()].copy_from_slice(&patch.bytes);
    }
    fs::write(path, bytes).unwrap();
}

/// A camera from `from` to `to` seconds, the clip played over and over.
fn camera(folder: &Path, name: &str, clip: &[u8], person: PersonId, from: i64, to: i64) -> Take {
    let clip = read_clip(clip).unwrap();
    let path = folder.join(format!("{name}.webm"));
    let (mut writer, mut bytes) = Writer::new(vec![TrackFormat::Vp8 {
        width: clip.width,
        height: clip.height,
    }]);
    for (frame, at_ms) in clip
        .frames
        .iter()
        .cycle()
        .zip((0..(to - from) as u64 * 1000).step_by(clip.ticks as usize / 90))
    {
        bytes.extend(writer.write(&Frame {
            track: 0,
            at_ms,
            keyframe: frame.key,
            data: frame.data.to_vec(),
        }));
    }
    finish(&path, bytes, writer);
    Take {
        path,
        person,
        kind: SourceKind::Camera,
        media: TakeMedia::Video,
        start: at(from),
        end: at(to),
    }
}

/// A microphone with a tone from `from` to `to` seconds.
fn tone(folder: &Path, name: &str, hertz: f32, person: PersonId, from: i64, to: i64) -> Take {
    let path = folder.join(format!("{name}.webm"));
    let mut encoder = Encoder::new(48_000, Channels::Mono, Application::Audio).unwrap();
    let (mut writer, mut bytes) = Writer::new(vec![TrackFormat::Opus { channels: 1 }]);
    for at_ms in (0..(to - from) as u64 * 1000).step_by(20) {
        let samples: Vec<f32> = (0..960)
            .map(|n| 0.4 * (std::f32::consts::TAU * hertz * ((at_ms * 48 + n) as f32 / 48_000.0)).sin())
            .collect();
        let data = encoder.encode_vec_float(&samples, 1500).unwrap();
        bytes.extend(writer.write(&Frame {
            track: 0,
            at_ms,
            keyframe: true,
            data,
        }));
    }
    finish(&path, bytes, writer);
    Take {
        path,
        person,
        kind: SourceKind::Camera,
        media: TakeMedia::Audio,
        start: at(from),
        end: at(to),
    }
}

fn minutes() -> Minutes {
    Minutes {
        live_since: Some(at(0)),
        ended_at: Some(at(20)),
        exchanges: vec![ExchangeSpan {
            question: id(21),
            asker: id(14),
            start: at(12),
            end: Some(at(18)),
        }],
        announcements: vec![],
        off_record: vec![(at(6), Some(at(10)))],
    }
}

/// The spokesperson speaks 0–6, off the record 6–10, the journalist is on air 12–18.
fn plan(folder: &Path) -> Plan {
    let (spokesperson, journalist) = (id::<PersonId>(13), id::<PersonId>(14));
    let takes = vec![
        camera(folder, "v1", SPOKESPERSON, spokesperson, 0, 6),
        tone(folder, "a1", 440.0, spokesperson, 0, 6),
        camera(folder, "v2", SPOKESPERSON, spokesperson, 10, 20),
        tone(folder, "a2", 440.0, spokesperson, 10, 12),
        camera(folder, "v3", JOURNALIST, journalist, 12, 18),
        tone(folder, "a3", 1000.0, journalist, 12, 18),
    ];
    Plan {
        timeline: timeline(&minutes(), &takes),
        floor: Floor {
            words: vec![
                (at(0), at(6), spokesperson),
                (at(10), at(12), spokesperson),
                (at(12), at(18), journalist),
            ],
            exchanges: vec![(at(12), at(18), journalist)],
            house: [spokesperson].into(),
        },
        takes,
    }
}

fn frames(path: &Path) -> Vec<Frame> {
    let mut reader = Reader::open(fs::File::open(path).unwrap()).unwrap();
    std::iter::from_fn(|| reader.next_frame().unwrap()).collect()
}

#[test]
fn what_was_off_the_record_is_cut_out() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(folder.path());
    let kept: Vec<_> = plan
        .timeline
        .0
        .iter()
        .map(|kept| (kept.start, kept.end, kept.at_ms))
        .collect();
    assert_eq!(kept, [(at(0), at(6), 0), (at(10), at(20), 6_000)]);
    assert_eq!(plan.timeline.at(at(13)), 9_000, "captions move with the cut");
}

#[test]
fn the_picture_follows_the_floor_and_cuts_at_key_frames() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(folder.path());
    let video: Vec<Take> = plan
        .takes
        .iter()
        .filter(|take| take.media == TakeMedia::Video)
        .cloned()
        .collect();
    let keys: Vec<_> = video
        .iter()
        .map(|take| picture::key_times(take, &plan.timeline).unwrap())
        .collect();
    let shots = shots(&video, &keys, &plan.floor, &plan.timeline);
    let people: Vec<_> = shots.iter().map(|shot| video[shot.take].person).collect();
    assert_eq!(people, [id(13), id(13), id(14), id(13)], "{shots:?}");
    for shot in &shots {
        assert!(keys[shot.take].contains(&shot.from), "a cut at no key frame: {shot:?}");
    }
    assert!(shots[2].from >= at(12) && shots[2].from < at(14));
}

#[test]
fn the_file_plays_and_its_parts_are_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(folder.path());
    let media = write(&plan, &folder.path().join("out")).unwrap().unwrap();
    let path = folder.path().join("out").join(format!("{}.webm", media.sha256));
    assert!((15_900..=16_100).contains(&media.duration_ms), "{}", media.duration_ms);
    let clip = read_clip(SPOKESPERSON).unwrap();
    assert_eq!(
        (media.width, media.height),
        (Some(u32::from(clip.width)), Some(u32::from(clip.height)))
    );

    let frames = frames(&path);
    assert!(frames.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms + 40));
    let pictures: Vec<_> = frames.iter().filter(|frame| frame.track == 0).collect();
    assert!(pictures[0].keyframe && pictures[0].at_ms < 100);
    let sound: Vec<_> = frames.iter().filter(|frame| frame.track == 1).collect();
    assert_eq!(sound.len(), 800, "a frame of sound every 20 ms");

    let mut decoder = Decoder::new(48_000, Channels::Mono).unwrap();
    let mut pcm = Vec::new();
    for frame in sound {
        let mut out = [0.0; 5760];
        let count = decoder.decode_float(&frame.data, &mut out, false).unwrap();
        pcm.extend_from_slice(&out[..count]);
    }
    let second = |n: usize| &pcm[n * 48_000 + 4_800..(n + 1) * 48_000 - 4_800];
    assert!(
        power(second(2), 440.0) > 10.0 * power(second(2), 1000.0),
        "the spokesperson first"
    );
    assert!(
        power(second(10), 1000.0) > 10.0 * power(second(10), 440.0),
        "then the journalist"
    );
    assert!(power(second(15), 1000.0) < 0.01, "silence when nobody speaks");

    let Ok(probe) = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-count_frames",
            "-show_entries",
            "stream=codec_name,nb_read_frames:format=duration,format_name",
            "-of",
            "default=nw=1",
        ])
        .arg(&path)
        .output()
    else {
        return;
    };
    let said = String::from_utf8_lossy(&probe.stdout).into_owned() + &String::from_utf8_lossy(&probe.stderr);
    assert!(
        said.contains("codec_name=vp8") && said.contains("codec_name=opus"),
        "{said}"
    );
    assert!(
        said.contains(&format!("nb_read_frames={}", pictures.len())),
        "every picture decodes: {said}"
    );
    assert!(
        said.contains("duration=16.0") || said.contains("duration=15.9"),
        "{said}"
    );
}

/// How much of one tone there is in some samples (Goertzel).
fn power(samples: &[f32], hertz: f32) -> f32 {
    let step = std::f32::consts::TAU * hertz / 48_000.0;
    let (re, im) = samples.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, sample)| {
        (
            re + sample * (step * n as f32).cos(),
            im + sample * (step * n as f32).sin(),
        )
    });
    (re * re + im * im).sqrt() / samples.len() as f32
}

#[test]
fn torn_recordings_do_not_stop_the_programme() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(folder.path());
    let torn = &plan.takes[4].path;
    let bytes = fs::read(torn).unwrap();
    fs::write(torn, &bytes[..bytes.len() / 2]).unwrap();
    fs::write(&plan.takes[5].path, b"").unwrap();
    plan.takes.push(Take {
        path: folder.path().join("gone.webm"),
        ..plan.takes[1].clone()
    });
    assert!(write(&plan, &folder.path().join("out")).unwrap().is_some());
}

/// A slow encoder: the key frame that arrived first on the record had been captured a moment before.
#[test]
fn the_picture_begins_with_the_programme_though_its_first_frame_is_older() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(folder.path());
    let clip = read_clip(SPOKESPERSON).unwrap();
    let frame_ms = clip.ticks as u64 / 90;
    plan.takes[0].start = Timestamp(at(0).micros() - 150_000);
    let only_first_key: Vec<_> = frames(&plan.takes[0].path);
    let (mut writer, mut bytes) = Writer::new(vec![TrackFormat::Vp8 {
        width: clip.width,
        height: clip.height,
    }]);
    let second_key = only_first_key.iter().skip(1).position(|frame| frame.keyframe);
    for frame in &only_first_key[..second_key.map_or(only_first_key.len(), |n| n + 1)] {
        bytes.extend(writer.write(frame));
    }
    finish(&plan.takes[0].path, bytes, writer);
    plan.timeline = timeline(&minutes(), &plan.takes);

    let file = write(&plan, folder.path()).unwrap().expect("a programme");
    let path = folder.path().join(format!("{}.webm", file.sha256));
    let picture: Vec<_> = frames(&path).into_iter().filter(|frame| frame.track == 0).collect();
    assert!(
        picture[0].keyframe && picture[0].at_ms == 0,
        "it begins at {} ms",
        picture[0].at_ms
    );
    let later = picture.iter().find(|frame| frame.at_ms > 0).expect("it goes on");
    assert!(later.at_ms <= frame_ms, "it moves on at {} ms", later.at_ms);
}

/// Off the record wins over a recording that should not be there.
#[test]
fn a_recording_of_off_the_record_time_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let takes = vec![tone(folder.path(), "a", 440.0, id(13), 0, 20)];
    assert!(!timeline(&minutes(), &takes).shows(at(8)));
}

#[tokio::test]
async fn the_job_makes_the_file_that_the_edition_serves() {
    let briefing = Briefing::held().await;
    let folder = takes_folder(&briefing.app.config.data_dir);
    fs::create_dir_all(&folder).unwrap();
    let take = tone(&folder, "a1", 440.0, briefing.spokesperson, 0, 60);
    let mut tx = briefing.app.db.begin().await.unwrap();
    let row = TakeRow {
        id: id(71),
        event: briefing.event,
        source: id(72),
        seat: id(41),
        person: briefing.spokesperson,
        card: Default::default(),
        source_kind: SourceKind::Camera,
        media: TakeMedia::Audio,
        codec: rostrum_domain::media::TapCodec::Opus,
        path: take.path.file_name().unwrap().into(),
        start: take.start,
        duration_ms: 60_000,
        bytes: fs::metadata(&take.path).unwrap().len(),
        state: TakeState::Finished,
    };
    store::takes::insert(&mut tx, &row).await.unwrap();
    room_ended(&mut tx, uuid::Uuid::from_u128(73), briefing.event, briefing.app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();

    briefing.submit(None).await.unwrap();
    let early = briefing.release(briefing.reviewer).await;
    assert!(early.is_err(), "not before the programme is there");
    jobs::run_due(&briefing.app).await.unwrap();

    let edition = briefing.release(briefing.reviewer).await.unwrap();
    let record: rostrum_domain::publication::Record = serde_json::from_slice(&edition.content).unwrap();
    let path = file(&briefing.app.config.data_dir, briefing.event, &record.media[0].sha256);
    assert_eq!(fs::metadata(path).unwrap().len(), record.media[0].bytes);
}
