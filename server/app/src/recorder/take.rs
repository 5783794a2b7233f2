//! One take: packets of one source and medium, put in order, made into frames, appended to a file.

use rostrum_domain::{media::TapCodec, media::TapPacket, time::Timestamp};
use rostrum_media::container::{
    Frame, H264Depacketizer, Ordered, Picture, Reorder, TrackFormat, Vp8Depacketizer, Writer,
};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// Packets kept back for a late repair: about half a second of video, a second of sound.
const VIDEO_WINDOW: usize = 96;
const AUDIO_WINDOW: usize = 8;
/// Capture times kept for frames still being put together.
const TIMES: usize = 256;

/// Turns packets into frames with a capture time. One per source and medium, also before its file exists: a picture's
/// file begins at the first key frame.
pub struct Assembler {
    codec: TapCodec,
    order: Reorder<TapPacket>,
    vp8: Vp8Depacketizer,
    h264: H264Depacketizer,
    captured: BTreeMap<u32, Timestamp>,
}

/// A whole frame and when it was captured.
pub struct Captured {
    pub at: Timestamp,
    pub keyframe: bool,
    pub data: Vec<u8>,
}

impl Assembler {
    pub fn new(codec: TapCodec) -> Self {
        let window = if codec == TapCodec::Opus {
            AUDIO_WINDOW
        } else {
            VIDEO_WINDOW
        };
        Self {
            codec,
            order: Reorder::new(window),
            vp8: Vp8Depacketizer::new(),
            h264: H264Depacketizer::new(),
            captured: BTreeMap::new(),
        }
    }

    pub fn push(&mut self, packet: TapPacket) -> Vec<Captured> {
        let mut ordered = Vec::new();
        self.order.push(packet.sequence, packet, &mut ordered);
        self.assemble(ordered)
    }

    /// What still waited in the window.
    pub fn flush(&mut self) -> Vec<Captured> {
        let mut ordered = Vec::new();
        self.order.flush(&mut ordered);
        self.assemble(ordered)
    }

    /// How a file with this frame as its first is described; `None` as long as nothing can be begun.
    pub fn format(&self, first: &Captured) -> Option<TrackFormat> {
        match self.codec {
            TapCodec::Opus => Some(TrackFormat::Opus {
                channels: opus_channels(&first.data),
            }),
            TapCodec::Vp8 => {
                Vp8Depacketizer::size(&first.data).map(|(width, height)| TrackFormat::Vp8 { width, height })
            }
            TapCodec::H264 if first.keyframe => {
                self.h264
                    .config()
                    .map(|(config, width, height)| TrackFormat::H264 { width, height, config })
            }
            TapCodec::H264 => None,
        }
    }

    fn assemble(&mut self, ordered: Vec<Ordered<TapPacket>>) -> Vec<Captured> {
        let mut frames = Vec::new();
        for item in ordered {
            match item {
                Ordered::Lost(_) => {
                    self.vp8.lost();
                    self.h264.lost();
                }
                Ordered::Packet(packet) => frames.extend(self.packet(packet)),
            }
        }
        frames
    }

    fn packet(&mut self, packet: TapPacket) -> Option<Captured> {
        if self.codec == TapCodec::Opus {
            let whole = !packet.payload.is_empty();
            return whole.then_some(Captured {
                at: packet.captured_at,
                keyframe: true,
                data: packet.payload,
            });
        }
        self.captured.entry(packet.rtp_timestamp).or_insert(packet.captured_at);
        while self.captured.len() > TIMES {
            self.captured.pop_first();
        }
        let picture = match self.codec {
            TapCodec::Vp8 => self.vp8.push(packet.rtp_timestamp, packet.marker, &packet.payload),
            _ => self.h264.push(packet.rtp_timestamp, packet.marker, &packet.payload),
        };
        picture.map(|picture: Picture| Captured {
            at: self
                .captured
                .remove(&picture.rtp_timestamp)
                .unwrap_or(packet.captured_at),
            keyframe: picture.keyframe,
            data: picture.data,
        })
    }
}

/// The stereo bit of a packet's table of contents (RFC 6716 section 3.1).
fn opus_channels(packet: &[u8]) -> u8 {
    if packet.first().is_some_and(|toc| toc & 4 != 0) {
        2
    } else {
        1
    }
}

/// A file being written.
pub struct Take {
    file: File,
    writer: Writer,
    format: TrackFormat,
    start: Timestamp,
    last_ms: u64,
    bytes: u64,
    dirty: bool,
}

/// What a finished take amounts to.
pub struct Ended {
    pub duration_ms: u64,
    pub bytes: u64,
}

impl Take {
    pub fn create(path: &Path, format: TrackFormat, start: Timestamp) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = File::create_new(path)?;
        let (writer, header) = Writer::new(vec![format.clone()]);
        file.write_all(&header)?;
        Ok(Self {
            file,
            writer,
            format,
            start,
            last_ms: 0,
            bytes: header.len() as u64,
            dirty: true,
        })
    }

    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// Whether this file can go on with a frame of that description. A picture may change its size (VP8 says so in each
    /// key frame); H.264 needs the parameters it began with.
    pub fn takes(&self, format: &TrackFormat) -> bool {
        match (&self.format, format) {
            (TrackFormat::H264 { config, .. }, TrackFormat::H264 { config: new, .. }) => config == new,
            (old, new) => std::mem::discriminant(old) == std::mem::discriminant(new),
        }
    }

    pub fn write(&mut self, frame: Captured) -> io::Result<()> {
        // Times never run backwards, whatever a sender report corrected.
        let at_ms = u64::try_from(frame.at.millis() - self.start.millis())
            .unwrap_or(0)
            .max(self.last_ms);
        self.last_ms = at_ms;
        let bytes = self.writer.write(&Frame {
            track: 0,
            at_ms,
            keyframe: frame.keyframe,
            data: frame.data,
        });
        self.file.write_all(&bytes)?;
        self.bytes += bytes.len() as u64;
        self.dirty = true;
        Ok(())
    }

    /// Puts on disk what the operating system still holds.
    pub fn sync(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.dirty) {
            self.file.sync_data()?;
        }
        Ok(())
    }

    /// Makes the file seekable. Interrupted, it is as readable as before.
    pub fn finish(mut self) -> io::Result<Ended> {
        let finish = self.writer.finish();
        complete(&mut self.file, self.bytes, &finish)?;
        Ok(Ended {
            duration_ms: finish.duration_ms,
            bytes: self.bytes + finish.tail.len() as u64,
        })
    }
}

/// Appends the index after `end` and fills in sizes and duration.
pub fn complete(file: &mut File, end: u64, finish: &rostrum_media::container::Finish) -> io::Result<()> {
    file.seek(SeekFrom::Start(end))?;
    file.write_all(&finish.tail)?;
    for patch in &finish.patches {
        file.seek(SeekFrom::Start(patch.offset))?;
        file.write_all(&patch.bytes)?;
    }
    file.sync_all()
}

/// Where a take's file is, under the folder of takes.
pub fn path(event: rostrum_domain::id::EventId, take: rostrum_domain::id::TakeId, codec: TapCodec) -> PathBuf {
    let extension = if codec == TapCodec::H264 { "mkv" } else { "webm" };
    PathBuf::from(event.to_string()).join(format!("{take}.{extension}"))
}
