//! One stretch of time under watch: what the crowd got and what the server used meanwhile. The arithmetic of every
//! number about media is here.

use super::{Server, crowd::Crowd};
use anyhow::Context;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// The kernel counts processor time in these (USER_HZ, the same on every Linux platform).
const TICKS_PER_SECOND: f64 = 100.0;

#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    pub seconds: f64,
    /// Media packets that publishers sent.
    pub published: u64,
    /// Media packets that arrived at viewers.
    pub packets: u64,
    /// Of these streams, packets that did not arrive.
    pub lost: i64,
    pub forged: u64,
    /// Processor time of the server, microseconds.
    pub cpu_us: f64,
    /// Of that, in the media threads.
    pub media_us: f64,
    /// Cores used by neither the server nor the crowd.
    pub others: f64,
    /// Datagrams for which some socket of this machine had no room.
    pub overflowed: u64,
    /// Growth of the server's own counters.
    pub counters: BTreeMap<String, f64>,
    pub delays: Vec<f64>,
}

impl Window {
    pub fn cpu_per_packet(&self) -> f64 {
        self.cpu_us / self.packets as f64
    }

    /// Share of one core that the media threads used.
    pub fn media_load(&self) -> f64 {
        self.media_us / self.seconds / 1e6
    }

    /// What is missing less what overflowed at the receivers; the server's own full send buffers are its loss.
    pub fn lost_by_server(&self) -> f64 {
        (self.lost - i64::try_from(self.overflowed).unwrap_or(i64::MAX)).max(0) as f64
    }

    /// Microseconds that the media threads spent in a stage.
    pub fn stage(&self, name: &str) -> f64 {
        let label = format!("stage=\"{name}\"");
        let stages = self.counters.iter().filter(|(series, _)| series.contains(&label));
        stages.map(|(_, nanos)| nanos / 1e3).sum()
    }

    /// What held, in words.
    pub fn got(&self, viewers: usize) -> String {
        format!(
            "{:.0} packets a second published, {:.0} received by each; {} missing, {} of {} sampled packets not authentic, full sockets {}; the \
             media threads used {:.2} cores, other work on this machine {:.1}",
            self.published as f64 / self.seconds,
            self.packets as f64 / self.seconds / viewers as f64,
            self.lost,
            self.forged,
            self.packets / 64,
            self.overflowed,
            self.media_load(),
            self.others
        )
    }
}

struct Snapshot {
    at: Instant,
    published: u64,
    packets: u64,
    lost: u64,
    forged: u64,
    cpu_us: f64,
    media_us: f64,
    own_us: f64,
    machine_us: f64,
    overflowed: u64,
    counters: BTreeMap<String, f64>,
}

impl Snapshot {
    async fn take(server: &Server, crowd: &Crowd) -> anyhow::Result<Self> {
        let metrics = server.house.fetch("/metrics").await?;
        Ok(Self {
            at: Instant::now(),
            published: crowd.tally.sent(),
            packets: crowd.tally.packets(),
            lost: crowd.tally.lost(),
            forged: crowd.tally.forged(),
            cpu_us: server.cpu_us()?,
            media_us: server.media_us()?,
            own_us: super::server::cpu_us_of("self")?,
            machine_us: busy_us(&std::fs::read_to_string("/proc/stat").context("the machine's time")?),
            overflowed: overflowed(&std::fs::read_to_string("/proc/net/snmp").context("the machine's UDP counts")?),
            counters: counters(std::str::from_utf8(&metrics).context("the server's metrics")?),
        })
    }
}

/// Watches for a while.
pub(super) async fn watch(server: &Server, crowd: &Crowd, length: Duration) -> anyhow::Result<Window> {
    watch_during(server, crowd, sleep(length))
        .await
        .map(|(window, ())| window)
}

/// Watches until `work` is done.
pub(super) async fn watch_during<T>(
    server: &Server,
    crowd: &Crowd,
    work: impl Future<Output = T>,
) -> anyhow::Result<(Window, T)> {
    let before = Snapshot::take(server, crowd).await?;
    crowd.tally.take_delays();
    let done = work.await;
    let delays = crowd.tally.take_delays();
    let after = Snapshot::take(server, crowd).await?;
    let seconds = after.at.saturating_duration_since(before.at).as_secs_f64();
    let cpu_us = after.cpu_us - before.cpu_us;
    let own = after.own_us - before.own_us;
    let others = (after.machine_us - before.machine_us - cpu_us - own).max(0.0);
    let mut counters = after.counters;
    for (series, value) in &mut counters {
        *value -= before.counters.get(series).copied().unwrap_or(0.0);
    }
    let window = Window {
        seconds,
        published: after.published - before.published,
        packets: after.packets - before.packets,
        lost: after.lost.wrapping_sub(before.lost) as i64,
        forged: after.forged - before.forged,
        cpu_us,
        media_us: after.media_us - before.media_us,
        others: others / seconds / 1e6,
        overflowed: after.overflowed - before.overflowed,
        counters,
        delays,
    };
    Ok((window, done))
}

/// All but idle and waiting, over all cores, from `/proc/stat`.
fn busy_us(stat: &str) -> f64 {
    let line = stat.lines().next().unwrap_or_default();
    let fields: Vec<f64> = line
        .split_whitespace()
        .skip(1)
        .filter_map(|field| field.parse().ok())
        .collect();
    let busy = [0, 1, 2, 5, 6, 7].iter().filter_map(|at| fields.get(*at)).sum::<f64>();
    busy / TICKS_PER_SECOND * 1e6
}

/// Datagrams that found a socket full, from `/proc/net/snmp`.
fn overflowed(snmp: &str) -> u64 {
    let mut udp = snmp.lines().filter_map(|line| line.strip_prefix("Udp: "));
    let (Some(names), Some(values)) = (udp.next(), udp.next()) else {
        return 0;
    };
    let mut columns = names.split(' ').zip(values.split(' '));
    columns
        .find(|(name, _)| *name == "RcvbufErrors")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0)
}

/// Every series of the text exposition, by name and labels.
fn counters(text: &str) -> BTreeMap<String, f64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.rsplit_once(' '))
        .filter_map(|(series, value)| Some((series.to_owned(), value.parse().ok()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_divides_what_was_used_by_what_arrived() {
        let window = Window {
            seconds: 2.0,
            packets: 1_000,
            cpu_us: 3_000.0,
            media_us: 1_400_000.0,
            lost: 5,
            overflowed: 3,
            counters: counters(
                "# TYPE a counter\na{shard=\"0\",stage=\"send\"} 4000\na{shard=\"1\",stage=\"send\"} 2000\nb 1\n",
            ),
            ..Window::default()
        };
        assert_eq!(window.cpu_per_packet(), 3.0);
        assert_eq!(window.media_load(), 0.7);
        assert_eq!(window.lost_by_server(), 2.0);
        assert_eq!(window.stage("send"), 6.0);
        assert_eq!(window.stage("receive"), 0.0);
    }

    #[test]
    fn the_kernels_counts_are_read() {
        assert_eq!(busy_us("cpu  10 1 20 1000 5 1 2 3 4 0\ncpu0 1\n"), 370_000.0);
        let snmp = "Udp: InDatagrams NoPorts RcvbufErrors\nUdp: 10 2 7\nUdpLite: InDatagrams\nUdpLite: 1\n";
        assert_eq!(overflowed(snmp), 7);
        assert_eq!(overflowed(""), 0);
    }
}
