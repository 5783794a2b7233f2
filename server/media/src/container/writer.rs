//! Writes a take: header at once, then one block per frame, appended in clusters of unknown size, so that the file is
//! readable up to its last whole block at every moment. Finishing fills in sizes, duration and an index.

use super::{Frame, TrackFormat, ebml::*};

/// Audio starts a cluster each second. Longer: coarser seeking; shorter: a few bytes more a second.
const CLUSTER_MS: u64 = 1_000;
/// Video starts a cluster at each key frame, and at the latest here (a block's relative time is 16 bits).
const CLUSTER_MAX_MS: u64 = 10_000;
/// An index entry at most this often.
const CUE_MS: u64 = 1_000;
/// Room kept for the seek head (Info, Tracks, Cues).
pub(super) const SEEK_HEAD_SPACE: usize = 100;
/// Room kept for the duration: id (2), size (1), value (8).
pub(super) const DURATION_SPACE: usize = 11;

/// Bytes to put over the file at `offset`, leaving its length as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    pub offset: u64,
    pub bytes: Vec<u8>,
}

/// What makes a file whole: append `tail`, then apply `patches`. Interrupted half way the file is as readable as before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finish {
    pub tail: Vec<u8>,
    pub patches: Vec<Patch>,
    pub duration_ms: u64,
}

