//! Clients made of webrtc-rs peer connections: a publisher that sends numbered pictures and sound, a viewer that keeps
//! what its slots received.

use bytes::{Bytes, BytesMut};
use rostrum_domain::id::{SourceId, SubscriberId};
use rtc::{
    interceptor::{Interceptor, Packet, ReceiverReportBuilder, Registry, Slot, StreamInfo, TaggedPacket},
    media_stream::MediaStreamTrack,
    peer_connection::{
        RTCPeerConnection, RTCPeerConnectionBuilder,
        configuration::{
            interceptor_registry::{
                configure_nack, configure_simulcast_extension_headers, configure_twcc_receiver_only,
            },
            media_engine::MediaEngine,
            setting_engine::SettingEngineBuilder,
        },
        event::RTCPeerConnectionEvent,
        message::RTCMessage,
        sdp::RTCSessionDescription,
        state::RTCPeerConnectionState,
        transport::RTCIceCandidateInit,
    },
    rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication,
    rtp,
    rtp_transceiver::{
        RTCRtpSenderId, RTCRtpTransceiverDirection, RTCRtpTransceiverInit,
        rtp_sender::{
            RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
            RTCRtpHeaderExtensionCapability, RTCRtpRtxParameters, RtpCodecKind,
        },
    },
    sansio::Protocol,
    shared::{TaggedBytesMut, TransportContext, TransportProtocol, error::Error},
};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::mpsc::{Receiver, Sender, channel},
    time::{Duration, Instant},
};

pub const VP8: u8 = 96;
pub const RTX: u8 = 97;
pub const OPUS: u8 = 111;
const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/// A connection with its address, fed and drained by the world.
pub struct Client {
    pub address: SocketAddr,
    pub connection: RTCPeerConnection,
    pub offer: String,
    pub connected: bool,
    inbox: VecDeque<(SocketAddr, Vec<u8>)>,
    received: Vec<rtp::Packet>,
}

fn feedback(typ: &str, parameter: &str) -> RTCPFeedback {
    RTCPFeedback {
        typ: typ.to_owned(),
        parameter: parameter.to_owned(),
    }
}

