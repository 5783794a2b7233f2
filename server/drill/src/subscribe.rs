//! A subscriber at the WHEP door: holds receive slots and counts what arrives in each, as a viewer would notice it:
//! packets, loss, whole pictures, and when the first of them came.

mod light;
mod slot;
mod viewing;

pub use light::LightSubscriber;
pub use slot::SlotCount;
pub use viewing::Viewing;

use crate::{
    client::{Grant, House},
    peer::{self, Peer, PeerError},
};
use rostrum_domain::id::SubscriberId;
use rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit, rtp_sender::RtpCodecKind};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::timeout,
};
use webrtc::{
    media_stream::track_remote::{TrackRemote, TrackRemoteEvent},
    peer_connection::{PeerConnection, RTCPeerConnectionState},
};

/// How many receive slots a viewer offers.
#[derive(Clone, Copy, Debug)]
pub struct Slots {
    pub video: usize,
    pub audio: usize,
}

impl Slots {
    /// A stage of three: the one who asks, the one who answers, the chair.
    pub const STAGE: Self = Self { video: 3, audio: 3 };
    pub const ONE: Self = Self { video: 1, audio: 1 };
}

/// Counts by `mid`.
pub type Counts = BTreeMap<String, SlotCount>;

struct Shared {
    counts: Mutex<Counts>,
    news: watch::Sender<u64>,
}

impl Shared {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connected viewer.
pub struct Subscriber {
    pub id: SubscriberId,
    /// When the offer was about to be made.
    pub began: Instant,
    session: peer::Session,
    connection: Arc<dyn PeerConnection>,
    state: watch::Receiver<RTCPeerConnectionState>,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Subscriber {
    /// Takes slots and returns when the transport is up; media may already have arrived.
    pub async fn open(house: &House, grant: &Grant, slots: Slots) -> Result<Self, PeerError> {
        let began = Instant::now();
        let mut peer = Peer::new(house, None).await?;
        for (kind, count) in [(RtpCodecKind::Audio, slots.audio), (RtpCodecKind::Video, slots.video)] {
            for _ in 0..count {
                let init = RTCRtpTransceiverInit {
                    direction: RTCRtpTransceiverDirection::Recvonly,
                    ..Default::default()
                };
                peer.connection.add_transceiver_from_kind(kind, Some(init)).await?;
            }
        }
        let (session, answer) = peer.knock(house, &grant.whep_url, &grant.whep_grant).await?;
        let id = session.id.parse().map_err(|_| PeerError::Failed)?;
        let shared = Arc::new(Shared {
            counts: Mutex::default(),
            news: watch::channel(0).0,
        });
        let task = tokio::spawn(receive(peer.tracks, mids_by_ssrc(&answer), shared.clone()));
        Ok(Self {
            id,
            began,
            session,
            connection: peer.connection,
            state: peer.state,
            shared,
            task,
        })
    }

    /// What has arrived so far.
    pub fn counts(&self) -> Counts {
        self.shared.counts().clone()
    }

    /// Waits until the counts say so, at most `patience`; gives the counts, or `None` when it took too long.
    pub async fn until(&self, patience: Duration, wanted: impl Fn(&Counts) -> bool) -> Option<Counts> {
        let mut news = self.shared.news.subscribe();
        let waiting = async {
            loop {
                let counts = self.counts();
                if wanted(&counts) {
                    return counts;
                }
                if news.changed().await.is_err() {
                    // Nothing arrives any more: only the patience of the caller ends this.
                    std::future::pending::<()>().await;
                }
            }
        };
        timeout(patience, waiting).await.ok()
    }

    /// Waits for the first whole picture, and tells how long it took from the offer.
    pub async fn first_picture(&self, patience: Duration) -> Option<Duration> {
        let counts = self
            .until(patience, |counts| {
                counts.values().any(|slot| slot.first_picture.is_some())
            })
            .await?;
        let first = counts.values().filter_map(|slot| slot.first_picture).min()?;
        Some(first.saturating_duration_since(self.began))
    }

    pub async fn lost(&self) {
        peer::lost(self.state.clone()).await;
    }

    pub async fn close(&self) {
        self.session.leave().await;
        self.vanish().await;
    }

    /// Goes away without a word.
    pub async fn vanish(&self) {
        self.task.abort();
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "closed twice");
        }
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(
    mut tracks: mpsc::UnboundedReceiver<Arc<dyn TrackRemote>>,
    mids: BTreeMap<u32, String>,
    shared: Arc<Shared>,
) {
    let mut readers = tokio::task::JoinSet::new();
    while let Some(track) = tracks.recv().await {
        let mids = mids.clone();
        let shared = shared.clone();
        readers.spawn(async move {
            let video = track.kind().await == RtpCodecKind::Video;
            while let Some(event) = track.poll().await {
                let TrackRemoteEvent::OnRtpPacket(packet) = event else {
                    continue;
                };
                let Some(mid) = mids.get(&packet.header.ssrc) else {
                    continue;
                };
                let mut counts = shared.counts();
                let slot = counts.entry(mid.clone()).or_insert_with(|| SlotCount::new(video));
                slot.take(Instant::now(), &packet.header, &packet.payload);
                drop(counts);
                shared.news.send_modify(|news| *news = news.wrapping_add(1));
            }
        });
    }
}

/// Which slot carries which stream, from the `a=mid` and `a=ssrc` lines of the answer.
fn mids_by_ssrc(sdp: &str) -> BTreeMap<u32, String> {
    let mut mids = BTreeMap::new();
    for section in sdp.split("\nm=").skip(1) {
        let value = |name: &'static str| {
            section
                .lines()
                .filter_map(move |line| line.trim_end().strip_prefix(name))
        };
        let Some(mid) = value("a=mid:").next() else { continue };
        for ssrc in value("a=ssrc:") {
            if let Some(Ok(ssrc)) = ssrc.split(' ').next().map(str::parse) {
                mids.insert(ssrc, mid.to_owned());
            }
        }
    }
    mids
}

#[cfg(test)]
mod tests;
