//! Clients made of webrtc-rs peer connections, fed and drained by the world. They report what arrives as browsers do:
//! transport-wide feedback, receiver reports, NACKs, PLIs.

mod codecs;
mod decoder;
mod key_frame_requests;
mod picture;
mod publisher;
mod repair;
mod slot;
mod viewer;

pub use picture::Picture;
pub use publisher::Publisher;
pub use slot::{Seen, SlotView};
pub use viewer::Viewer;

use bytes::BytesMut;
use codecs::{OPUS, RTX, VP8, codec};
use key_frame_requests::KeyFrameRequests;
use rtc::{
    interceptor::{NackResponderBuilder, ReceiverReportBuilder, Registry, Slot},
    peer_connection::{
        RTCPeerConnection, RTCPeerConnectionBuilder,
        configuration::{
            interceptor_registry::{configure_simulcast_extension_headers, configure_twcc_receiver_only},
            media_engine::MediaEngine,
            setting_engine::SettingEngineBuilder,
        },
        event::RTCPeerConnectionEvent,
        message::RTCMessage,
        sdp::RTCSessionDescription,
        state::RTCPeerConnectionState,
        transport::RTCIceCandidateInit,
    },
    rtp,
    rtp_transceiver::rtp_sender::{RTCRtpHeaderExtensionCapability, RtpCodecKind},
    sansio::Protocol,
    shared::{TaggedBytesMut, TransportContext, TransportProtocol},
};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::mpsc::Sender,
    time::{Duration, Instant},
};

const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/// A connection with its address.
pub struct Client {
    pub address: SocketAddr,
    pub connection: RTCPeerConnection,
    pub offer: String,
    pub connected: bool,
    inbox: VecDeque<(Instant, SocketAddr, Vec<u8>)>,
    received: Vec<rtp::Packet>,
    /// The last flight of the handshake, and when it was sent.
    flight: (Instant, Vec<(SocketAddr, SocketAddr, Vec<u8>)>),
    /// Something was fed in that may have to be sent.
    pub busy: bool,
}

impl Client {
    fn new(
        address: SocketAddr,
        now: Instant,
        key_frames: Sender<u32>,
        rtx: bool,
        prepare: impl FnOnce(&mut RTCPeerConnection),
    ) -> Self {
        let mut engine = MediaEngine::default();
        let opus = codec("audio/opus", OPUS, "minptime=10;useinbandfec=1");
        engine.register_codec(opus, RtpCodecKind::Audio).unwrap();
        engine
            .register_codec(codec("video/VP8", VP8, ""), RtpCodecKind::Video)
            .unwrap();
        if rtx {
            let repair = codec("video/rtx", RTX, "apt=96");
            engine.register_codec(repair, RtpCodecKind::Video).unwrap();
        }
        let level = RTCRtpHeaderExtensionCapability {
            uri: AUDIO_LEVEL.to_owned(),
        };
        engine
            .register_header_extension(level, RtpCodecKind::Audio, None)
            .unwrap();
        configure_simulcast_extension_headers(&mut engine).unwrap();
        // No sender reports: webrtc-rs reads the time of day for them, which is not the virtual one.
        let registry = configure_twcc_receiver_only(Registry::new(), &mut engine)
            .unwrap()
            .with(Slot::NackResponder, NackResponderBuilder::new().build())
            .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build())
            .with(Slot::from(400), KeyFrameRequests::new(key_frames));
        let mut connection = RTCPeerConnectionBuilder::new()
            .with_media_engine(engine)
            .with_setting_engine(SettingEngineBuilder::new().build())
            .with_interceptor_registry(registry)
            .build(now)
            .unwrap();
        prepare(&mut connection);
        let candidate = format!(
            "candidate:1 1 udp 2130706431 {} {} typ host",
            address.ip(),
            address.port()
        );
        connection
            .add_local_candidate(RTCIceCandidateInit {
                candidate,
                ..RTCIceCandidateInit::default()
            })
            .unwrap();
        let offer = connection.create_offer(None).unwrap();
        connection.set_local_description(now, offer).unwrap();
        let offer = connection.local_description().unwrap().sdp;
        Self {
            address,
            connection,
            offer,
            connected: false,
            inbox: VecDeque::new(),
            received: Vec::new(),
            flight: (now, Vec::new()),
            busy: true,
        }
    }

    pub fn accept(&mut self, answer: &str, now: Instant) {
        let answer = RTCSessionDescription::answer(answer.to_owned()).unwrap();
        self.connection.set_remote_description(now, answer).unwrap();
    }

    pub fn receive(&mut self, at: Instant, from: SocketAddr, data: &[u8]) {
        self.inbox.push_back((at, from, data.to_vec()));
    }

    fn step(&mut self, now: Instant) {
        let due = self.connection.poll_timeout().is_some_and(|at| at <= now);
        self.busy |= due || !self.inbox.is_empty();
        if !self.busy {
            return;
        }
        while let Some((at, from, data)) = self.inbox.pop_front() {
            let transport = TransportContext {
                local_addr: self.address,
                peer_addr: from,
                transport_protocol: TransportProtocol::UDP,
                ecn: None,
            };
            let message = BytesMut::from(&data[..]);
            let tagged = TaggedBytesMut {
                now: at,
                transport,
                message,
            };
            self.connection.handle_read(tagged).unwrap();
        }
        if due {
            // A client that was refused keeps failing.
            let _ = self.connection.handle_timeout(now);
        }
        while let Some(event) = self.connection.poll_event() {
            if let RTCPeerConnectionEvent::OnConnectionStateChangeEvent(state) = event {
                self.connected = state == RTCPeerConnectionState::Connected;
            }
        }
        while let Some(message) = self.connection.poll_read() {
            if let RTCMessage::RtpPacket(_, packet) = message.message {
                self.received.push(packet);
            }
        }
    }

    pub fn drain(&mut self, now: Instant) -> Vec<(SocketAddr, SocketAddr, Vec<u8>)> {
        let mut sent = Vec::new();
        if std::mem::take(&mut self.busy) {
            while let Some(transmit) = self.connection.poll_write() {
                sent.push((self.address, transmit.transport.peer_addr, transmit.message.to_vec()));
            }
        }
        if !self.connected {
            self.insist(now, &mut sent);
        }
        sent
    }

    /// Repeats the last flight of the handshake as browsers do; webrtc-rs forgets to when part of the answer arrives.
    fn insist(&mut self, now: Instant, sent: &mut Vec<(SocketAddr, SocketAddr, Vec<u8>)>) {
        let flight: Vec<_> = sent
            .iter()
            .filter(|(_, _, data)| (20..=63).contains(&data[0]))
            .cloned()
            .collect();
        if !flight.is_empty() {
            self.flight = (now, flight);
        } else if now - self.flight.0 > Duration::from_millis(500) {
            self.flight.0 = now;
            sent.extend(self.flight.1.iter().cloned());
        }
    }

    /// Says goodbye.
    pub fn leave(&mut self) {
        self.connection.close().unwrap();
        self.busy = true;
    }
}