fn codec(mime_type: &str, payload_type: u8, sdp_fmtp_line: &str) -> RTCRtpCodecParameters {
    let audio = mime_type.starts_with("audio");
    let plain = audio || mime_type == "video/rtx";
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec {
            mime_type: mime_type.to_owned(),
            clock_rate: if audio { 48_000 } else { 90_000 },
            channels: if audio { 2 } else { 0 },
            sdp_fmtp_line: sdp_fmtp_line.to_owned(),
            rtcp_feedback: if plain {
                Vec::new()
            } else {
                vec![feedback("nack", ""), feedback("nack", "pli")]
            },
        },
        payload_type,
    }
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
        engine
            .register_codec(
                codec("audio/opus", OPUS, "minptime=10;useinbandfec=1"),
                RtpCodecKind::Audio,
            )
            .unwrap();
        engine
            .register_codec(codec("video/VP8", VP8, ""), RtpCodecKind::Video)
            .unwrap();
        if rtx {
            engine
                .register_codec(codec("video/rtx", RTX, "apt=96"), RtpCodecKind::Video)
                .unwrap();
        }
        let level = RTCRtpHeaderExtensionCapability {
            uri: AUDIO_LEVEL.to_owned(),
        };
        engine
            .register_header_extension(level, RtpCodecKind::Audio, None)
            .unwrap();
        configure_simulcast_extension_headers(&mut engine).unwrap();
        // No sender reports: webrtc-rs reads the time of day for them, which is not the virtual one.
        let registry = configure_twcc_receiver_only(configure_nack(Registry::new(), &mut engine), &mut engine).unwrap();
        let registry = registry
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
        }
    }

    pub fn accept(&mut self, answer: &str, now: Instant) {
        let answer = RTCSessionDescription::answer(answer.to_owned()).unwrap();
        self.connection.set_remote_description(now, answer).unwrap();
    }

    pub fn receive(&mut self, from: SocketAddr, data: &[u8]) {
        self.inbox.push_back((from, data.to_vec()));
    }

    fn step(&mut self, now: Instant) {
        while let Some((from, data)) = self.inbox.pop_front() {
            let transport = TransportContext {
                local_addr: self.address,
                peer_addr: from,
                transport_protocol: TransportProtocol::UDP,
                ecn: None,
            };
            let message = BytesMut::from(&data[..]);
            self.connection
                .handle_read(TaggedBytesMut {
                    now,
                    transport,
                    message,
                })
                .unwrap();
        }
        if self.connection.poll_timeout().is_some_and(|at| at <= now) {
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

    pub fn drain(&mut self, _: Instant) -> Vec<(SocketAddr, SocketAddr, Vec<u8>)> {
        let mut sent = Vec::new();
        while let Some(transmit) = self.connection.poll_write() {
            sent.push((self.address, transmit.transport.peer_addr, transmit.message.to_vec()));
        }
        sent
    }
}

/// One simulcast layer as it is sent.
struct Layer {
    ssrc: u32,
    rid: Option<&'static str>,
    size: (u16, u16),
    sequence: u16,
    packets: usize,
}

/// A publisher of 25 pictures and 50 sounds a second.
pub struct Publisher {
    pub client: Client,
    pub source: SourceId,
    /// First byte of every picture and sound, tells publishers apart.
    pub tag: u8,
    /// What its microphone reports, −dBov.
    pub level: u8,
    /// Layers above this one are not sent.
    pub layers_sent: usize,
    video: RTCRtpSenderId,
    audio: RTCRtpSenderId,
    layers: Vec<Layer>,
    audio_ssrc: u32,
    audio_sequence: u16,
    frame: u32,
    key_frame: bool,
    pub key_frames_asked: u32,
    requests: Receiver<u32>,
    next_frame: Instant,
    next_sound: Instant,
    start: Instant,
}

const FRAME: Duration = Duration::from_millis(40);
const SOUND: Duration = Duration::from_millis(20);

impl Publisher {
    pub fn new(address: SocketAddr, tag: u8, layers: usize, now: Instant) -> Self {
        let base = u32::from(tag) << 16;
        let shapes = [("q", (320, 180), 1), ("h", (640, 360), 2), ("f", (1280, 720), 4)];
        let layers: Vec<Layer> = shapes[3 - layers..]
            .iter()
            .zip(1..)
            .map(|(&(rid, size, packets), number)| Layer {
                ssrc: base + number,
                rid: (layers > 1).then_some(rid),
                size,
                sequence: 65_500,
                packets,
            })
            .collect();
        let (requests_in, requests) = channel();
        let (mut video, mut audio) = (None, None);
        // Of simulcast layers webrtc-rs would send RTX without rrid, so that nobody could tell whose it is.
        let rtx = layers.len() == 1;
        let client = Client::new(address, now, requests_in, rtx, |connection| {
            let encodings = layers
                .iter()
                .map(|layer| encoding("video/VP8", layer.ssrc, layer.rid))
                .collect();
            audio = Some(add(
                connection,
                "a",
                RtpCodecKind::Audio,
                vec![encoding("audio/opus", base, None)],
            ));
            video = Some(add(connection, "v", RtpCodecKind::Video, encodings));
        });
        Self {
            client,
            source: SourceId(Default::default()),
            tag,
            level: 30,
            layers_sent: layers.len(),
            video: video.unwrap(),
            audio: audio.unwrap(),
            layers,
            audio_ssrc: base,
            audio_sequence: 10,
            frame: 0,
            key_frame: true,
            key_frames_asked: 0,
            requests,
            next_frame: now,
            next_sound: now,
            start: now,
        }
    }

    pub fn step(&mut self, now: Instant) {
        self.client.step(now);
        while self.requests.try_recv().is_ok() {
            self.key_frame = true;
            self.key_frames_asked += 1;
        }
        if !self.client.connected {
            (self.next_frame, self.next_sound) = (now, now);
            return;
        }
        if now >= self.next_sound {
            self.next_sound += SOUND;
            self.send_sound(now);
        }
        if now >= self.next_frame {
            self.next_frame += FRAME;
            self.send_picture(now);
        }
    }

    fn send_sound(&mut self, now: Instant) {
        self.audio_sequence = self.audio_sequence.wrapping_add(1);
        let mut packet = packet(
            OPUS,
            self.audio_ssrc,
            self.audio_sequence,
            (now - self.start).as_micros() * 48 / 1000,
        );
        packet.payload = Bytes::from(vec![self.tag; 60]);
        let level = extension_id(&self.client.offer, AUDIO_LEVEL);
        packet
            .header
            .set_extension(level, Bytes::from(vec![0x80 | self.level]))
            .unwrap();
        self.client
            .connection
            .rtp_sender(self.audio)
            .unwrap()
            .write_rtp(now, packet)
            .unwrap();
    }

    fn send_picture(&mut self, now: Instant) {
        self.frame += 1;
        let key = std::mem::take(&mut self.key_frame);
        let mid = extension_id(&self.client.offer, "urn:ietf:params:rtp-hdrext:sdes:mid");
        let rid_id = extension_id(&self.client.offer, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id");
        for layer in &mut self.layers[..self.layers_sent] {
            for piece in 0..layer.packets {
                let ticks = (now - self.start).as_micros() * 90 / 1000;
                layer.sequence = layer.sequence.wrapping_add(1);
                let mut packet = packet(VP8, layer.ssrc, layer.sequence, ticks);
                packet.header.marker = piece + 1 == layer.packets;
                packet.payload = picture(self.tag, self.frame, piece == 0, key, layer.size);
                if let Some(rid) = layer.rid {
                    packet.header.set_extension(mid, Bytes::from_static(b"1")).unwrap();
                    packet
                        .header
                        .set_extension(rid_id, Bytes::from_static(rid.as_bytes()))
                        .unwrap();
                }
                self.client
                    .connection
                    .rtp_sender(self.video)
                    .unwrap()
                    .write_rtp(now, packet)
                    .unwrap();
            }
        }
    }
}

fn add(
    connection: &mut RTCPeerConnection,
    name: &str,
    kind: RtpCodecKind,
    encodings: Vec<RTCRtpEncodingParameters>,
) -> RTCRtpSenderId {
    let track = MediaStreamTrack::new("stage".into(), name.into(), name.into(), kind, encodings);
    let init = RTCRtpTransceiverInit {
        direction: RTCRtpTransceiverDirection::Sendonly,
        ..Default::default()
    };
    let transceiver = connection.add_transceiver_from_track(track, Some(init)).unwrap();
    connection.rtp_transceiver(transceiver).unwrap().sender().unwrap()
}

fn encoding(mime_type: &str, ssrc: u32, rid: Option<&str>) -> RTCRtpEncodingParameters {
    let (number, format) = if mime_type == "audio/opus" {
        (OPUS, "minptime=10;useinbandfec=1")
    } else {
        (VP8, "")
    };
    RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters {
            rid: rid.unwrap_or_default().to_owned(),
            ssrc: Some(ssrc),
            rtx: (number == VP8 && rid.is_none()).then_some(RTCRtpRtxParameters { ssrc: ssrc + 0x100 }),
            ..Default::default()
        },
        codec: codec(mime_type, number, format).rtp_codec,
        active: true,
        ..Default::default()
    }
}

fn packet(payload_type: u8, ssrc: u32, sequence_number: u16, ticks: u128) -> rtp::Packet {
    rtp::Packet {
        header: rtp::Header {
            version: 2,
            payload_type,
            sequence_number,
            timestamp: ticks as u32,
            ssrc,
            ..rtp::Header::default()
        },
        payload: Bytes::new(),
    }
}

/// A VP8 payload: descriptor with 15-bit picture id, then the frame's head, tag and number.
fn picture(tag: u8, frame: u32, first: bool, key: bool, (width, height): (u16, u16)) -> Bytes {
    let mut payload = vec![if first { 0x90 } else { 0x80 }, 0xe0];
    payload.extend_from_slice(&(0x8000 | (frame as u16 & 0x7fff)).to_be_bytes());
    payload.extend_from_slice(&[frame as u8, 0]);
    payload.extend_from_slice(&[if key { 0 } else { 1 }, 0, 0, 0x9d, 0x01, 0x2a]);
    payload.extend_from_slice(&width.to_le_bytes());
    payload.extend_from_slice(&height.to_le_bytes());
    payload.push(tag);
    payload.extend_from_slice(&frame.to_be_bytes());
    payload.resize(900, tag);
    payload.into()
}

fn extension_id(offer: &str, uri: &str) -> u8 {
    let line = offer
        .lines()
        .find(|line| line.starts_with("a=extmap:") && line.ends_with(uri))
        .unwrap();
    line["a=extmap:".len()..]
        .split([' ', '/'])
        .next()
        .unwrap()
        .parse()
        .unwrap()
}

/// What a slot received.
#[derive(Clone, Debug)]
pub struct Seen {
    pub at: Instant,
    pub sequence: u16,
    pub timestamp: u32,
    pub marker: bool,
    pub tag: u8,
    /// Pictures only.
    pub picture: Option<Picture>,
}

#[derive(Clone, Copy, Debug)]
pub struct Picture {
    pub picture_id: u16,
    pub tl0: u8,
    pub first: bool,
    pub key: bool,
    pub height: u16,
}

pub struct SlotView {
    pub mid: String,
    pub video: bool,
    pub ssrc: u32,
    pub seen: Vec<Seen>,
}

impl SlotView {
    /// Received packets in their order, each once.
    pub fn in_order(&self) -> Vec<Seen> {
        let mut seen = self.seen.clone();
        let Some(first) = seen.first().map(|packet| packet.sequence) else {
            return seen;
        };
        seen.sort_by_key(|packet| packet.sequence.wrapping_sub(first.wrapping_sub(1000)));
        seen.dedup_by_key(|packet| packet.sequence);
        seen
    }

    /// Numbers missing between the first and the last.
    pub fn missing(&self) -> usize {
        let seen = self.in_order();
        seen.windows(2)
            .map(|pair| usize::from(pair[1].sequence.wrapping_sub(pair[0].sequence)) - 1)
            .sum()
    }

    pub fn tag(&self) -> Option<u8> {
        self.seen.last().map(|packet| packet.tag)
    }
}

pub struct Viewer {
    pub client: Client,
    pub id: SubscriberId,
    pub slots: Vec<SlotView>,
    requests: Receiver<u32>,
}

impl Viewer {
    pub fn new(address: SocketAddr, video: usize, audio: usize, now: Instant) -> Self {
        let (requests_in, requests) = channel();
        let client = Client::new(address, now, requests_in, true, |connection| {
            let kinds = [vec![RtpCodecKind::Video; video], vec![RtpCodecKind::Audio; audio]].concat();
            for kind in kinds {
                let init = RTCRtpTransceiverInit {
                    direction: RTCRtpTransceiverDirection::Recvonly,
                    ..Default::default()
                };
                connection.add_transceiver_from_kind(kind, Some(init)).unwrap();
            }
        });
        Self {
            client,
            id: SubscriberId(Default::default()),
            slots: Vec::new(),
            requests,
        }
    }

    pub fn learn_slots(&mut self, answer: &str) {
        for section in answer.split("m=").skip(1) {
            let after = |prefix: &str| section.lines().find_map(|line| line.strip_prefix(prefix)).unwrap();
            self.slots.push(SlotView {
                mid: after("a=mid:").to_owned(),
                video: section.starts_with("video"),
                ssrc: after("a=ssrc:").split(' ').next().unwrap().parse().unwrap(),
                seen: Vec::new(),
            });
        }
    }

    pub fn step(&mut self, now: Instant) {
        self.client.step(now);
        while self.requests.try_recv().is_ok() {}
        for packet in self.client.received.drain(..) {
            let Some(slot) = self.slots.iter_mut().find(|slot| slot.ssrc == packet.header.ssrc) else {
                continue;
            };
            let picture = slot.video.then(|| read_picture(&packet.payload));
            slot.seen.push(Seen {
                at: now,
                sequence: packet.header.sequence_number,
                timestamp: packet.header.timestamp,
                marker: packet.header.marker,
                tag: if slot.video {
                    packet.payload[16]
                } else {
                    packet.payload[0]
                },
                picture,
            });
        }
    }

    /// Asks for a key frame on a slot, as a decoder does.
    pub fn cannot_decode(&mut self, slot: usize, now: Instant) {
        let request = PictureLossIndication {
            sender_ssrc: 1,
            media_ssrc: self.slots[slot].ssrc,
        };
        let receiver = self.client.connection.get_receivers().next().unwrap();
        let mut receiver = self.client.connection.rtp_receiver(receiver).unwrap();
        receiver.write_rtcp(now, vec![Box::new(request)]).unwrap();
    }
}

fn read_picture(payload: &[u8]) -> Picture {
    Picture {
        picture_id: u16::from_be_bytes([payload[2], payload[3]]) & 0x7fff,
        tl0: payload[4],
        first: payload[0] & 0x10 != 0,
        key: payload[0] & 0x10 != 0 && payload[6] & 1 == 0,
        height: u16::from_le_bytes([payload[14], payload[15]]),
    }
}

/// Hears PLIs, which webrtc-rs keeps from applications.
struct KeyFrameRequests {
    requests: Sender<u32>,
    inbound: VecDeque<TaggedPacket>,
    outbound: VecDeque<TaggedPacket>,
}

impl KeyFrameRequests {
    fn new(requests: Sender<u32>) -> Self {
        Self {
            requests,
            inbound: VecDeque::new(),
            outbound: VecDeque::new(),
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for KeyFrameRequests {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &tagged.message.packet {
            for request in packets
                .iter()
                .filter_map(|packet| packet.as_any().downcast_ref::<PictureLossIndication>())
            {
                let _ = self.requests.send(request.media_ssrc);
            }
        }
        self.inbound.push_back(tagged);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.inbound.pop_front()
    }

    fn handle_write(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        self.outbound.push_back(tagged);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.outbound.pop_front()
    }
}

impl Interceptor for KeyFrameRequests {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}
