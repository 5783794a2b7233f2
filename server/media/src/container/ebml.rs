//! The few EBML elements a take needs (RFC 8794): ids, sizes, and reading them back from torn files.

use std::io::{self, Read};

pub const EBML: u32 = 0x1A45_DFA3;
pub const SEGMENT: u32 = 0x1853_8067;
pub const SEEK_HEAD: u32 = 0x114D_9B74;
pub const SEEK: u32 = 0x4DBB;
pub const SEEK_ID: u32 = 0x53AB;
pub const SEEK_POSITION: u32 = 0x53AC;
pub const VOID: u32 = 0xEC;
pub const INFO: u32 = 0x1549_A966;
pub const TIMESTAMP_SCALE: u32 = 0x2A_D7B1;
pub const DURATION: u32 = 0x4489;
pub const MUXING_APP: u32 = 0x4D80;
pub const WRITING_APP: u32 = 0x5741;
pub const TRACKS: u32 = 0x1654_AE6B;
pub const TRACK_ENTRY: u32 = 0xAE;
pub const TRACK_NUMBER: u32 = 0xD7;
pub const TRACK_UID: u32 = 0x73C5;
pub const TRACK_TYPE: u32 = 0x83;
pub const FLAG_LACING: u32 = 0x9C;
pub const CODEC_ID: u32 = 0x86;
pub const CODEC_PRIVATE: u32 = 0x63A2;
pub const SEEK_PRE_ROLL: u32 = 0x56BB;
pub const AUDIO: u32 = 0xE1;
pub const SAMPLING_FREQUENCY: u32 = 0xB5;
pub const CHANNELS: u32 = 0x9F;
pub const VIDEO: u32 = 0xE0;
pub const PIXEL_WIDTH: u32 = 0xB0;
pub const PIXEL_HEIGHT: u32 = 0xBA;
pub const CLUSTER: u32 = 0x1F43_B675;
pub const TIMESTAMP: u32 = 0xE7;
pub const SIMPLE_BLOCK: u32 = 0xA3;
pub const CUES: u32 = 0x1C53_BB6B;
pub const CUE_POINT: u32 = 0xBB;
pub const CUE_TIME: u32 = 0xB3;
pub const CUE_TRACK_POSITIONS: u32 = 0xB7;
pub const CUE_TRACK: u32 = 0xF7;
pub const CUE_CLUSTER_POSITION: u32 = 0xF1;

/// "Unknown size" in eight bytes: the element lasts until its parent's next child.
pub const UNKNOWN_SIZE: [u8; 8] = [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

pub fn put_id(out: &mut Vec<u8>, id: u32) {
    let bytes = id.to_be_bytes();
    let skip = (id.leading_zeros() / 8) as usize;
    out.extend_from_slice(&bytes[skip..]);
}

/// A size in the shortest form.
pub fn put_size(out: &mut Vec<u8>, size: u64) {
    for length in 1..=8u32 {
        // All ones is reserved for "unknown".
        if size < (1u64 << (7 * length)) - 1 {
            let marked = size | 1 << (7 * length);
            out.extend_from_slice(&marked.to_be_bytes()[8 - length as usize..]);
            return;
        }
    }
    out.extend_from_slice(&UNKNOWN_SIZE);
}

/// A size in eight bytes, for places that are patched later.
pub fn size8(size: u64) -> [u8; 8] {
    (size & 0x00FF_FFFF_FFFF_FFFF | 0x0100_0000_0000_0000).to_be_bytes()
}

pub fn put_bytes(out: &mut Vec<u8>, id: u32, bytes: &[u8]) {
    put_id(out, id);
    put_size(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub fn put_uint(out: &mut Vec<u8>, id: u32, value: u64) {
    let skip = (value.leading_zeros() / 8).min(7) as usize;
    put_bytes(out, id, &value.to_be_bytes()[skip..]);
}

pub fn put_float(out: &mut Vec<u8>, id: u32, value: f64) {
    put_bytes(out, id, &value.to_be_bytes());
}

pub fn put_master(out: &mut Vec<u8>, id: u32, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut body = Vec::new();
    fill(&mut body);
    put_bytes(out, id, &body);
}

/// A Void element that takes exactly `length` bytes, 2 to 128.
pub fn put_void(out: &mut Vec<u8>, length: usize) {
    debug_assert!((2..=128).contains(&length));
    out.push(VOID as u8);
    out.push(0x80 | (length - 2) as u8);
    out.resize(out.len() + length - 2, 0);
}

/// The start of an element: its id, and its size unless unknown.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    pub id: u32,
    pub size: Option<u64>,
    /// Bytes the head itself took.
    pub length: u64,
}

/// Reads an element's head. `Ok(None)` at a clean end, and `UnexpectedEof` when torn.
pub fn read_head(input: &mut impl Read) -> io::Result<Option<Head>> {
    let mut first = [0u8; 1];
    if input.read(&mut first)? == 0 {
        return Ok(None);
    }
    let id_length = first[0].leading_zeros() as usize + 1;
    if id_length > 4 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "not an EBML id"));
    }
    let mut id = [0u8; 4];
    id[0] = first[0];
    input.read_exact(&mut id[1..id_length])?;
    let id = u32::from_be_bytes(id) >> (8 * (4 - id_length));

    input.read_exact(&mut first)?;
    let size_length = first[0].leading_zeros() as usize + 1;
    if size_length > 8 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "not an EBML size"));
    }
    let mut size = [0u8; 8];
    size[0] = if size_length == 8 {
        0
    } else {
        first[0] & (0xFF >> size_length)
    };
    input.read_exact(&mut size[1..size_length])?;
    let value = u64::from_be_bytes(size) >> (8 * (8 - size_length));
    let unknown = value == (1u64 << (7 * size_length)) - 1;
    Ok(Some(Head {
        id,
        size: (!unknown).then_some(value),
        length: (id_length + size_length) as u64,
    }))
}

/// An unsigned integer element's value.
pub fn uint(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .take(8)
        .fold(0, |value, byte| value << 8 | u64::from(*byte))
}
