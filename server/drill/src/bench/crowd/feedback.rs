//! What a receiving browser tells: which packets arrived and when (transport-wide congestion control), receiver reports,
//! requests to repeat. Pure: packets and time in, RTCP out.

/// Most packets that one transport report covers; more wait for the next.
const MOST: usize = 512;
/// Arrival times are told in these, and come in nanoseconds.
const TICK: i64 = 250_000;
const REFERENCE: i64 = 64_000_000;
/// A larger gap is another stream or a long stall: repeating it would not help.
const MOST_MISSING: u64 = 64;

/// Arrivals since the last report.
#[derive(Default)]
pub(super) struct Arrivals {
    seen: Vec<(u16, i64)>,
    reports: u8,
    began: Option<i64>,
}

impl Arrivals {
    pub fn note(&mut self, number: u16, at: i64) {
        if self.seen.len() < MOST {
            self.seen.push((number, at));
        }
    }

    /// Appends the report, draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1.
    pub fn write(&mut self, buffer: &mut Vec<u8>, ssrc: u32) {
        let Some(&(anchor, first_at)) = self.seen.first() else {
            return;
        };
        let began = *self.began.get_or_insert(first_at);
        // Order by number, around the wrap.
        self.seen.sort_by_key(|(number, _)| number.wrapping_sub(anchor) as i16);
        let base = self.seen[0].0;
        let last = self.seen[self.seen.len() - 1].0;
        let count = usize::from(last.wrapping_sub(base)) + 1;
        let earliest = self.seen.iter().map(|(_, at)| *at).min().unwrap_or(first_at);
        // The reference is a multiple of 64 ms.
        let reference = (earliest - began).max(0) / REFERENCE;
        let mut clock = reference * (REFERENCE / TICK);
        let mut symbols = vec![0u8; count];
        let mut deltas = Vec::with_capacity(self.seen.len());
        for &(number, at) in &self.seen {
            let symbol = &mut symbols[usize::from(number.wrapping_sub(base))];
            if *symbol != 0 {
                continue;
            }
            let ticks = (at - began) / TICK;
            let delta = (ticks - clock).clamp(i64::from(i16::MIN), i64::from(i16::MAX));
            clock += delta;
            match u8::try_from(delta) {
                Ok(small) => {
                    *symbol = 1;
                    deltas.push(small);
                }
                Err(_) => {
                    *symbol = 2;
                    deltas.extend_from_slice(&(delta as i16).to_be_bytes());
                }
            }
        }
        let start = buffer.len();
        buffer.extend_from_slice(&[0x80 | 15, 205, 0, 0]);
        buffer.extend_from_slice(&ssrc.to_be_bytes());
        buffer.extend_from_slice(&0u32.to_be_bytes());
        buffer.extend_from_slice(&base.to_be_bytes());
        buffer.extend_from_slice(&(count as u16).to_be_bytes());
        buffer.extend_from_slice(&(reference as u32).to_be_bytes()[1..]);
        buffer.push(self.reports);
        for seven in symbols.chunks(7) {
            let mut chunk = 0xc000u16;
            for (at, symbol) in seven.iter().enumerate() {
                chunk |= u16::from(*symbol) << (12 - 2 * at);
            }
            buffer.extend_from_slice(&chunk.to_be_bytes());
        }
        buffer.extend_from_slice(&deltas);
        while !(buffer.len() - start).is_multiple_of(4) {
            buffer.push(0);
        }
        let words = ((buffer.len() - start) / 4 - 1) as u16;
        buffer[start + 2..start + 4].copy_from_slice(&words.to_be_bytes());
        self.reports = self.reports.wrapping_add(1);
        self.seen.clear();
    }
}

/// Numbers of one stream.
pub(super) struct Stream {
    pub ssrc: u32,
    first: u64,
    highest: u64,
    received: u64,
    /// At the last report: expected and received.
    told: (u64, u64),
    /// To be asked for again.
    missing: Vec<u16>,
}

impl Stream {
    pub fn new(ssrc: u32, number: u16) -> Self {
        // One cycle ahead, so that stragglers stay positive.
        let first = 0x1_0000 + u64::from(number);
        Self {
            ssrc,
            first,
            highest: first,
            received: 1,
            told: (0, 0),
            missing: Vec::new(),
        }
    }

    pub fn take(&mut self, number: u16) {
        let step = i64::from(number.wrapping_sub(self.highest as u16) as i16);
        let number = self.highest.saturating_add_signed(step);
        self.received += 1;
        if number > self.highest {
            if number - self.highest <= MOST_MISSING {
                self.missing
                    .extend((self.highest + 1..number).map(|missing| missing as u16));
            }
            self.highest = number;
        } else {
            self.missing.retain(|missing| *missing != number as u16);
        }
    }

    /// Packets that are missing, in all.
    pub fn lost(&self) -> u64 {
        (self.highest - self.first + 1).saturating_sub(self.received)
    }

    /// Appends a report block (RFC 3550, section 6.4.1).
    pub fn write_block(&mut self, buffer: &mut Vec<u8>) {
        let expected = self.highest - self.first + 1;
        let (of, got) = (expected - self.told.0, self.received - self.told.1);
        self.told = (expected, self.received);
        let fraction = (of.saturating_sub(got) * 256).checked_div(of).unwrap_or(0).min(255);
        buffer.extend_from_slice(&self.ssrc.to_be_bytes());
        buffer.push(fraction as u8);
        buffer.extend_from_slice(&(self.lost() as u32).to_be_bytes()[1..]);
        buffer.extend_from_slice(&(self.highest as u32).to_be_bytes());
        buffer.extend_from_slice(&[0; 12]);
    }

    /// Appends requests to repeat what is missing (RFC 4585, section 6.2.1), each once.
    pub fn write_nack(&mut self, buffer: &mut Vec<u8>, sender: u32) {
        if self.missing.is_empty() {
            return;
        }
        let missing = std::mem::take(&mut self.missing);
        buffer.extend_from_slice(&[0x80 | 1, 205]);
        buffer.extend_from_slice(&(2 + missing.len() as u16).to_be_bytes());
        buffer.extend_from_slice(&sender.to_be_bytes());
        buffer.extend_from_slice(&self.ssrc.to_be_bytes());
        for number in missing {
            buffer.extend_from_slice(&number.to_be_bytes());
            buffer.extend_from_slice(&[0, 0]);
        }
    }
}

#[cfg(test)]
mod tests;
