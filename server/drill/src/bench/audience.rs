//! What viewers cost besides packets: memory while idle and while watching, processor time to come in, what those inside
//! feel when many come at once, and what strangers can do.

use super::{
    Measure, Server,
    crowd::{Crowd, Slots},
    machine, percentile,
    stage::{Cast, briefing},
    window::{Window, watch, watch_during},
};
use anyhow::{Context, ensure};
use rostrum_domain::person::Role;
use std::time::{Duration, Instant};
use tokio::{
    net::UdpSocket,
    time::{interval, sleep},
};

const STAGE: Slots = Slots { video: 3, audio: 3 };
/// As many come before they are counted: they use up what starting and setting up left behind in the allocator.
const WARM_UP: usize = 200;
const IDLE: usize = 600;
const ACTIVE: usize = 300;
const SETTLE: Duration = Duration::from_secs(3);

pub(super) async fn memory(server: &Server) -> anyhow::Result<Vec<Measure>> {
    let crowd = Crowd::new(1)?;
    let cast = Cast::ready(server, &crowd, vec![briefing()?]).await?;
    crowd.gather(server, WARM_UP, STAGE, Role::Observer).await?;
    sleep(SETTLE).await;
    let before = server.memory_kib()?;
    crowd.gather(server, IDLE, STAGE, Role::Observer).await?;
    sleep(SETTLE).await;
    let after = server.memory_kib()?;
    let idle = Measure {
        name: "idle_subscriber_kib",
        value: (after - before) / IDLE as f64,
        unit: "KiB",
        conditions: format!(
            "{}; growth of resident memory per connected, idle subscriber (3 video and 3 audio slots), its seat in the room \
             included, {IDLE} after {WARM_UP} to warm up",
            machine()
        ),
    };
    cast.go_live().await?;
    sleep(SETTLE).await;
    let before = server.memory_kib()?;
    crowd.gather(server, ACTIVE, STAGE, Role::Observer).await?;
    sleep(SETTLE).await;
    let window = watch(server, &crowd, SETTLE).await?;
    let all = WARM_UP + IDLE + ACTIVE;
    Ok(vec![
        idle,
        Measure {
            name: "active_subscriber_kib",
            value: (server.memory_kib()? - before) / ACTIVE as f64,
            unit: "KiB",
            conditions: format!(
                "{}; growth of resident memory per subscriber that receives 150 video and 50 audio packets a second, \
                 {ACTIVE} after {} others; {}",
                machine(),
                WARM_UP + IDLE,
                window.got(all)
            ),
        },
    ])
}

pub(super) async fn joins(server: &Server) -> anyhow::Result<Vec<Measure>> {
    const BURST: usize = 200;
    let crowd = Crowd::new(1)?;
    let cast = Cast::ready(server, &crowd, vec![briefing()?]).await?;
    crowd.gather(server, 48, STAGE, Role::Observer).await?;
    sleep(Duration::from_secs(2)).await;

    let began = Instant::now();
    let coming = crowd.gather(server, BURST, STAGE, Role::Observer);
    let (window, came) = watch_during(server, &crowd, coming).await?;
    came?;
    let took = began.elapsed().as_secs_f64();
    let conditions = |window: &Window| {
        format!(
            "{}; {BURST} WHEP joins over loopback (HTTP, a seat in the room, ICE, DTLS with ECDSA P-256 both ways, SRTP keys), \
             8 at a time, clients in one process on the same machine; of the time {:.2} ms in the media thread; other \
             work on this machine {:.1} cores",
            machine(),
            window.media_us / 1e3 / BURST as f64,
            window.others
        )
    };
    let mut measures = vec![
        Measure {
            name: "join_cpu_ms",
            value: window.cpu_us / 1e3 / BURST as f64,
            unit: "ms",
            conditions: conditions(&window),
        },
        Measure {
            name: "joins_per_s",
            value: BURST as f64 / took,
            unit: "1/s",
            conditions: conditions(&window),
        },
    ];

    cast.go_live().await?;
    sleep(Duration::from_secs(2)).await;
    let calm = watch(server, &crowd, Duration::from_secs(4)).await?;
    let coming = crowd.gather(server, BURST, STAGE, Role::Observer);
    let (window, came) = watch_during(server, &crowd, coming).await?;
    came?;
    ensure!(
        !window.delays.is_empty() && !calm.delays.is_empty(),
        "the probes saw nothing"
    );
    let (mut before, mut during) = (calm.delays.clone(), window.delays.clone());
    measures.push(Measure {
        name: "join_burst_inside_delay_p99_ms",
        value: percentile(&mut during, 0.99),
        unit: "ms",
        conditions: format!(
            "{}; forwarding delay at those inside (one in 16 of {} measures) while {BURST} more come in within {:.1} s; before \
             the burst p99 {:.2} ms; {} packets missing during it, full sockets {}; other work on this machine {:.1} cores",
            machine(),
            48 + BURST,
            window.seconds,
            percentile(&mut before, 0.99),
            window.lost,
            window.overflowed,
            window.others
        ),
    });
    Ok(measures)
}

