//! Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1), read in
//! place: which packet of the whole transport arrived when. Believes no length and ends where the packet ends.

/// One packet's fate as the receiver tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    /// Its transport-wide number.
    pub number: u16,
    /// When it came, in the receiver's quarter milliseconds (wrapping); `None` when it had not come yet.
    pub arrived: Option<u32>,
}

/// The statuses of one feedback packet, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statuses<'a> {
    number: u16,
    left: u16,
    clock: u32,
    chunks: &'a [u8],
    deltas: &'a [u8],
    chunk: u16,
    /// Symbols left in `chunk`.
    symbols: u16,
}

impl<'a> Statuses<'a> {
    /// `body` follows the RTCP header: two SSRCs, then the feedback. `None` when even its head is cut short.
    pub fn parse(body: &'a [u8]) -> Option<Self> {
        let head = body.get(8..16)?;
        let total = u16::from_be_bytes([head[2], head[3]]);
        let rest = &body[16..];
        let reference = u32::from_be_bytes([0, head[4], head[5], head[6]]);
        // Deltas follow the chunks, so the chunks have to be walked to find where they begin.
        let mut covered = 0;
        let mut length = 0;
        while covered < total {
            let chunk = u16::from_be_bytes(*rest.get(length..)?.first_chunk::<2>()?);
            length += 2;
            covered = covered.saturating_add(match capacity(chunk) {
                0 => return None,
                symbols => symbols,
            });
        }
        let (chunks, deltas) = rest.split_at(length);
        Some(Self {
            number: u16::from_be_bytes([head[0], head[1]]),
            left: total,
            // 24 bits of 64 ms are 32 bits of 250 µs: both wrap together.
            clock: reference << 8,
            chunks,
            deltas,
            chunk: 0,
            symbols: 0,
        })
    }

    fn next_symbol(&mut self) -> Option<u16> {
        if self.symbols == 0 {
            let (chunk, rest) = self.chunks.split_first_chunk::<2>()?;
            self.chunks = rest;
            self.chunk = u16::from_be_bytes(*chunk);
            self.symbols = capacity(self.chunk);
        }
        self.symbols = self.symbols.checked_sub(1)?;
        Some(if self.chunk & 0x8000 == 0 {
            self.chunk >> 13 & 3
        } else if self.chunk & 0x4000 == 0 {
            self.chunk >> self.symbols & 1
        } else {
            self.chunk >> (2 * self.symbols) & 3
        })
    }

    fn next_delta(&mut self, symbol: u16) -> Option<u32> {
        let delta = if symbol == 1 {
            let (delta, rest) = self.deltas.split_first()?;
            self.deltas = rest;
            u32::from(*delta)
        } else {
            let (delta, rest) = self.deltas.split_first_chunk::<2>()?;
            self.deltas = rest;
            i32::from(i16::from_be_bytes(*delta)) as u32
        };
        self.clock = self.clock.wrapping_add(delta);
        Some(self.clock)
    }
}

impl Iterator for Statuses<'_> {
    type Item = Status;

    fn next(&mut self) -> Option<Status> {
        self.left = self.left.checked_sub(1)?;
        let symbol = self.next_symbol()?;
        let arrived = match symbol {
            0 | 3 => None,
            symbol => Some(self.next_delta(symbol)?),
        };
        let number = self.number;
        self.number = number.wrapping_add(1);
        Some(Status { number, arrived })
    }
}

/// How many packets a chunk speaks of.
fn capacity(chunk: u16) -> u16 {
    if chunk & 0x8000 == 0 {
        chunk & 0x1fff
    } else if chunk & 0x4000 == 0 {
        14
    } else {
        7
    }
}
