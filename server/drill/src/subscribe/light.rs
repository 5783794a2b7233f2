//! A viewer that costs next to nothing: real ICE and DTLS, but media is only counted, not decrypted, so that one process
//! can be hundreds of viewers and the server's cost is what is measured. Sends no receiver reports.

use super::Slots;
use crate::{
    client::{Grant, House},
    peer::{self, PeerError},
};
use bytes::BytesMut;
use rostrum_domain::id::SubscriberId;
use rtc::{
    interceptor::Registry,
    peer_connection::{
        RTCPeerConnection, RTCPeerConnectionBuilder,
        configuration::interceptor_registry::configure_nack,
        event::RTCPeerConnectionEvent,
        sdp::RTCSessionDescription,
        state::RTCPeerConnectionState,
        transport::{CandidateConfig, CandidateHostConfig, RTCIceCandidate},
    },
    rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit, rtp_sender::RtpCodecKind},
    sansio::Protocol,
    shared::{TaggedBytesMut, TransportContext, TransportProtocol},
};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    net::UdpSocket,
    sync::watch,
    task::JoinHandle,
    time::{sleep_until, timeout},
};

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Default)]
struct Tally {
    packets: AtomicU64,
    bytes: AtomicU64,
    connected: AtomicBool,
}

/// A connected light viewer.
pub struct LightSubscriber {
    pub id: SubscriberId,
    session: peer::Session,
    tally: Arc<Tally>,
    task: JoinHandle<()>,
}

impl LightSubscriber {
    pub async fn open(house: &House, grant: &Grant, slots: Slots) -> Result<Self, PeerError> {
        let socket = UdpSocket::bind("127.0.0.1:0").await.map_err(|_| PeerError::Failed)?;
        let local = socket.local_addr().map_err(|_| PeerError::Failed)?;
        let mut media = peer::media_engine()?;
        let registry = configure_nack(Registry::new(), &mut media);
        let mut connection = RTCPeerConnectionBuilder::new()
            .with_media_engine(media)
            .with_interceptor_registry(registry)
            .build(Instant::now())?;
        for (kind, count) in [(RtpCodecKind::Audio, slots.audio), (RtpCodecKind::Video, slots.video)] {
            for _ in 0..count {
                let init = RTCRtpTransceiverInit {
                    direction: RTCRtpTransceiverDirection::Recvonly,
                    ..Default::default()
                };
                connection.add_transceiver_from_kind(kind, Some(init))?;
            }
        }
        let candidate = CandidateHostConfig {
            base_config: CandidateConfig {
                network: "udp".to_owned(),
                address: local.ip().to_string(),
                port: local.port(),
                component: 1,
                ..Default::default()
            },
            ..Default::default()
        }
        .new_candidate_host()?;
        let offer = connection.create_offer(None)?;
        connection.set_local_description(Instant::now(), offer)?;
        connection.add_local_candidate(RTCIceCandidate::from(&candidate).to_json()?)?;
        let offer = connection.local_description().ok_or(PeerError::Failed)?;
        let (session, answer) = peer::knock(house, &grant.whep_url, &grant.whep_grant, &offer.sdp).await?;
        connection.set_remote_description(Instant::now(), RTCSessionDescription::answer(answer)?)?;

        let id = session.id.parse().map_err(|_| PeerError::Failed)?;
        let tally = Arc::new(Tally::default());
        let (up, mut is_up) = watch::channel(false);
        let task = tokio::spawn(drive(connection, socket, local, tally.clone(), up));
        match timeout(PATIENCE, is_up.wait_for(|up| *up)).await {
            Ok(Ok(_)) => Ok(Self {
                id,
                session,
                tally,
                task,
            }),
            _ => {
                task.abort();
                Err(PeerError::Failed)
            }
        }
    }

    /// Media packets and their bytes on the wire, so far.
    pub fn received(&self) -> (u64, u64) {
        (
            self.tally.packets.load(Ordering::Relaxed),
            self.tally.bytes.load(Ordering::Relaxed),
        )
    }

    pub fn connected(&self) -> bool {
        self.tally.connected.load(Ordering::Relaxed)
    }

    pub async fn close(&self) {
        self.session.leave().await;
        self.task.abort();
    }
}

impl Drop for LightSubscriber {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn drive(
    mut connection: RTCPeerConnection,
    socket: UdpSocket,
    local: SocketAddr,
    tally: Arc<Tally>,
    up: watch::Sender<bool>,
) {
    let mut buffer = vec![0; 2048];
    loop {
        while let Some(out) = connection.poll_write() {
            // A full socket buffer is a lost datagram like any other.
            let _ = socket.try_send_to(&out.message, out.transport.peer_addr);
        }
        while connection.poll_read().is_some() {}
        while let Some(event) = connection.poll_event() {
            if let RTCPeerConnectionEvent::OnConnectionStateChangeEvent(state) = event {
                let connected = state == RTCPeerConnectionState::Connected;
                tally.connected.store(connected, Ordering::Relaxed);
                if connected {
                    up.send_replace(true);
                } else if matches!(state, RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed) {
                    return;
                }
            }
        }
        let deadline = connection
            .poll_timeout()
            .unwrap_or_else(|| Instant::now() + Duration::from_secs(1));
        tokio::select! {
            received = socket.recv_from(&mut buffer) => {
                let Ok((length, from)) = received else { continue };
                take(&mut connection, &buffer[..length], from, local, &tally);
                // What else has arrived is taken before the connection is looked at again.
                while let Ok((length, from)) = socket.try_recv_from(&mut buffer) {
                    take(&mut connection, &buffer[..length], from, local, &tally);
                }
            }
            () = sleep_until(deadline.into()) => {
                if let Err(error) = connection.handle_timeout(Instant::now()) {
                    tracing::debug!(%error, "a light viewer's timer");
                }
            }
        }
    }
}

fn take(connection: &mut RTCPeerConnection, data: &[u8], peer_addr: SocketAddr, local_addr: SocketAddr, tally: &Tally) {
    // RFC 7983: 128 to 191 is RTP or RTCP; RFC 5761: RTCP has payload types 64 to 95 there.
    if let [128..=191, second, ..] = data {
        if !(64..=95).contains(&(second & 0x7f)) {
            tally.packets.fetch_add(1, Ordering::Relaxed);
            tally.bytes.fetch_add(data.len() as u64, Ordering::Relaxed);
        }
        return;
    }
    let datagram = TaggedBytesMut {
        now: Instant::now(),
        transport: TransportContext {
            local_addr,
            peer_addr,
            ecn: None,
            transport_protocol: TransportProtocol::UDP,
        },
        message: BytesMut::from(data),
    };
    if let Err(error) = connection.handle_read(datagram) {
        tracing::debug!(%error, "a datagram the light viewer does not take");
    }
}
