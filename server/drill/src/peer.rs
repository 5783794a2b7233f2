//! One WebRTC connection of the `webrtc` crate behind a WHIP or WHEP door (RFC 9725): offer, answer, state, leave.

mod door;

pub(crate) use door::{Session, knock};

pub use door::DoorError;

use crate::client::House;
use rtc::{
    interceptor::{Interceptor, Slot},
    rtp_transceiver::rtp_sender::{RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind},
    sdp::extmap::AUDIO_LEVEL_URI,
};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use webrtc::{
    media_stream::track_remote::TrackRemote,
    peer_connection::{
        MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceGatheringState,
        RTCPeerConnectionState, RTCSessionDescription, Registry, register_default_interceptors,
    },
};

pub(crate) const OPUS: u8 = 111;
pub(crate) const VP8: u8 = 96;

#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    #[error(transparent)]
    Door(#[from] DoorError),
    #[error("WebRTC: {0}")]
    WebRtc(#[from] webrtc::error::Error),
    #[error("the connection ended before it was made")]
    Failed,
    #[error("the event grants no publishing to this person")]
    NoGrant,
}

/// What the connection's background driver tells.
struct Handler {
    state: watch::Sender<RTCPeerConnectionState>,
    gathered: watch::Sender<bool>,
    tracks: mpsc::UnboundedSender<Arc<dyn TrackRemote>>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.gathered.send_replace(true);
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.state.send_replace(state);
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        // Nobody listens any more once the subscriber is gone.
        let _ = self.tracks.send(track);
    }
}

pub(crate) fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: "audio/opus".to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: vec![],
    }
}

pub(crate) fn vp8() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: "video/VP8".to_owned(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: String::new(),
        rtcp_feedback: vec![],
    }
}

/// Opus and VP8 only, the audio level told with each packet.
pub(crate) fn media_engine() -> Result<MediaEngine, PeerError> {
    let mut media = MediaEngine::default();
    for (codec, payload_type, kind) in [(opus(), OPUS, RtpCodecKind::Audio), (vp8(), VP8, RtpCodecKind::Video)] {
        media.register_codec(
            RTCRtpCodecParameters {
                rtp_codec: codec,
                payload_type,
            },
            kind,
        )?;
    }
    media.register_header_extension(
        RTCRtpHeaderExtensionCapability {
            uri: AUDIO_LEVEL_URI.to_owned(),
        },
        RtpCodecKind::Audio,
        None,
    )?;
    Ok(media)
}

/// A connection that has not been offered yet.
pub(crate) struct Peer {
    pub connection: Arc<dyn PeerConnection>,
    pub state: watch::Receiver<RTCPeerConnectionState>,
    pub tracks: mpsc::UnboundedReceiver<Arc<dyn TrackRemote>>,
    gathered: watch::Receiver<bool>,
}

impl Peer {
    /// `interceptor` sees what comes in after all others.
    pub async fn new(
        house: &House,
        interceptor: Option<Box<dyn FnOnce(Registry) -> Registry + Send>>,
    ) -> Result<Self, PeerError> {
        let mut media = media_engine()?;
        let mut registry = register_default_interceptors(Registry::new(), &mut media)?;
        if let Some(add) = interceptor {
            registry = add(registry);
        }

        let (state, state_seen) = watch::channel(RTCPeerConnectionState::New);
        let (gathered, gathered_seen) = watch::channel(false);
        let (tracks, tracks_seen) = mpsc::unbounded_channel();
        let connection = PeerConnectionBuilder::new()
            .with_media_engine(media)
            .with_interceptor_registry(registry)
            .with_handler(Arc::new(Handler {
                state,
                gathered,
                tracks,
            }))
            .with_udp_addrs(vec![own_address(house.base())])
            .build()
            .await?;
        Ok(Self {
            connection: Arc::new(connection),
            state: state_seen,
            tracks: tracks_seen,
            gathered: gathered_seen,
        })
    }

    /// Offers at a door, takes the answer and waits until media can flow. Gives the session and the answer's SDP.
    pub async fn knock(&mut self, house: &House, url: &str, grant: &str) -> Result<(Session, String), PeerError> {
        let offer = self.connection.create_offer(None).await?;
        self.connection.set_local_description(offer).await?;
        if self.gathered.wait_for(|done| *done).await.is_err() {
            return Err(PeerError::Failed);
        }
        let offer = self.connection.local_description().await.ok_or(PeerError::Failed)?;
        let (session, answer) = knock(house, url, grant, &offer.sdp).await?;
        self.connection
            .set_remote_description(RTCSessionDescription::answer(answer.clone())?)
            .await?;
        let settled = self
            .state
            .wait_for(|state| {
                matches!(
                    state,
                    RTCPeerConnectionState::Connected | RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed
                )
            })
            .await
            .map(|state| *state);
        match settled {
            Ok(RTCPeerConnectionState::Connected) => Ok((session, answer)),
            _ => {
                session.leave().await;
                Err(PeerError::Failed)
            }
        }
    }
}

/// Puts an interceptor at the application's end of the chain.
pub(crate) fn last(interceptor: impl Interceptor + 'static) -> Box<dyn FnOnce(Registry) -> Registry + Send> {
    Box::new(move |registry| registry.with(Slot::from(14_000), interceptor))
}

/// A server on this machine is reached over loopback, any other from every interface.
fn own_address(base: &str) -> &'static str {
    let rest = base.split_once("://").map_or(base, |(_, rest)| rest);
    if rest.starts_with("localhost") || rest.starts_with("127.") {
        "127.0.0.1:0"
    } else {
        "0.0.0.0:0"
    }
}

/// Waits until the connection is lost for good.
pub(crate) async fn lost(mut state: watch::Receiver<RTCPeerConnectionState>) {
    // The sender goes away with the connection: lost as well.
    let _ = state
        .wait_for(|state| {
            matches!(
                state,
                RTCPeerConnectionState::Disconnected | RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed
            )
        })
        .await;
}
