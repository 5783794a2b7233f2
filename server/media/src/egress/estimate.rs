//! What a subscriber's network does with what it is sent, told from transport-wide feedback: how much of it arrived,
//! how fast, and whether it queues on the way (in the spirit of draft-ietf-rmcat-gcc-02). It observes; what follows is
//! the [`super::budget`]'s to decide. Per packet sent it costs one store of eight bytes.

mod cluster;
mod sent;
mod throughput;
mod trend;

pub(crate) use cluster::Cluster;
pub(crate) use trend::Usage;

use super::rtcp::transport::Statuses;
use sent::Sent;
use std::time::{Duration, Instant};
use throughput::Throughput;
use trend::Trend;

/// What one feedback packet told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    pub received: u32,
    pub missing: u32,
    /// Numbers that were never given out, or long ago: a receiver that invents them is not to be believed.
    pub unknown: u32,
    /// The rate a finished probe measured, in bits per second; 0 when it was lost on the way.
    pub probed: Option<u32>,
}

#[derive(Default)]
pub(crate) struct Estimate {
    origin: Option<Instant>,
    sent: Sent,
    /// Microseconds of the receiver's clock, unwrapped, and the last raw value.
    arrival: Option<(i64, u32)>,
    trend: Trend,
    throughput: Throughput,
    cluster: Option<Cluster>,
    round_trip: Duration,
    pub heard: Option<Instant>,
}

impl Estimate {
    /// Notes a packet under its transport-wide number.
    pub fn sent(&mut self, now: Instant, number: u16, bytes: usize) {
        let origin = *self.origin.get_or_insert(now);
        let at = sent::ticks(now.saturating_duration_since(origin));
        let cluster = self.cluster.as_mut().is_some_and(|cluster| cluster.takes(at, bytes));
        self.sent.note(number, at, bytes, cluster);
    }

    /// From now on everything sent belongs to a probe, until [`Self::probe_sent`].
    pub fn probe(&mut self) {
        self.cluster = Some(Cluster::default());
    }

    /// The probe is complete; its result comes with the feedback.
    pub fn probe_sent(&mut self) {
        if let Some(cluster) = &mut self.cluster {
            cluster.close();
        }
    }

    pub fn hear(&mut self, now: Instant, statuses: Statuses<'_>) -> Heard {
        let mut heard = Heard::default();
        let Some(origin) = self.origin else {
            heard.unknown = statuses.count() as u32;
            return heard;
        };
        self.heard = Some(now);
        self.trend.begin();
        for status in statuses {
            let Some(raw) = status.arrived else {
                match self.sent.missing(status.number) {
                    Some(in_cluster) => {
                        heard.missing += 1;
                        if let Some(cluster) = self.cluster.as_mut().filter(|_| in_cluster) {
                            cluster.lost();
                        }
                    }
                    None => heard.unknown += u32::from(!self.sent.knows(status.number)),
                }
                continue;
            };
            let arrival = self.unwrap(raw);
            let Some(packet) = self.sent.arrived(status.number) else {
                heard.unknown += u32::from(!self.sent.knows(status.number));
                continue;
            };
            heard.received += 1;
            let sent = packet.sent_us();
            self.throughput.add(arrival, packet.bytes());
            match self.cluster.as_mut().filter(|_| packet.in_cluster()) {
                // A probe makes a queue of its own: that is no sign of congestion.
                Some(cluster) => {
                    cluster.arrived(arrival, packet.bytes());
                    self.trend.skip();
                }
                None => self.trend.add(sent, arrival),
            }
            let round_trip = now.saturating_duration_since(origin).as_micros() as i64 - sent;
            self.round_trip = Duration::from_micros(round_trip.clamp(0, 2_000_000) as u64);
        }
        if let Some(rate) = self.cluster.as_ref().and_then(Cluster::result) {
            heard.probed = Some(rate);
            self.cluster = None;
            self.trend.forget_slope();
        }
        heard
    }

    /// Gives up a probe whose feedback does not come.
    pub fn abandon_probe(&mut self) {
        self.cluster = None;
    }

    pub fn probing(&self) -> bool {
        self.cluster.is_some()
    }

    /// Bits per second that arrived lately; `None` before there is enough to tell.
    pub fn arriving(&self) -> Option<u32> {
        self.throughput.rate()
    }

    /// The same while a queue grows, noticed sooner.
    pub fn narrowed(&self) -> Option<u32> {
        self.throughput.narrowed()
    }

    pub fn usage(&self) -> Usage {
        self.trend.usage()
    }

    /// How fast the queue grows: 0.1 is 100 ms more in each second.
    pub fn slope(&self) -> f32 {
        self.trend.slope()
    }

    /// Time now spent in queues on the way: the delay above the least one of the last seconds.
    pub fn queue(&self) -> Duration {
        self.trend.queue()
    }

    /// A delay that stays whatever is sent is the path's, not a queue.
    pub fn accept_delay(&mut self) {
        self.trend.accept_delay();
    }

    /// From sending to hearing about it: the path both ways and the receiver's patience with its feedback.
    pub fn round_trip(&self) -> Duration {
        self.round_trip
    }

    fn unwrap(&mut self, raw: u32) -> i64 {
        let (last, last_raw) = self.arrival.unwrap_or((0, raw));
        let arrival = last + i64::from(raw.wrapping_sub(last_raw) as i32) * 250;
        self.arrival = Some((arrival, raw));
        arrival
    }
}

#[cfg(test)]
mod tests;
