//! A browser that watches: counts what arrives by the numbers in the headers, reports it, decrypts a sample.

use super::{
    feedback::{Arrivals, Stream},
    link::Link,
    offer::{Answer, TRANSPORT_CC},
    source,
};
use std::time::{Duration, Instant, SystemTime};

/// Chromium's rates.
const TRANSPORT_REPORTS: Duration = Duration::from_millis(100);
const RECEIVER_REPORTS: Duration = Duration::from_secs(1);
/// One packet in so many is decrypted: enough to know that what arrives is authentic.
const SAMPLE: u64 = 64;
/// Our own SSRC in reports.
const SENDER: u32 = 1;

/// What one thread saw since it last told.
#[derive(Default)]
pub(super) struct Counts {
    pub packets: u64,
    /// Grows with gaps and shrinks when they are filled.
    pub lost: i64,
    pub forged: u64,
    pub delays: Vec<f64>,
}

pub(super) struct Viewer {
    /// Decrypts all pictures and tells their delay.
    probe: bool,
    repairs: Vec<(u32, u32)>,
    streams: Vec<Stream>,
    arrivals: Arrivals,
    packets: u64,
    lost: i64,
    next_transport: Option<Instant>,
    next_report: Option<Instant>,
}

impl Viewer {
    pub fn new(probe: bool, answer: &Answer) -> Self {
        Self {
            probe,
            repairs: answer.repairs.clone(),
            streams: Vec::new(),
            arrivals: Arrivals::default(),
            packets: 0,
            lost: 0,
            next_transport: None,
            next_report: None,
        }
    }

    /// An RTP packet; `stamp` is when the kernel received it, in nanoseconds since 1970.
    pub fn take(&mut self, now: Instant, stamp: Option<i64>, data: &[u8], link: &mut Link, counts: &mut Counts) {
        let Some(header) = Header::read(data) else { return };
        if let Some(number) = header.transport {
            self.arrivals
                .note(number, stamp.unwrap_or_else(|| source::nanos(SystemTime::now())));
        }
        if let Some(&(_, primary)) = self.repairs.iter().find(|(repair, _)| *repair == header.ssrc) {
            // The repeated number opens the payload (RFC 4588).
            let opened = link.keys.as_mut().and_then(|keys| keys.inbound.decrypt_rtp(data).ok());
            let original = opened
                .as_deref()
                .and_then(|packet| packet.get(header.length..)?.first_chunk::<2>().copied());
            if let Some(original) = original {
                self.number(primary, u16::from_be_bytes(original));
            }
            return;
        }
        counts.packets += 1;
        self.packets += 1;
        self.number(header.ssrc, header.sequence);
        let timed = self.probe && data.len() > source::STAMPED_FROM;
        if timed || self.packets.is_multiple_of(SAMPLE) {
            match link.keys.as_mut().map(|keys| keys.inbound.decrypt_rtp(data)) {
                Some(Ok(packet)) if timed => {
                    let sent = source::stamp_in(&packet);
                    if let (Some(arrived), Some(sent)) = (stamp, sent) {
                        counts.delays.push((arrived - sent) as f64 / 1e6);
                    }
                }
                Some(Ok(_)) => {}
                _ => counts.forged += 1,
            }
        }
        self.next_transport.get_or_insert(now + TRANSPORT_REPORTS);
        self.next_report.get_or_insert(now + RECEIVER_REPORTS);
    }

    fn number(&mut self, ssrc: u32, number: u16) {
        match self.streams.iter_mut().find(|stream| stream.ssrc == ssrc) {
            Some(stream) => stream.take(number),
            None => self.streams.push(Stream::new(ssrc, number)),
        }
    }

    pub fn tick(&mut self, now: Instant, link: &mut Link, counts: &mut Counts) {
        let mut compound = Vec::new();
        for stream in &mut self.streams {
            stream.write_nack(&mut compound, SENDER);
        }
        if self.next_report.is_some_and(|at| at <= now) {
            self.next_report = Some(now + RECEIVER_REPORTS);
            for streams in self.streams.chunks_mut(31) {
                compound.extend_from_slice(&[0x80 | streams.len() as u8, 201]);
                compound.extend_from_slice(&(1 + 6 * streams.len() as u16).to_be_bytes());
                compound.extend_from_slice(&SENDER.to_be_bytes());
                for stream in streams {
                    stream.write_block(&mut compound);
                }
            }
        }
        if self.next_transport.is_some_and(|at| at <= now) {
            self.next_transport = Some(now + TRANSPORT_REPORTS);
            self.arrivals.write(&mut compound, SENDER);
        }
        if !compound.is_empty() {
            link.report(&compound);
        }
        let lost: i64 = self.streams.iter().map(|stream| stream.lost() as i64).sum();
        counts.lost += lost - self.lost;
        self.lost = lost;
    }
}

/// What of an RTP header is read.
struct Header {
    ssrc: u32,
    sequence: u16,
    length: usize,
    /// Transport-wide number.
    transport: Option<u16>,
}

impl Header {
    fn read(data: &[u8]) -> Option<Self> {
        let fixed = data.first_chunk::<12>()?;
        let mut length = 12 + 4 * usize::from(fixed[0] & 0x0f);
        let mut transport = None;
        if fixed[0] & 0x10 != 0 {
            let extension = data.get(length..)?;
            let words = usize::from(u16::from_be_bytes([*extension.get(2)?, *extension.get(3)?]));
            let mut elements = extension.get(4..4 + 4 * words)?;
            length += 4 + 4 * words;
            // One-byte elements (RFC 8285).
            while let Some((&first, rest)) = elements.split_first() {
                if first == 0 {
                    elements = rest;
                    continue;
                }
                let size = usize::from(first & 0x0f) + 1;
                let value = rest.get(..size)?;
                if first >> 4 == TRANSPORT_CC {
                    transport = value.first_chunk::<2>().map(|number| u16::from_be_bytes(*number));
                }
                elements = &rest[size..];
            }
        }
        Some(Self {
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            length,
            transport,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_tells_its_stream_and_its_transport_number() {
        let packet = [
            0x90, 96, 1, 2, 0, 0, 0, 0, 0, 0, 0, 9, 0xbe, 0xde, 0, 2, 0x10, 30, 0x31, 4, 5, 0, 0, 0, 0xff,
        ];
        let header = Header::read(&packet).unwrap();
        assert_eq!((header.ssrc, header.sequence, header.length), (9, 0x102, 24));
        assert_eq!(header.transport, Some(0x405));
        assert!(Header::read(&packet[..14]).is_none());
    }
}
