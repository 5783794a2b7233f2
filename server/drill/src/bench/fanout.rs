//! What forwarding costs the server: processor time per packet, memory per viewer.

use super::{Measure, Server, machine};
use crate::{
    ivf::{Clip, Frame},
    load::{disperse, gather},
    subscribe::{LightSubscriber, Slots},
};
use bytes::Bytes;
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;

const VIEWERS: usize = 100;
/// As many come before they are counted: they use up what starting and setting up left behind in the allocator.
const WARM_UP: usize = 200;
const IDLE_VIEWERS: usize = 600;
const WATCH: Duration = Duration::from_secs(15);
/// 30 frames a second of five packets each: 150 packets a second.
const FRAMES_PER_SECOND: u32 = 30;
const PACKETS_PER_FRAME: usize = 5;
/// Payload of a packet without the VP8 payload descriptor: 1,180 bytes on the wire before encryption.
const PIECE: usize = 1176;

pub(super) async fn cpu(server: &Server) -> anyhow::Result<Vec<Measure>> {
    let (_chair, _spokesperson) = server.live(Some(Arc::new(heavy_clip()))).await?;
    let audience = gather(&server.house, server.event, VIEWERS, Slots::ONE, &server.mint).await?;
    // Joining is not what is measured.
    sleep(Duration::from_secs(2)).await;
    let total = |audience: &[LightSubscriber]| -> u64 { audience.iter().map(|viewer| viewer.received().0).sum() };
    let (packets, cpu) = (total(&audience), server.cpu_us()?);
    sleep(WATCH).await;
    let (packets, cpu) = (total(&audience) - packets, server.cpu_us()? - cpu);
    disperse(&audience).await;
    let rate = packets as f64 / WATCH.as_secs_f64() / VIEWERS as f64;
    Ok(vec![Measure {
        name: "fanout_cpu_us_per_packet_100",
        value: cpu / packets as f64,
        unit: "us",
        conditions: format!(
            "{}; server user + system time over loopback for {} s, 1 publisher (150 VP8 packets of 1,180 B and 50 Opus \
             packets a second, recorded and captioned) to {VIEWERS} subscribers, each of whom received {rate:.0} packets \
             a second; audio is the only sound and silent",
            machine(),
            WATCH.as_secs()
        ),
    }])
}

pub(super) async fn memory(server: &Server) -> anyhow::Result<Vec<Measure>> {
    let _chair = server.chair().await?;
    let warm_up = gather(&server.house, server.event, WARM_UP, Slots::STAGE, &server.mint).await?;
    sleep(Duration::from_secs(3)).await;
    let before = server.memory_kib()?;
    let audience = gather(&server.house, server.event, IDLE_VIEWERS, Slots::STAGE, &server.mint).await?;
    sleep(Duration::from_secs(3)).await;
    let after = server.memory_kib()?;
    disperse(&audience).await;
    disperse(&warm_up).await;
    Ok(vec![Measure {
        name: "subscriber_memory_kib",
        value: (after - before) / IDLE_VIEWERS as f64,
        unit: "KiB",
        conditions: format!(
            "{}; growth of resident memory per connected, idle subscriber (3 video and 3 audio slots), {IDLE_VIEWERS} \
             after {WARM_UP} to warm up",
            machine()
        ),
    }])
}

/// Two seconds of opaque bytes in the shape of VP8 frames: the server forwards without looking inside.
fn heavy_clip() -> Clip {
    let frames = (0..FRAMES_PER_SECOND * 2)
        .map(|index| {
            let key = index == 0;
            let mut data = vec![0x5a; PIECE * PACKETS_PER_FRAME];
            // RFC 6386 section 9.1: frame tag, then for key frames the start code and 1280×720.
            data[0] = if key { 0x10 } else { 0x11 };
            if key {
                data[3..10].copy_from_slice(&[0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02]);
            }
            Frame {
                data: Bytes::from(data),
                key,
            }
        })
        .collect();
    Clip {
        width: 1280,
        height: 720,
        ticks: 90_000 / FRAMES_PER_SECOND,
        frames,
    }
}
