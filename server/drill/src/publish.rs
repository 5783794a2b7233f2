//! A publisher at the WHIP door: a camera that loops a portrait and a microphone that plays recorded speech, or silence
//! between two utterances. Nothing is encoded here; a key frame request is answered by jumping to the next key frame.

mod camera;
mod keyframes;
mod pacer;

pub use camera::Camera;

use crate::{
    client::{Grant, House},
    ivf::Clip,
    peer::{self, Peer, PeerError},
    voice::Voice,
};
use keyframes::KeyFrameRequests;
use pacer::{Microphone, Pacer, Picture};
use rostrum_domain::{id::SourceId, media::SourceKind};
use rtc::{
    media_stream::MediaStreamTrack,
    rtp_transceiver::{
        RTCRtpTransceiverDirection, RTCRtpTransceiverInit,
        rtp_sender::{RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind},
    },
};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};
use webrtc::{
    media_stream::track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP},
    peer_connection::{PeerConnection, RTCPeerConnectionState},
};

/// Utterances waiting to be said. Higher: a script may run ahead of its voice; lower: it waits.
const UTTERANCES: usize = 4;

/// Something to be said, and who waits for its end.
struct Utterance {
    voice: Arc<Voice>,
    said: oneshot::Sender<()>,
}

/// A connected publisher. Dropping it stops the media; [`Publisher::close`] also leaves politely.
pub struct Publisher {
    pub source: SourceId,
    session: peer::Session,
    connection: Arc<dyn PeerConnection>,
    state: watch::Receiver<RTCPeerConnectionState>,
    speech: mpsc::Sender<Utterance>,
    requests: Arc<AtomicU32>,
    task: JoinHandle<()>,
}

impl Publisher {
    /// Publishes sound, and `picture` if there is one, and returns when media flows.
    pub async fn open(
        house: &House,
        grant: &Grant,
        kind: SourceKind,
        picture: Option<Arc<Clip>>,
    ) -> Result<Self, PeerError> {
        let token = grant.whip_grant.as_deref().ok_or(PeerError::NoGrant)?;
        let requests = Arc::new(AtomicU32::new(0));
        let mut peer = Peer::new(house, Some(peer::last(KeyFrameRequests::new(requests.clone())))).await?;
        let (microphone, audio) = track(peer::opus(), RtpCodecKind::Audio);
        let camera = picture.map(|clip| (track(peer::vp8(), RtpCodecKind::Video), clip));
        send(&peer, &microphone).await?;
        if let Some(((track, _), _)) = &camera {
            send(&peer, track).await?;
        }
        let kind = match kind {
            SourceKind::Camera => "camera",
            SourceKind::Screen => "screen",
        };
        let (session, _) = peer
            .knock(house, &format!("{}?kind={kind}", grant.whip_url), token)
            .await?;
        let source = session.id.parse().map_err(|_| PeerError::Failed)?;

        let (speech, utterances) = mpsc::channel(UTTERANCES);
        let pacer = Pacer {
            microphone: Microphone::new(microphone, audio, utterances),
            picture: camera.map(|((track, ssrc), clip)| Picture::new(track, ssrc, clip, requests.clone())),
        };
        Ok(Self {
            source,
            session,
            connection: peer.connection,
            state: peer.state,
            speech,
            requests,
            task: tokio::spawn(pacer.run()),
        })
    }

    /// Says it, after what is being said; returns when the last packet has left, `false` when the connection went away.
    pub async fn say(&self, voice: &Arc<Voice>) -> bool {
        let (said, end) = oneshot::channel();
        let utterance = Utterance {
            voice: voice.clone(),
            said,
        };
        tokio::select! {
            said = async { self.speech.send(utterance).await.is_ok() && end.await.is_ok() } => said,
            () = self.lost() => false,
        }
    }

    /// Key frames that somebody asked for.
    pub fn key_frame_requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Returns when the connection is lost.
    pub async fn lost(&self) {
        peer::lost(self.state.clone()).await;
    }

    /// Leaves by DELETE, so that the server need not wait for consent to run out.
    pub async fn close(&self) {
        self.session.leave().await;
        self.vanish().await;
    }

    /// Goes away without a word, like a laptop that is shut.
    pub async fn vanish(&self) {
        self.task.abort();
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "closed twice");
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn track(codec: RTCRtpCodec, kind: RtpCodecKind) -> (Arc<TrackLocalStaticRTP>, u32) {
    let ssrc = rand::random();
    let track = MediaStreamTrack::new(
        "drill".to_owned(),
        format!("drill-{kind}"),
        format!("drill-{kind}"),
        kind,
        vec![RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters {
                ssrc: Some(ssrc),
                ..Default::default()
            },
            codec,
            ..Default::default()
        }],
    );
    (Arc::new(TrackLocalStaticRTP::new(track)), ssrc)
}

async fn send(peer: &Peer, track: &Arc<TrackLocalStaticRTP>) -> Result<(), PeerError> {
    let init = RTCRtpTransceiverInit {
        direction: RTCRtpTransceiverDirection::Sendonly,
        ..Default::default()
    };
    peer.connection
        .add_transceiver_from_track(track.clone() as Arc<dyn TrackLocal>, Some(init))
        .await?;
    Ok(())
}