/// Where things are in a file; shared by the writer and by recovery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub segment_size_at: u64,
    pub segment_body: u64,
    pub seek_head_at: u64,
    pub duration_at: u64,
    pub info_at: u64,
    pub tracks_at: u64,
    pub clusters: Vec<ClusterPlace>,
    pub cues: Vec<Cue>,
    /// End of the newest block: start plus the usual frame length.
    pub duration_ms: u64,
    pub end: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClusterPlace {
    pub at: u64,
    pub size_at: u64,
    pub body: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cue {
    pub at_ms: u64,
    pub track: usize,
    pub cluster: u64,
}

impl Layout {
    pub fn finish(&self) -> Finish {
        let mut patches = Vec::new();
        for (index, cluster) in self.clusters.iter().enumerate() {
            let end = self.clusters.get(index + 1).map_or(self.end, |next| next.at);
            patches.push(Patch {
                offset: cluster.size_at,
                bytes: size8(end - cluster.body).to_vec(),
            });
        }
        let mut tail = Vec::new();
        if !self.cues.is_empty() {
            put_master(&mut tail, CUES, |cues| {
                for cue in &self.cues {
                    put_master(cues, CUE_POINT, |point| {
                        put_uint(point, CUE_TIME, cue.at_ms);
                        put_master(point, CUE_TRACK_POSITIONS, |place| {
                            put_uint(place, CUE_TRACK, cue.track as u64 + 1);
                            put_uint(place, CUE_CLUSTER_POSITION, cue.cluster - self.segment_body);
                        });
                    });
                }
            });
            patches.push(Patch {
                offset: self.seek_head_at,
                bytes: self.seek_head(),
            });
        }
        let mut duration = Vec::new();
        put_float(&mut duration, DURATION, self.duration_ms as f64);
        patches.push(Patch {
            offset: self.duration_at,
            bytes: duration,
        });
        let size = self.end + tail.len() as u64 - self.segment_body;
        patches.push(Patch {
            offset: self.segment_size_at,
            bytes: size8(size).to_vec(),
        });
        Finish {
            tail,
            patches,
            duration_ms: self.duration_ms,
        }
    }

    fn seek_head(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_master(&mut bytes, SEEK_HEAD, |head| {
            for (id, at) in [(INFO, self.info_at), (TRACKS, self.tracks_at), (CUES, self.end)] {
                put_master(head, SEEK, |seek| {
                    let mut name = Vec::new();
                    put_id(&mut name, id);
                    put_bytes(seek, SEEK_ID, &name);
                    put_uint(seek, SEEK_POSITION, at - self.segment_body);
                });
            }
        });
        let left = SEEK_HEAD_SPACE - bytes.len();
        put_void(&mut bytes, left);
        bytes
    }
}

/// One file being written.
#[derive(Debug)]
pub struct Writer {
    layout: Layout,
    formats: Vec<TrackFormat>,
    cluster_start: Option<u64>,
    last_cue: Option<u64>,
}

impl Writer {
    /// Starts a file with these tracks; returns the writer and the bytes the file begins with.
    pub fn new(formats: Vec<TrackFormat>) -> (Self, Vec<u8>) {
        let mut out = Vec::new();
        let webm = !formats.iter().any(|format| matches!(format, TrackFormat::H264 { .. }));
        put_master(&mut out, EBML, |head| {
            put_uint(head, 0x4286, 1); // EBMLVersion
            put_uint(head, 0x42F7, 1); // EBMLReadVersion
            put_uint(head, 0x42F2, 4); // EBMLMaxIDLength
            put_uint(head, 0x42F3, 8); // EBMLMaxSizeLength
            put_bytes(head, 0x4282, if webm { b"webm" } else { b"matroska" }); // DocType
            put_uint(head, 0x4287, 4); // DocTypeVersion
            put_uint(head, 0x4285, 2); // DocTypeReadVersion
        });
        let mut layout = Layout::default();
        put_id(&mut out, SEGMENT);
        layout.segment_size_at = out.len() as u64;
        out.extend_from_slice(&UNKNOWN_SIZE);
        layout.segment_body = out.len() as u64;
        layout.seek_head_at = layout.segment_body;
        put_void(&mut out, SEEK_HEAD_SPACE);

        layout.info_at = out.len() as u64;
        let mut info = Vec::new();
        put_uint(&mut info, TIMESTAMP_SCALE, 1_000_000);
        put_bytes(&mut info, MUXING_APP, b"rostrum");
        put_bytes(&mut info, WRITING_APP, b"rostrum");
        put_id(&mut out, INFO);
        put_size(&mut out, (info.len() + DURATION_SPACE) as u64);
        out.extend_from_slice(&info);
        layout.duration_at = out.len() as u64;
        put_void(&mut out, DURATION_SPACE);

        layout.tracks_at = out.len() as u64;
        put_master(&mut out, TRACKS, |tracks| {
            for (index, format) in formats.iter().enumerate() {
                put_master(tracks, TRACK_ENTRY, |entry| put_track(entry, index as u64 + 1, format));
            }
        });
        layout.end = out.len() as u64;
        (
            Self {
                layout,
                formats,
                cluster_start: None,
                last_cue: None,
            },
            out,
        )
    }

    /// The bytes to append for one frame. Frames come in order of time, at most some milliseconds apart from it.
    pub fn write(&mut self, frame: &Frame) -> Vec<u8> {
        let mut out = Vec::with_capacity(frame.data.len() + 40);
        if self.needs_cluster(frame) {
            self.start_cluster(&mut out, frame.at_ms);
        }
        let video = self.formats.get(frame.track).is_some_and(TrackFormat::is_video);
        let has_video = self.formats.iter().any(TrackFormat::is_video);
        let indexed = if has_video { video && frame.keyframe } else { true };
        let due = self.last_cue.is_none_or(|last| frame.at_ms >= last + CUE_MS);
        if let (true, true, Some(cluster)) = (indexed, due, self.layout.clusters.last()) {
            self.layout.cues.push(Cue {
                at_ms: frame.at_ms,
                track: frame.track,
                cluster: cluster.at,
            });
            self.last_cue = Some(frame.at_ms);
        }
        let start = self.cluster_start.unwrap_or(frame.at_ms);
        let relative = frame.at_ms as i64 - start as i64;
        let relative = relative.clamp(i64::from(i16::MIN), i64::from(i16::MAX)) as i16;
        put_id(&mut out, SIMPLE_BLOCK);
        put_size(&mut out, frame.data.len() as u64 + 4);
        out.push(0x80 | (frame.track as u8 + 1));
        out.extend_from_slice(&relative.to_be_bytes());
        out.push(if frame.keyframe { 0x80 } else { 0 });
        out.extend_from_slice(&frame.data);

        self.layout.end += out.len() as u64;
        let length = if video { 33 } else { 20 };
        self.layout.duration_ms = self.layout.duration_ms.max(frame.at_ms + length);
        out
    }

    pub fn finish(self) -> Finish {
        self.layout.finish()
    }

    pub fn duration_ms(&self) -> u64 {
        self.layout.duration_ms
    }

    fn needs_cluster(&self, frame: &Frame) -> bool {
        let Some(start) = self.cluster_start else { return true };
        let age = frame.at_ms.saturating_sub(start);
        let has_video = self.formats.iter().any(TrackFormat::is_video);
        let video = self.formats.get(frame.track).is_some_and(TrackFormat::is_video);
        let at_keyframe = video && frame.keyframe && age >= CLUSTER_MS;
        at_keyframe || age >= if has_video { CLUSTER_MAX_MS } else { CLUSTER_MS }
    }

    fn start_cluster(&mut self, out: &mut Vec<u8>, at_ms: u64) {
        let at = self.layout.end;
        put_id(out, CLUSTER);
        let size_at = at + out.len() as u64;
        out.extend_from_slice(&UNKNOWN_SIZE);
        self.layout.clusters.push(ClusterPlace {
            at,
            size_at,
            body: at + out.len() as u64,
        });
        put_uint(out, TIMESTAMP, at_ms);
        self.cluster_start = Some(at_ms);
    }
}

fn put_track(entry: &mut Vec<u8>, number: u64, format: &TrackFormat) {
    put_uint(entry, TRACK_NUMBER, number);
    put_uint(entry, TRACK_UID, number);
    put_uint(entry, FLAG_LACING, 0);
    match format {
        TrackFormat::Opus { channels } => {
            put_uint(entry, TRACK_TYPE, 2);
            put_bytes(entry, CODEC_ID, b"A_OPUS");
            put_bytes(entry, CODEC_PRIVATE, &opus_head(*channels));
            // RFC 9559: decoders need 80 ms before a seek target.
            put_uint(entry, SEEK_PRE_ROLL, 80_000_000);
            put_master(entry, AUDIO, |audio| {
                put_float(audio, SAMPLING_FREQUENCY, 48_000.0);
                put_uint(audio, CHANNELS, u64::from(*channels));
            });
        }
        TrackFormat::Vp8 { width, height } => put_video(entry, b"V_VP8", None, *width, *height),
        TrackFormat::H264 { width, height, config } => {
            put_video(entry, b"V_MPEG4/ISO/AVC", Some(config), *width, *height);
        }
    }
}

fn put_video(entry: &mut Vec<u8>, codec: &[u8], private: Option<&[u8]>, width: u16, height: u16) {
    put_uint(entry, TRACK_TYPE, 1);
    put_bytes(entry, CODEC_ID, codec);
    if let Some(private) = private {
        put_bytes(entry, CODEC_PRIVATE, private);
    }
    put_master(entry, VIDEO, |video| {
        put_uint(video, PIXEL_WIDTH, u64::from(width));
        put_uint(video, PIXEL_HEIGHT, u64::from(height));
    });
}

/// The Opus identification header (RFC 7845 section 5.1), without pre-skip: live audio starts in the middle.
fn opus_head(channels: u8) -> Vec<u8> {
    let mut head = b"OpusHead".to_vec();
    head.extend_from_slice(&[1, channels, 0, 0]);
    head.extend_from_slice(&48_000u32.to_le_bytes());
    head.extend_from_slice(&[0, 0, 0]);
    head
}
