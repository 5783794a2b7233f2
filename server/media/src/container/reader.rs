//! Reads our own files back, finished or torn: the tracks, then frame after frame in file order.

use super::{
    Frame, TrackFormat,
    ebml::*,
    writer::{ClusterPlace, DURATION_SPACE, Layout, SEEK_HEAD_SPACE},
};
use std::io::{self, Read};

/// A larger element is damage, not media. A key frame of a large screen stays well below.
const MAX_ELEMENT: u64 = 16 << 20;

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("the file could not be read: {0}")]
    Io(#[from] io::Error),
    #[error("this is not a recording of ours: {0}")]
    NotOurs(&'static str),
}

/// A file being read.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    position: u64,
    tracks: Vec<TrackFormat>,
    pub(super) layout: Layout,
    cluster_ms: u64,
}

impl<R: Read> Reader<R> {
    /// Reads the header and the tracks.
    pub fn open(input: R) -> Result<Self, ReadError> {
        let mut reader = Self {
            input,
            position: 0,
            tracks: Vec::new(),
            layout: Layout::default(),
            cluster_ms: 0,
        };
        let head = reader.head()?.ok_or(ReadError::NotOurs("it is empty"))?;
        if head.id != EBML {
            return Err(ReadError::NotOurs("no EBML header"));
        }
        reader.body(head)?;
        let segment = reader.head()?.ok_or(ReadError::NotOurs("no segment"))?;
        if segment.id != SEGMENT || segment.length != 12 {
            return Err(ReadError::NotOurs("no segment"));
        }
        reader.layout.segment_size_at = reader.position - 8;
        reader.layout.segment_body = reader.position;
        reader.layout.seek_head_at = reader.position;
        loop {
            let at = reader.position;
            let head = reader.head()?.ok_or(ReadError::NotOurs("no tracks"))?;
            let body = reader.body(head)?;
            match head.id {
                // Finishing patches these two places: they must be where and as large as we made them.
                VOID | SEEK_HEAD if at == reader.layout.segment_body => {}
                INFO if body.len() > DURATION_SPACE && at == reader.layout.segment_body + SEEK_HEAD_SPACE as u64 => {
                    reader.layout.info_at = at;
                    reader.layout.duration_at = reader.position - DURATION_SPACE as u64;
                }
                TRACKS if reader.layout.info_at > 0 => {
                    reader.layout.tracks_at = at;
                    reader.tracks = tracks(&body)?;
                    reader.layout.end = reader.position;
                    return Ok(reader);
                }
                VOID => {}
                _ => return Err(ReadError::NotOurs("a header of another shape")),
            }
        }
    }

    pub fn tracks(&self) -> &[TrackFormat] {
        &self.tracks
    }

    /// The next frame; `None` at the end, be it clean or torn.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, ReadError> {
        match self.step() {
            Ok(frame) => Ok(frame),
            Err(ReadError::Io(error)) if torn(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn step(&mut self) -> Result<Option<Frame>, ReadError> {
        loop {
            let at = self.position;
            let Some(head) = self.head()? else { return Ok(None) };
            match head.id {
                CLUSTER => {
                    let body = self.position;
                    let timestamp = self.head()?.ok_or_else(end)?;
                    if timestamp.id != TIMESTAMP {
                        return Err(ReadError::NotOurs("a cluster without a time"));
                    }
                    self.cluster_ms = uint(&self.body(timestamp)?);
                    self.layout.clusters.push(ClusterPlace {
                        at,
                        size_at: body - 8,
                        body,
                    });
                }
                SIMPLE_BLOCK => {
                    let block = self.body(head)?;
                    let frame = self.frame(block)?;
                    self.layout.end = self.position;
                    return Ok(Some(frame));
                }
                // The index of a finished file: nothing follows it.
                CUES => return Ok(None),
                _ => {
                    self.body(head)?;
                }
            }
        }
    }

    fn frame(&self, mut block: Vec<u8>) -> Result<Frame, ReadError> {
        if block.len() < 4 || block[0] & 0x80 == 0 {
            return Err(ReadError::NotOurs("a short block"));
        }
        let track = usize::from(block[0] & 0x7F).wrapping_sub(1);
        if track >= self.tracks.len() {
            return Err(ReadError::NotOurs("a block of no track"));
        }
        let relative = i64::from(i16::from_be_bytes([block[1], block[2]]));
        let keyframe = block[3] & 0x80 != 0;
        let at_ms = (self.cluster_ms as i64).saturating_add(relative).max(0) as u64;
        block.drain(..4);
        Ok(Frame {
            track,
            at_ms,
            keyframe,
            data: block,
        })
    }

    fn head(&mut self) -> Result<Option<Head>, ReadError> {
        let head = read_head(&mut self.input)?;
        self.position += head.map_or(0, |head| head.length);
        Ok(head)
    }

    fn body(&mut self, head: Head) -> Result<Vec<u8>, ReadError> {
        let size = head.size.ok_or(ReadError::NotOurs("an element without end"))?;
        if size > MAX_ELEMENT {
            return Err(ReadError::NotOurs("an element too large"));
        }
        let mut body = Vec::new();
        let read = (&mut self.input).take(size).read_to_end(&mut body)? as u64;
        if read < size {
            return Err(end().into());
        }
        self.position += size;
        Ok(body)
    }
}

fn end() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

/// A file cut anywhere ends like this; zeroes of a file system that lost its last page look like invalid ids.
fn torn(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData)
}

fn tracks(body: &[u8]) -> Result<Vec<TrackFormat>, ReadError> {
    let mut tracks = Vec::new();
    for (id, entry) in children(body)? {
        if id != TRACK_ENTRY {
            continue;
        }
        let (mut codec, mut private, mut channels, mut width, mut height) = (&[][..], &[][..], 1, 0, 0);
        for (id, value) in children(entry)? {
            match id {
                CODEC_ID => codec = value,
                CODEC_PRIVATE => private = value,
                AUDIO | VIDEO => {
                    for (id, value) in children(value)? {
                        match id {
                            CHANNELS => channels = uint(value) as u8,
                            PIXEL_WIDTH => width = uint(value) as u16,
                            PIXEL_HEIGHT => height = uint(value) as u16,
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        tracks.push(match codec {
            b"A_OPUS" => TrackFormat::Opus { channels },
            b"V_VP8" => TrackFormat::Vp8 { width, height },
            b"V_MPEG4/ISO/AVC" => TrackFormat::H264 {
                width,
                height,
                config: private.to_vec(),
            },
            _ => return Err(ReadError::NotOurs("a codec we do not record")),
        });
    }
    Ok(tracks)
}

/// The children of a master element held in memory.
fn children(mut body: &[u8]) -> Result<Vec<(u32, &[u8])>, ReadError> {
    let mut found = Vec::new();
    while let Some(head) = read_head(&mut body)? {
        let size = head.size.and_then(|size| usize::try_from(size).ok()).ok_or_else(end)?;
        let value = body.get(..size).ok_or_else(end)?;
        found.push((head.id, value));
        body = &body[size..];
    }
    Ok(found)
}
