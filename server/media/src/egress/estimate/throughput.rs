//! How much arrives per second, over the last fifth of a second: short, because a network that became narrow shows its
//! new width at once in what gets through.

const BUCKET_US: i64 = 25_000;
const BUCKETS: usize = 8;

#[derive(Default)]
pub(super) struct Throughput {
    bytes: [u32; BUCKETS],
    /// The newest bucket, the first one ever, and the newest arrival.
    newest: i64,
    first: Option<i64>,
    last_us: i64,
}

impl Throughput {
    pub fn add(&mut self, arrival_us: i64, bytes: u32) {
        let bucket = arrival_us.div_euclid(BUCKET_US);
        if self.first.is_none() {
            (self.first, self.newest) = (Some(bucket), bucket);
        }
        if bucket > self.newest {
            for passed in 1..=(bucket - self.newest).min(BUCKETS as i64) {
                self.bytes[slot(bucket + 1 - passed)] = 0;
            }
            self.newest = bucket;
        } else if self.newest - bucket >= BUCKETS as i64 {
            return;
        }
        self.last_us = self.last_us.max(arrival_us);
        let slot = &mut self.bytes[slot(bucket)];
        *slot = slot.saturating_add(bytes);
    }

    /// Bits per second; `None` until the window is full.
    pub fn rate(&self) -> Option<u32> {
        self.over(BUCKETS)
    }

    /// The same over the last tenth of a second, when that is less: what a queue lets through.
    pub fn narrowed(&self) -> Option<u32> {
        Some(self.rate()?.min(self.over(BUCKETS / 2)?))
    }

    fn over(&self, buckets: usize) -> Option<u32> {
        let oldest = self.newest - (buckets as i64 - 1);
        if self.first? > oldest {
            return None;
        }
        let span = (self.last_us - oldest * BUCKET_US).clamp(BUCKET_US, BUCKET_US * buckets as i64);
        let bytes: u64 = (oldest..=self.newest)
            .map(|bucket| u64::from(self.bytes[slot(bucket)]))
            .sum();
        u32::try_from(bytes * 8_000_000 / span as u64).ok()
    }
}

fn slot(bucket: i64) -> usize {
    bucket.rem_euclid(BUCKETS as i64) as usize
}
