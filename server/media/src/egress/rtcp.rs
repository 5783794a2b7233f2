//! RTCP of a subscriber: reads what it reports and asks for (RFC 3550, 4585, 5104 and transport-wide congestion
//! control), writes sender reports. Reads in place, without allocating, and believes no length.

pub(crate) mod transport;

use super::line::Block;
use rostrum_domain::time::Timestamp;
use transport::Statuses;

/// One thing a subscriber said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feedback<'a> {
    /// It cannot decode: PLI or FIR.
    KeyFrame { ssrc: u32 },
    /// It misses `first` and those of the following 16 whose bit is set.
    Nack { ssrc: u32, first: u16, following: u16 },
    /// Receiver report.
    Report { ssrc: u32, block: Block },
    /// Transport-wide feedback: what arrived when, and what did not.
    Transport(Statuses<'a>),
}

/// Calls `said` for each item in a compound packet; stops at the first that cannot be.
pub(crate) fn read<'a>(mut compound: &'a [u8], mut said: impl FnMut(Feedback<'a>)) {
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

fn read_one<'a>(count: u8, kind: u8, body: &'a [u8], said: &mut impl FnMut(Feedback<'a>)) {
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
        (TRANSPORT_FEEDBACK, 15) => {
            if let Some(statuses) = Statuses::parse(body) {
                said(Feedback::Transport(statuses));
            }
        }
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

fn read_blocks<'a>(blocks: Option<&[u8]>, said: &mut impl FnMut(Feedback<'a>)) {
    for block in blocks.unwrap_or_default().chunks_exact(24) {
        if let Some(ssrc) = word(block, 0) {
            let number = |at| word(block, at).unwrap_or_default();
            let (jitter, last, delay) = (number(12), number(16), number(20));
            let fraction = block[4];
            said(Feedback::Report {
                ssrc,
                block: Block {
                    fraction,
                    jitter,
                    last,
                    delay,
                },
            });
        }
    }
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

/// The middle half of an NTP time, by which a receiver report names a sender report (RFC 3550, section 6.4.1).
pub(crate) fn ntp_middle(wall: Timestamp) -> u32 {
    let (seconds, fraction) = ntp(wall);
    seconds << 16 | fraction >> 16
}

fn ntp(wall: Timestamp) -> (u32, u32) {
    let micros = u64::try_from(wall.micros()).unwrap_or(0);
    let seconds = (micros / 1_000_000 + NTP_EPOCH) as u32;
    (seconds, (((micros % 1_000_000) << 32) / 1_000_000) as u32)
}

/// Appends a sender report without report blocks (RFC 3550, section 6.4.1).
pub(crate) fn write_sender_report(buffer: &mut Vec<u8>, wall: Timestamp, report: Report) {
    let (seconds, fraction) = ntp(wall);
    buffer.extend_from_slice(&[0x80, SENDER_REPORT, 0, 6]);
    buffer.extend_from_slice(&report.ssrc.to_be_bytes());
    buffer.extend_from_slice(&seconds.to_be_bytes());
    buffer.extend_from_slice(&fraction.to_be_bytes());
    buffer.extend_from_slice(&report.timestamp.to_be_bytes());
    buffer.extend_from_slice(&report.packets.to_be_bytes());
    buffer.extend_from_slice(&report.octets.to_be_bytes());
}

#[cfg(test)]
mod tests;
