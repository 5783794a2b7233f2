//! Writes the programme file: sound every 20 ms, frames of the picture where they are due, then the index.

use super::{
    Take,
    picture::{Film, format, key_times, shots},
    sound::{FRAME, Mixer, Voicebox},
};
use crate::store::takes::TakeMedia;
use anyhow::Context;
use rostrum_domain::{
    id::PersonId,
    publication::{MediaFile, Timeline},
    time::Timestamp,
};
use rostrum_media::container::{Frame, TrackFormat, Writer};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{BufWriter, Read, Seek, SeekFrom, Write},
    path::Path,
    time::Duration,
};

/// Everything the programme is made from.
#[derive(Clone, Debug)]
pub struct Plan {
    pub takes: Vec<Take>,
    pub timeline: Timeline,
    pub floor: Floor,
}

/// Who had the floor when.
#[derive(Clone, Debug, Default)]
pub struct Floor {
    /// What was said, in order of start: from, to, by whom.
    pub words: Vec<(Timestamp, Timestamp, PersonId)>,
    /// Who was on air with a question: from, to, who.
    pub exchanges: Vec<(Timestamp, Timestamp, PersonId)>,
    /// Who answers for the house.
    pub house: BTreeSet<PersonId>,
}

impl Floor {
    /// Who speaks at `at`; between two sentences, who spoke last, for a while.
    pub fn speaker(&self, at: Timestamp) -> Option<PersonId> {
        const LINGER: Duration = Duration::from_secs(5);
        let before = self.words.partition_point(|(from, _, _)| *from <= at);
        let (_, to, person) = self.words[..before].iter().max_by_key(|(_, to, _)| *to)?;
        (at < to.saturating_add(LINGER)).then_some(*person)
    }

    pub fn asker(&self, at: Timestamp) -> Option<PersonId> {
        self.exchanges
            .iter()
            .find(|(from, to, _)| *from <= at && at < *to)
            .map(|(_, _, person)| *person)
    }
}

/// Makes the file in `folder`, named by its checksum. `None` when no recording can be read.
pub fn write(plan: &Plan, folder: &Path) -> anyhow::Result<Option<MediaFile>> {
    let (video, picture) = pictures(&plan.takes)?;
    let audio: Vec<&Take> = readable(plan.takes.iter().filter(|take| take.media == TakeMedia::Audio));
    let Some(zero) = plan.timeline.0.first().map(|kept| kept.start) else {
        return Ok(None);
    };
    if video.is_empty() && audio.is_empty() {
        return Ok(None);
    }
    fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    let unfinished = folder.join("unfinished");
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&unfinished).context("create the programme file")?);

    let mut formats: Vec<TrackFormat> = picture.iter().cloned().collect();
    let sound_track = formats.len();
    formats.push(TrackFormat::Opus { channels: 1 });
    let (mut writer, header) = Writer::new(formats);
    out.write_all(&header)?;

    let keys = video
        .iter()
        .map(|take| key_times(take, &plan.timeline))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let shots = shots(&video, &keys, &plan.floor, &plan.timeline);
    let mut film = Film::new(&video, &plan.timeline, shots)?;
    let mut mixer = Mixer::open(&audio, zero)?;
    let mut voicebox = Voicebox::new()?;
    let duration_ms = plan.timeline.duration_ms();
    for at_ms in (0..duration_ms).step_by(20) {
        let from = room_sample(&plan.timeline, zero, at_ms);
        let data = voicebox.encode(&mixer.mix(from))?;
        out.write_all(&writer.write(&Frame {
            track: sound_track,
            at_ms,
            keyframe: true,
            data,
        }))?;
        while let Some(frame) = film.next_before(at_ms + 20)? {
            out.write_all(&writer.write(&frame))?;
        }
    }
    let duration_ms = writer.duration_ms();
    let finish = writer.finish();
    out.write_all(&finish.tail)?;
    let mut file = out.into_inner().map_err(|error| error.into_error())?;
    for patch in &finish.patches {
        file.seek(SeekFrom::Start(patch.offset))?;
        file.write_all(&patch.bytes)?;
    }
    file.sync_all()?;
    drop(file);

    let (sha256, bytes) = checksum(&unfinished)?;
    fs::rename(&unfinished, folder.join(format!("{sha256}.webm"))).context("name the programme file")?;
    let size = picture.as_ref().and_then(size);
    let webm = !matches!(picture, Some(TrackFormat::H264 { .. }));
    Ok(Some(MediaFile {
        name: if webm { "programme.webm" } else { "programme.mkv" }.to_owned(),
        media_type: if webm { "video/webm" } else { "video/x-matroska" }.to_owned(),
        bytes,
        duration_ms,
        width: size.map(|(width, _)| u32::from(width)),
        height: size.map(|(_, height)| u32::from(height)),
        sha256,
    }))
}

/// The recordings that can stand in one picture track: VP8 where there is any, since WebM and every browser take it.
fn pictures(takes: &[Take]) -> anyhow::Result<(Vec<Take>, Option<TrackFormat>)> {
    let video = readable(takes.iter().filter(|take| take.media == TakeMedia::Video));
    let mut described = Vec::new();
    for take in video {
        if let Some(format) = format(take)? {
            described.push((take, format));
        }
    }
    let largest = |wanted: &dyn Fn(&TrackFormat) -> bool| {
        described
            .iter()
            .map(|(_, format)| format)
            .filter(|format| wanted(format))
            .max_by_key(|format| size(format).map(|(width, height)| u32::from(width) * u32::from(height)))
            .cloned()
    };
    let chosen = largest(&|format| matches!(format, TrackFormat::Vp8 { .. })).or_else(|| largest(&|_| true));
    let fits = |format: &TrackFormat| match (&chosen, format) {
        (Some(TrackFormat::Vp8 { .. }), TrackFormat::Vp8 { .. }) => true,
        (Some(TrackFormat::H264 { config, .. }), TrackFormat::H264 { config: other, .. }) => config == other,
        _ => false,
    };
    let takes = described
        .iter()
        .filter(|(_, format)| fits(format))
        .map(|(take, _)| (*take).clone())
        .collect();
    Ok((takes, chosen))
}

/// A file that is missing or torn at its very head is left out: the rest of the record must not suffer.
fn readable<'a>(takes: impl Iterator<Item = &'a Take>) -> Vec<&'a Take> {
    takes
        .filter(|take| match take.open() {
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(take = %take.path.display(), %error, "a recording is left out of the programme");
                false
            }
        })
        .collect()
}

fn size(format: &TrackFormat) -> Option<(u16, u16)> {
    match format {
        TrackFormat::Vp8 { width, height } | TrackFormat::H264 { width, height, .. } => Some((*width, *height)),
        TrackFormat::Opus { .. } => None,
    }
}

/// The room sample heard at a place in the programme.
fn room_sample(timeline: &Timeline, zero: Timestamp, at_ms: u64) -> i64 {
    let kept = timeline.0.iter().rev().find(|kept| kept.at_ms <= at_ms);
    let at = kept.map_or(zero, |kept| {
        kept.start.saturating_add(Duration::from_millis(at_ms - kept.at_ms))
    });
    (at.micros() - zero.micros()) * 48 / 1000
}

const _: () = assert!(FRAME == 960, "one step of the loop is one frame of sound");

fn checksum(path: &Path) -> anyhow::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let (mut hash, mut total) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok((hex::encode(hash.finalize()), total));
        }
        hash.update(&buffer[..count]);
        total += count as u64;
    }
}
