//! What forwarding costs the server: processor time per packet for a room of one publisher and ever more viewers, for a
//! summit where everybody publishes, and for sound only.

use super::{
    Measure, Server,
    crowd::{Crowd, Slots},
    machine,
    stage::{Cast, briefing, speech, tile},
    window::{Window, watch},
};
use rostrum_domain::person::Role;
use std::time::Duration;
use tokio::time::sleep;

const WATCH: Duration = Duration::from_secs(8);
/// After the last has joined; what joining costs is not what is measured.
const SETTLE: Duration = Duration::from_secs(2);
const ONE: Slots = Slots { video: 1, audio: 1 };

/// The rooms that are measured: the name of the number, and the viewers.
pub(super) const LADDER: [(&str, usize); 6] = [
    ("fanout_cpu_us_per_packet_10", 10),
    ("fanout_cpu_us_per_packet_50", 50),
    ("fanout_cpu_us_per_packet_100", 100),
    ("fanout_cpu_us_per_packet_200", 200),
    ("fanout_cpu_us_per_packet_500", 500),
    ("fanout_cpu_us_per_packet_1000", 1_000),
];
pub(super) const LADDER_OF_TWO: [(&str, usize); 3] = [
    ("fanout_2_shards_cpu_us_per_packet_100", 100),
    ("fanout_2_shards_cpu_us_per_packet_200", 200),
    ("fanout_2_shards_cpu_us_per_packet_500", 500),
];
/// Where the time of the largest measured room goes, and what was lost there.
pub(super) const STAGES: [&str; 5] = [
    "fanout_receive_us_per_packet_200",
    "fanout_route_us_per_packet_200",
    "fanout_seal_us_per_packet_200",
    "fanout_send_us_per_packet_200",
    "fanout_lost_by_server_200",
];

/// Ever more viewers of one publisher.
pub(super) async fn ladder(
    server: &Server,
    shards: usize,
    rungs: &[(&'static str, usize)],
) -> anyhow::Result<Vec<Measure>> {
    let crowd = Crowd::new(1)?;
    let _cast = Cast::live(server, &crowd, vec![briefing()?]).await?;
    let mut measures = Vec::new();
    let mut inside = 0;
    for &(name, viewers) in rungs {
        crowd.gather(server, viewers - inside, ONE, Role::Observer).await?;
        inside = viewers;
        sleep(SETTLE).await;
        let window = watch(server, &crowd, WATCH).await?;
        measures.push(Measure {
            name,
            value: window.cpu_per_packet(),
            unit: "us",
            conditions: conditions(viewers, shards, &window),
        });
        if viewers == 200 && shards == 1 {
            measures.extend(stages(viewers, &window));
        }
    }
    Ok(measures)
}

fn conditions(viewers: usize, shards: usize, window: &Window) -> String {
    format!(
        "{}; server user + system time over loopback for {} s, {shards} shard(s), 1 publisher (150 VP8 packets of 1,250 B in \
         bursts of two every 5 ms and 50 Opus packets a second, recorded) to {viewers} subscribers; {}",
        machine(),
        WATCH.as_secs(),
        window.got(viewers)
    )
}

/// By the clocks of the media thread: what is not sealing in it is routing, writing and copying.
fn stages(viewers: usize, window: &Window) -> Vec<Measure> {
    let seal = super::seal::cost_us();
    let packets = window.packets as f64;
    let plane = window.stage("plane") / packets;
    let values = [
        window.stage("receive") / packets,
        (plane - seal).max(0.0),
        seal,
        window.stage("send") / packets,
    ];
    let mut measures: Vec<Measure> = STAGES
        .iter()
        .zip(values)
        .map(|(&name, value)| Measure {
            name,
            value,
            unit: "us",
            conditions: format!(
                "{}; wall time of the media thread per forwarded packet, {viewers} subscribers; sealing measured apart \
                 (AES-128-GCM of 1,200 B) and taken from the plane's; {}",
                machine(),
                window.got(viewers)
            ),
        })
        .collect();
    measures.push(Measure {
        name: STAGES[4],
        value: window.lost_by_server(),
        unit: "packets",
        conditions: format!(
            "{}; missing at {viewers} subscribers in {} s, less those for which a subscriber's own socket was full; {}",
            machine(),
            WATCH.as_secs(),
            window.got(viewers)
        ),
    });
    measures
}

/// Thirty seats that publish and see each other.
pub(super) async fn summit(server: &Server) -> anyhow::Result<Vec<Measure>> {
    const SEATS: usize = 30;
    let crowd = Crowd::new(1)?;
    let _cast = Cast::live(server, &crowd, vec![tile()?; SEATS]).await?;
    let slots = Slots { video: SEATS, audio: 3 };
    crowd.gather(server, SEATS, slots, Role::Observer).await?;
    sleep(SETTLE).await;
    let window = watch(server, &crowd, WATCH).await?;
    Ok(vec![Measure {
        name: "summit_30x30_cpu_us_per_packet",
        value: window.cpu_per_packet(),
        unit: "us",
        conditions: format!(
            "{}; server user + system time over loopback for {} s, {SEATS} publishers (50 VP8 packets of 850 B, a tile of \
             0.3 Mbit/s, and 50 Opus packets a second each, recorded) to {SEATS} subscribers with {SEATS} video slots and \
             3 audio slots; {}",
            machine(),
            WATCH.as_secs(),
            window.got(SEATS)
        ),
    }])
}

/// Ten speakers, a thousand listeners, no picture.
pub(super) async fn audio(server: &Server) -> anyhow::Result<Vec<Measure>> {
    const SPEAKERS: usize = 10;
    const LISTENERS: usize = 1_000;
    let crowd = Crowd::new(1)?;
    let programmes = (0..SPEAKERS).map(|speaker| speech(if speaker < 3 { 30 } else { 60 }));
    let _cast = Cast::live(server, &crowd, programmes.collect::<Result<_, _>>()?).await?;
    let slots = Slots { video: 0, audio: 3 };
    crowd.gather(server, LISTENERS, slots, Role::Observer).await?;
    sleep(SETTLE).await;
    let window = watch(server, &crowd, WATCH).await?;
    Ok(vec![Measure {
        name: "audio_10x1000_cpu_us_per_packet",
        value: window.cpu_per_packet(),
        unit: "us",
        conditions: format!(
            "{}; server user + system time over loopback for {} s, {SPEAKERS} publishers of recorded speech (50 Opus packets \
             a second each, recorded) to {LISTENERS} subscribers who hear the three loudest; {}",
            machine(),
            WATCH.as_secs(),
            window.got(LISTENERS)
        ),
    }])
}
