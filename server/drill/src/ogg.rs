//! Takes the Opus packets out of an Ogg Opus file (RFC 3533 pages, RFC 7845 mapping), unchanged, so that recorded speech
//! is published without an encoder. One logical stream only; checksums are not verified, the fixtures are our own.

use bytes::Bytes;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OggError {
    #[error("no Ogg page at byte {0}")]
    NoPage(usize),
    #[error("the file ends inside a page")]
    Truncated,
    #[error("this is not an Ogg Opus file")]
    NotOpus,
}

/// The coded audio of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpusFile {
    pub channels: u8,
    /// Samples at 48 kHz that a player drops at the start.
    pub pre_skip: u16,
    pub packets: Vec<Bytes>,
}

const PAGE_HEADER: usize = 27;

/// Splits a whole file into its packets; the two header packets are read and left out.
pub fn read_opus(file: &[u8]) -> Result<OpusFile, OggError> {
    let mut packets = Vec::new();
    let mut growing = Vec::new();
    let mut at = 0;
    while at < file.len() {
        let header = file.get(at..at + PAGE_HEADER).ok_or(OggError::Truncated)?;
        if &header[..4] != b"OggS" {
            return Err(OggError::NoPage(at));
        }
        let segments = usize::from(header[26]);
        let table = file
            .get(at + PAGE_HEADER..at + PAGE_HEADER + segments)
            .ok_or(OggError::Truncated)?;
        let mut body = at + PAGE_HEADER + segments;
        for &lacing in table {
            let piece = file.get(body..body + usize::from(lacing)).ok_or(OggError::Truncated)?;
            growing.extend_from_slice(piece);
            body += usize::from(lacing);
            // A lacing value of 255 means that the packet goes on, if need be on the next page.
            if lacing < 255 {
                packets.push(Bytes::from(std::mem::take(&mut growing)));
            }
        }
        at = body;
    }

    let mut packets = packets.into_iter();
    let head = packets.next().ok_or(OggError::NotOpus)?;
    if head.len() < 19 || !head.starts_with(b"OpusHead") {
        return Err(OggError::NotOpus);
    }
    if !packets.next().is_some_and(|tags| tags.starts_with(b"OpusTags")) {
        return Err(OggError::NotOpus);
    }
    Ok(OpusFile {
        channels: head[9],
        pre_skip: u16::from_le_bytes([head[10], head[11]]),
        packets: packets.collect(),
    })
}

/// Samples at 48 kHz in one Opus packet, from its first bytes (RFC 6716 section 3.1); `None` when it is malformed.
pub fn samples_in(packet: &[u8]) -> Option<u32> {
    let toc = *packet.first()?;
    let config = toc >> 3;
    let frame = match config {
        // SILK only: 10, 20, 40, 60 ms.
        0..=11 => [480, 960, 1920, 2880][usize::from(config % 4)],
        // Hybrid: 10, 20 ms.
        12..=15 => [480, 960][usize::from(config % 2)],
        // CELT only: 2.5, 5, 10, 20 ms.
        _ => [120, 240, 480, 960][usize::from(config % 4)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(packet.get(1)? & 0x3f),
    };
    Some(frame * frames)
}

#[cfg(test)]
mod tests;