/// So much of one core shall the media thread use.
const SHARE: f64 = 0.7;
/// More viewers than this the crowd does not drive on a small machine.
const MOST: usize = 1_500;

pub(super) async fn delay(server: &Server) -> anyhow::Result<Vec<Measure>> {
    const FIRST: usize = 200;
    let slots = Slots { video: 1, audio: 1 };
    let crowd = Crowd::new(1)?;
    let _cast = Cast::live(server, &crowd, vec![briefing()?]).await?;
    crowd.gather(server, FIRST, slots, Role::Observer).await?;
    let mut inside = FIRST;
    // The cost per packet falls with the number: near the aim in two steps.
    for _ in 0..2 {
        sleep(Duration::from_secs(1)).await;
        let window = watch(server, &crowd, Duration::from_secs(2)).await?;
        let wanted = ((inside as f64 * SHARE / window.media_load()) as usize).min(MOST);
        if wanted > inside {
            crowd.gather(server, wanted - inside, slots, Role::Observer).await?;
            inside = wanted;
        }
    }
    sleep(Duration::from_secs(2)).await;
    let window = watch(server, &crowd, Duration::from_secs(8)).await?;
    let mut delays = window.delays.clone();
    ensure!(!delays.is_empty(), "the probes saw nothing");
    let measure = |name, share, delays: &mut Vec<f64>| Measure {
        name,
        value: percentile(delays, share),
        unit: "ms",
        conditions: format!(
            "{}; from a publisher's send to the kernel's receipt at a subscriber, one in 16 of {inside} subscribers of 150 \
             video and 50 audio packets a second, {} samples; the media thread used {:.0} % of one core (aim 70 %); {}",
            machine(),
            window.delays.len(),
            window.media_load() * 100.0,
            window.got(inside)
        ),
    };
    Ok(vec![
        measure("forward_delay_p50_ms_70pct", 0.5, &mut delays),
        measure("forward_delay_p99_ms_70pct", 0.99, &mut delays),
    ])
}

/// Datagrams that belong to nobody.
pub(super) async fn strangers(server: &Server) -> anyhow::Result<Vec<Measure>> {
    const LENGTH: Duration = Duration::from_secs(5);
    const PER_TURN: usize = 40;
    let crowd = Crowd::new(1)?;
    let _cast = Cast::ready(server, &crowd, Vec::new()).await?;
    let doors = crowd.gather(server, 1, STAGE, Role::Observer).await?;
    let target = *doors.first().context("an address of the media port")?;
    sleep(Duration::from_secs(2)).await;
    let calm = watch(server, &crowd, LENGTH).await?;

    let socket = UdpSocket::bind("127.0.0.1:0").await?;
    socket.connect(target).await?;
    let mut check = vec![0, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42];
    check.extend_from_slice(&[9; 12]);
    check.extend_from_slice(&[0, 6, 0, 7]);
    check.extend_from_slice(b"abc:def\0");
    let handshake: Vec<u8> = [22, 0xfe, 0xfd].into_iter().chain([1; 200]).collect();
    let media: Vec<u8> = [0x80, 96].into_iter().chain([7; 1_200]).collect();
    let kinds = [check, handshake, media];
    let flood = async {
        let mut turns = interval(Duration::from_millis(1));
        let began = Instant::now();
        let mut sent = 0usize;
        while began.elapsed() < LENGTH {
            turns.tick().await;
            for _ in 0..PER_TURN {
                if socket.try_send(&kinds[sent % kinds.len()]).is_ok() {
                    sent += 1;
                }
            }
        }
        sent
    };
    let (window, sent) = watch_during(server, &crowd, flood).await?;
    let taken = sent.saturating_sub(window.overflowed as usize).max(1);
    let idle = calm.cpu_us / calm.seconds * window.seconds;
    Ok(vec![Measure {
        name: "stranger_datagram_cpu_us",
        value: (window.cpu_us - idle).max(0.0) / taken as f64,
        unit: "us",
        conditions: format!(
            "{}; server user + system time over loopback less that of an idle server, {sent} datagrams in {:.0} s from an \
             unknown address, a third each connectivity checks for nobody, DTLS and RTP, {} of them not taken; the receive \
             system call included; other work on this machine {:.1} cores",
            machine(),
            window.seconds,
            window.overflowed,
            window.others
        ),
    }])
}
