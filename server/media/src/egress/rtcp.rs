//! RTCP of a subscriber: reads what it reports and asks for (RFC 3550, 4585, 5104 and transport-wide congestion
//! control), writes sender reports. Reads in place, without allocating, and believes no length.

use rostrum_domain::time::Timestamp;

/// One thing a subscriber said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feedback {
    /// It cannot decode: PLI or FIR.
    KeyFrame { ssrc: u32 },
    /// It misses `first` and those of the following 16 whose bit is set.
    Nack { ssrc: u32, first: u16, following: u16 },
    /// Receiver report: fraction of 256 lost since the last one.
    Loss { ssrc: u32, fraction: u8 },
    /// Transport-wide feedback: packets received and missing.
    Transport { received: u16, missing: u16 },
}

/// Calls `said` for each item in a compound packet; stops at the first that cannot be.
pub(crate) fn read(mut compound: &[u8], mut said: impl FnMut(Feedback)) {
    while let Some(header) = compound.first_chunk::<4>() {
        let length = 4 * (1 + usize::from(u16::from_be_bytes([header[2], header[3]])));
        let Some(packet) = compound.get(..length) else {
            return;
        };
        if header[0] >> 6 != 2 {
            return;
        }
        read_one(header[0] & 0x1f, header[1], &packet[4..], &mut said);
        compound = &compound[length..];
    }
}

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const TRANSPORT_FEEDBACK: u8 = 205;
const PAYLOAD_FEEDBACK: u8 = 206;

fn read_one(count: u8, kind: u8, body: &[u8], said: &mut impl FnMut(Feedback)) {
    match (kind, count) {
        (RECEIVER_REPORT, _) => read_blocks(body.get(4..), said),
        (SENDER_REPORT, _) => read_blocks(body.get(24..), said),
        (TRANSPORT_FEEDBACK, 1) => {
            let Some(ssrc) = word(body, 4) else { return };
            for entry in body[8..].chunks_exact(4) {
                said(Feedback::Nack {
                    ssrc,
                    first: u16::from_be_bytes([entry[0], entry[1]]),
                    following: u16::from_be_bytes([entry[2], entry[3]]),
                });
            }
        }
        (TRANSPORT_FEEDBACK, 15) => read_transport(body, said),
        (PAYLOAD_FEEDBACK, 1) => {
            if let Some(ssrc) = word(body, 4) {
                said(Feedback::KeyFrame { ssrc });
            }
        }
        (PAYLOAD_FEEDBACK, 4) => {
            for entry in body.get(8..).unwrap_or_default().chunks_exact(8) {
                if let Some(ssrc) = word(entry, 0) {
                    said(Feedback::KeyFrame { ssrc });
                }
            }
        }
        _ => {}
    }
}

fn read_blocks(blocks: Option<&[u8]>, said: &mut impl FnMut(Feedback)) {
    for block in blocks.unwrap_or_default().chunks_exact(24) {
        if let Some(ssrc) = word(block, 0) {
            said(Feedback::Loss {
                ssrc,
                fraction: block[4],
            });
        }
    }
}

/// draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1: only the status of each packet is counted.
fn read_transport(body: &[u8], said: &mut impl FnMut(Feedback)) {
    let Some(counts) = body.get(8..16) else { return };
    let total = u16::from_be_bytes([counts[2], counts[3]]);
    let (mut received, mut seen) = (0u16, 0u16);
    for chunk in body[16..].chunks_exact(2) {
        if seen == total {
            break;
        }
        let chunk = u16::from_be_bytes([chunk[0], chunk[1]]);
        let left = total - seen;
        if chunk & 0x8000 == 0 {
            let run = (chunk & 0x1fff).min(left);
            if chunk >> 13 & 3 != 0 {
                received += run;
            }
            seen += run;
            if run == 0 {
                return;
            }
        } else if chunk & 0x4000 == 0 {
            let symbols = left.min(14);
            received += (chunk << 2 >> (16 - symbols)).count_ones() as u16;
            seen += symbols;
        } else {
            let symbols = left.min(7);
            received += (0..symbols).filter(|at| chunk >> (12 - 2 * at) & 3 != 0).count() as u16;
            seen += symbols;
        }
    }
    said(Feedback::Transport {
        received,
        missing: seen - received,
    });
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// What a sender report says of one stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report {
    pub ssrc: u32,
    pub timestamp: u32,
    pub packets: u32,
    pub octets: u32,
}

/// Seconds from 1900 to 1970.
const NTP_EPOCH: u64 = 2_208_988_800;

/// Appends a sender report without report blocks (RFC 3550, section 6.4.1).
pub(crate) fn write_sender_report(buffer: &mut Vec<u8>, wall: Timestamp, report: Report) {
    let micros = u64::try_from(wall.micros()).unwrap_or(0);
    let seconds = (micros / 1_000_000 + NTP_EPOCH) as u32;
    let fraction = ((micros % 1_000_000) << 32) / 1_000_000;
    buffer.extend_from_slice(&[0x80, SENDER_REPORT, 0, 6]);
    buffer.extend_from_slice(&report.ssrc.to_be_bytes());
    buffer.extend_from_slice(&seconds.to_be_bytes());
    buffer.extend_from_slice(&(fraction as u32).to_be_bytes());
    buffer.extend_from_slice(&report.timestamp.to_be_bytes());
    buffer.extend_from_slice(&report.packets.to_be_bytes());
    buffer.extend_from_slice(&report.octets.to_be_bytes());
}

#[cfg(test)]
mod tests;
