//! Finishes a file that a crash left open: finds its last whole block and works out what finishing would have written.

use super::{
    ReadError, Reader, TrackFormat,
    writer::{Cue, Finish},
};
use std::io::Read;

/// What to do with a torn file: cut it to `valid`, then apply `finish`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Bytes that hold whole blocks.
    pub valid: u64,
    pub frames: u64,
    pub finish: Finish,
}

/// Scans a file. Fails only when not even the header is whole: such a file holds no media.
pub fn recover(input: impl Read) -> Result<Recovered, ReadError> {
    let mut reader = Reader::open(input)?;
    let video = reader.tracks().iter().position(TrackFormat::is_video);
    let mut frames = 0;
    let mut last_cue: Option<u64> = None;
    loop {
        let frame = match reader.next_frame() {
            Ok(Some(frame)) => frame,
            // What a dying disk wrote after the last whole block is not media: the file ends here.
            Ok(None) | Err(ReadError::NotOurs(_)) => break,
            Err(error) => return Err(error),
        };
        frames += 1;
        let length = if Some(frame.track) == video { 33 } else { 20 };
        reader.layout.duration_ms = reader.layout.duration_ms.max(frame.at_ms + length);
        let indexed = video.is_none_or(|video| video == frame.track && frame.keyframe);
        if indexed && last_cue.is_none_or(|last| frame.at_ms >= last + 1_000) {
            if let Some(cluster) = reader.layout.clusters.last() {
                let cue = Cue {
                    at_ms: frame.at_ms,
                    track: frame.track,
                    cluster: cluster.at,
                };
                reader.layout.cues.push(cue);
            }
            last_cue = Some(frame.at_ms);
        }
    }
    // A cluster whose first block is torn holds nothing.
    let end = reader.layout.end;
    reader.layout.clusters.retain(|cluster| cluster.at < end);
    Ok(Recovered {
        valid: end,
        frames,
        finish: reader.layout.finish(),
    })
}
