//! A publisher's connection: webrtc-rs's peer connection with our work-arounds (retransmissions by rrid, nomination by
//! ourselves, early DTLS held back), and what is known of its tracks. Knows nothing of rooms.

pub(crate) mod capture;
pub(crate) mod jitter;
pub(crate) mod keyframes;
pub(crate) mod loudness;
pub(crate) mod report_tap;
pub(crate) mod rest;
pub(crate) mod rtx_by_rrid;
pub(crate) mod track;

use crate::{
    Publisher,
    codec::Codec,
    flight::Flight,
    outbox::{Outbox, Path, Pool},
    packet::{MediaPacket, TrackId},
    stun::{self, Credentials},
};
use bytes::BytesMut;
use capture::Offset;
use jitter::Jitter;
use keyframes::KeyFrames;
use loudness::Loudness;
use report_tap::ClockReport;
use rostrum_domain::{
    media::{Direction, LinkHealth, PeerLink, SourceHealth},
    time::Timestamp,
};
use rtc::{
    crypto::RTCCryptoProvider,
    peer_connection::{
        RTCPeerConnection,
        event::{RTCPeerConnectionEvent, RTCTrackEvent},
        message::RTCMessage,
        state::RTCPeerConnectionState,
        transport::RTCDtlsTransportState,
    },
    rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication,
    rtp_transceiver::RTCRtpReceiverId,
    sansio::Protocol,
    shared::{TaggedBytesMut, TransportContext, TransportProtocol},
};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, mpsc::Receiver},
    time::{Duration, Instant},
};
use track::Track;

/// From the answer to the first authentic check, and to the end of DTLS.
const CONNECT: Duration = Duration::from_secs(20);
/// DTLS datagrams kept until webrtc-rs accepts them; a ClientHello with a post-quantum share is two.
const MAX_HELD: usize = 4;
/// Three layers of video, with room for one that restarts under a new SSRC.
const MAX_LAYERS: usize = 6;

/// What the plane has to act upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Connected,
    Closed,
    /// A track appeared.
    Track,
}

/// Packets wanted by one slot of one subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub egress: usize,
    pub slot: usize,
}

/// What the negotiation agreed on.
pub(crate) struct Agreed {
    pub codecs: Vec<(u8, Codec)>,
    pub audio_level: Option<u8>,
    pub has_audio: bool,
    pub has_video: bool,
}

/// What a negotiation leaves behind.
pub(crate) struct Parts {
    pub publisher: Publisher,
    pub credentials: Credentials,
    pub agreed: Agreed,
    pub provider: Arc<dyn RTCCryptoProvider>,
    pub connection: RTCPeerConnection,
    pub reports: Receiver<ClockReport>,
    pub addresses: Vec<SocketAddr>,
}

/// A negotiated publisher, to be given to [`crate::Plane::add_ingest`].
pub struct Ingest {
    pub(crate) publisher: Publisher,
    pub(crate) credentials: Credentials,
    pub(crate) agreed: Agreed,
    provider: Arc<dyn RTCCryptoProvider>,
    connection: RTCPeerConnection,
    reports: Receiver<ClockReport>,
    addresses: Vec<SocketAddr>,
    /// Paths by the remote addresses that webrtc-rs sees, to answer from where and by the way we were spoken to.
    paths: HashMap<SocketAddr, Path>,
    held: Vec<(Path, Vec<u8>)>,
    flight: Flight<Path>,
    nominated: bool,
    said_goodbye: bool,
    pub(crate) connected: bool,
    deadline: Option<Instant>,
    streams: HashMap<u32, Stream>,
    pub(crate) audio: Option<Track>,
    pub(crate) layers: Vec<Track>,
    pub(crate) offset: Offset,
    pub(crate) loudness: Loudness,
    jitter: Jitter,
    pub(crate) keyframes: KeyFrames,
    pub(crate) audio_routes: Vec<Route>,
    pub(crate) video_routes: Vec<Route>,
    pub(crate) outbox: Outbox,
}

/// A stream as webrtc-rs announced it.
struct Stream {
    receiver: RTCRtpReceiverId,
    rid: Option<String>,
}

impl Ingest {
    pub(crate) fn new(parts: Parts, now: Instant) -> Self {
        Self {
            publisher: parts.publisher,
            credentials: parts.credentials,
            agreed: parts.agreed,
            provider: parts.provider,
            connection: parts.connection,
            reports: parts.reports,
            addresses: parts.addresses,
            paths: HashMap::new(),
            held: Vec::new(),
            flight: Flight::default(),
            nominated: false,
            said_goodbye: false,
            connected: false,
            deadline: Some(now + CONNECT),
            streams: HashMap::new(),
            audio: None,
            layers: Vec::new(),
            offset: Offset::default(),
            loudness: Loudness::default(),
            jitter: Jitter::default(),
            keyframes: KeyFrames::default(),
            audio_routes: Vec::new(),
            video_routes: Vec::new(),
            outbox: Outbox::default(),
        }
    }

    /// A connectivity check that names us; false when it is not authentic.
    pub(crate) fn handle_check(&mut self, now: Instant, path: Path, data: &[u8]) -> bool {
        if stun::authenticate(data, &self.credentials, self.provider.crypto()).is_none() {
            return false;
        }
        self.paths.insert(path.seen(), path);
        self.feed(now, path.seen(), data);
        true
    }

    pub(crate) fn forget_address(&mut self, address: SocketAddr) {
        self.paths.retain(|_, path| path.remote != address);
    }

    /// Anything but a check, from an address that was authenticated.
    pub(crate) fn handle_datagram(&mut self, now: Instant, path: Path, data: &[u8]) {
        if !self.nominated && is_dtls(data) {
            // webrtc-rs drops DTLS before ICE has chosen a pair; the client would repeat it a second later.
            if self.held.len() < MAX_HELD {
                self.held.push((path, data.to_vec()));
            }
            return;
        }
        self.feed(now, path.seen(), data);
        if !self.nominated && stun::is_success_response(data) {
            self.nominate(now, path);
        }
        if self.connected && is_dtls(data) {
            self.said_goodbye = self.dtls_closed();
        }
    }

    /// webrtc-rs keeps a connection whose DTLS was closed "connected" until ICE gives up.
    fn dtls_closed(&mut self) -> bool {
        let receiver = self.connection.get_receivers().next();
        let mut receiver = receiver.and_then(|receiver| self.connection.rtp_receiver(receiver));
        let transport = receiver.as_mut().and_then(|receiver| receiver.transport());
        transport.is_some_and(|transport| transport.state() == RTCDtlsTransportState::Closed)
    }

    /// The client answered our check: the path works both ways, choose it without waiting for its nomination.
    fn nominate(&mut self, now: Instant, path: Path) {
        let transaction = *b"self-nominat";
        if let Some(check) = stun::nomination(transaction, &self.credentials, self.provider.crypto()) {
            self.feed(now, path.seen(), &check);
        }
        self.nominated = true;
        for (path, data) in std::mem::take(&mut self.held) {
            self.feed(now, path.seen(), &data);
        }
    }

    fn feed(&mut self, now: Instant, from: SocketAddr, data: &[u8]) {
        let result = self.connection.handle_read(TaggedBytesMut {
            now,
            transport: TransportContext {
                local_addr: self.local_for(from),
                peer_addr: from,
                transport_protocol: TransportProtocol::UDP,
                ecn: None,
            },
            message: BytesMut::from(data),
        });
        if let Err(error) = result {
            tracing::debug!(%error, "a publisher's datagram was refused");
        }
    }

    /// webrtc-rs knows our side by the announced candidates, whatever address the socket is bound to.
    fn local_for(&self, from: SocketAddr) -> SocketAddr {
        self.addresses
            .iter()
            .find(|address| address.is_ipv4() == from.is_ipv4())
            .or(self.addresses.first())
            .copied()
            .unwrap_or(from)
    }

    /// Call after everything that was fed in: moves out what came of it.
    pub(crate) fn drain(
        &mut self,
        now: Instant,
        pool: &mut Pool,
        next_track: &mut u64,
        packets: &mut Vec<MediaPacket>,
        events: &mut Vec<Event>,
    ) {
        while let Some(event) = self.connection.poll_event() {
            self.handle_event(event, events);
        }
        if std::mem::take(&mut self.said_goodbye) {
            events.push(Event::Closed);
        }
        while let Some(message) = self.connection.poll_read() {
            if let RTCMessage::RtpPacket(_, packet) = message.message {
                self.handle_rtp(now, packet, next_track, packets, events);
            }
        }
        while let Ok(report) = self.reports.try_recv() {
            let tracks = self.audio.iter_mut().chain(&mut self.layers);
            for track in tracks.filter(|track| track.ssrc == report.ssrc) {
                track.clock.report(report.ntp, report.rtp);
            }
        }
        self.ask_for_key_frames(now);
        while let Some(transmit) = self.connection.poll_write() {
            let remote = transmit.transport.peer_addr;
            let path = self.paths.get(&remote).copied();
            let path = path.unwrap_or(Path { remote, local: None });
            if is_dtls(&transmit.message) {
                self.flight.keep(now, path, &transmit.message);
            }
            self.outbox.push_bytes(pool, path, &transmit.message);
        }
        for (path, datagram) in self.flight.again(now) {
            self.outbox.push_bytes(pool, *path, datagram);
        }
    }

    fn handle_event(&mut self, event: RTCPeerConnectionEvent, events: &mut Vec<Event>) {
        match event {
            RTCPeerConnectionEvent::OnTrack(RTCTrackEvent::OnOpen(open)) if self.streams.len() < 2 * MAX_LAYERS => {
                let rid = open.rid.map(|rid| rid.to_string());
                self.streams.insert(
                    open.ssrc,
                    Stream {
                        receiver: open.receiver_id,
                        rid,
                    },
                );
            }
            RTCPeerConnectionEvent::OnConnectionStateChangeEvent(state) => match state {
                RTCPeerConnectionState::Connected if !self.connected && self.dtls_closed() => {
                    events.push(Event::Closed)
                }
                RTCPeerConnectionState::Connected if !self.connected => {
                    self.connected = true;
                    self.flight.finish();
                    self.nominated = true;
                    self.deadline = None;
                    events.push(Event::Connected);
                }
                RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed => events.push(Event::Closed),
                _ => {}
            },
            _ => {}
        }
    }

    fn handle_rtp(
        &mut self,
        now: Instant,
        packet: rtc::rtp::Packet,
        next_track: &mut u64,
        packets: &mut Vec<MediaPacket>,
        events: &mut Vec<Event>,
    ) {
        let payload_type = packet.header.payload_type;
        let Some(codec) = self
            .agreed
            .codecs
            .iter()
            .find(|(number, _)| *number == payload_type)
            .map(|(_, codec)| *codec)
        else {
            return;
        };
        let ssrc = packet.header.ssrc;
        if codec == Codec::Opus || !self.agreed.has_audio {
            self.jitter.hear(now, packet.header.timestamp, codec.clock_rate());
        }
        if codec == Codec::Opus {
            let level = self.agreed.audio_level.and_then(|id| packet.header.get_extension(id));
            self.loudness.hear(
                now,
                level.and_then(|level| level.first().copied()),
                packet.payload.len(),
            );
            if self.audio.as_ref().is_none_or(|track| track.ssrc != ssrc) {
                *next_track += 1;
                self.audio = Some(Track::new(TrackId(*next_track), ssrc, codec, None));
                events.push(Event::Track);
            }
            packets.extend(self.audio.as_mut().map(|track| track.take(now, packet)));
            return;
        }
        let known = self
            .layers
            .iter()
            .position(|track| track.ssrc == ssrc && track.codec == codec);
        let index = match known {
            Some(index) => index,
            None => {
                let rid = self.streams.get(&ssrc).and_then(|stream| stream.rid.clone());
                // A restarted layer takes the place of the one it replaces.
                self.layers.retain(|track| track.rid != rid);
                if self.layers.len() == MAX_LAYERS {
                    return;
                }
                *next_track += 1;
                self.layers.push(Track::new(TrackId(*next_track), ssrc, codec, rid));
                events.push(Event::Track);
                self.layers.len() - 1
            }
        };
        if self.layers[index].rest.came() {
            events.push(Event::Track);
        }
        let packet = self.layers[index].take(now, packet);
        if packet.entry {
            self.keyframes.seen(packet.track);
        }
        packets.push(packet);
    }

    /// The track of this source with that identity.
    pub(crate) fn track(&self, id: TrackId) -> Option<&Track> {
        self.audio.iter().chain(&self.layers).find(|track| track.id == id)
    }

    /// When the packet was captured, on the room clock.
    pub(crate) fn captured(&mut self, packet: &MediaPacket, wall: Timestamp) -> Timestamp {
        let mut tracks = self.audio.iter_mut().chain(&mut self.layers);
        match tracks.find(|track| track.id == packet.track) {
            Some(track) => track.clock.captured(&mut self.offset, packet.timestamp, wall),
            None => wall,
        }
    }

    /// Layers that are coming in, lowest first.
    pub(crate) fn alive_layers(&self) -> Vec<&Track> {
        let newest = self.layers.iter().filter_map(|track| track.last).max();
        let mut alive: Vec<&Track> = self.layers.iter().filter(|track| track.alive(newest)).collect();
        alive.sort_by_key(|track| track.rank());
        alive
    }

    /// Layers that may be chosen, lowest first: those that are coming in, and those that rest until they are wanted.
    pub(crate) fn offered_layers(&self, now: Instant) -> Vec<&Track> {
        let newest = self.layers.iter().filter_map(|track| track.last).max();
        let mut offered: Vec<&Track> = self.layers.iter().filter(|track| track.on_offer(now, newest)).collect();
        offered.sort_by_key(|track| track.rank());
        offered
    }

    /// What comes in now of a layer that was chosen: itself, else the next smaller, else whatever there is.
    pub(crate) fn coming(&self, chosen: TrackId, usable: impl Fn(&Track) -> bool) -> Option<TrackId> {
        let rank = self.track(chosen)?.rank();
        let alive = self.alive_layers();
        let mut usable = alive.iter().filter(|track| usable(track));
        let below = usable.clone().rev().find(|track| track.rank() <= rank);
        below.or(usable.next()).map(|track| track.id)
    }

    /// Which layers anybody wants; the lowest always counts as wanted, so that there is a picture at once when somebody
    /// comes. The layers that rest now, when the publisher has to be told.
    pub(crate) fn rest_unwanted(&mut self, now: Instant, wanted: &[TrackId]) -> Option<Vec<String>> {
        let lowest = self.offered_layers(now).first().map(|track| track.id);
        let mut changed = false;
        for track in self.layers.iter_mut().filter(|track| track.rid.is_some()) {
            changed |= track
                .rest
                .want(now, lowest == Some(track.id) || wanted.contains(&track.id));
        }
        changed.then(|| {
            let resting = self.layers.iter().filter(|track| track.rest.paused());
            resting.filter_map(|track| track.rid.clone()).collect()
        })
    }

    fn ask_for_key_frames(&mut self, now: Instant) {
        let Some(id) = self.keyframes.poll(now) else { return };
        let Some(ssrc) = self.layers.iter().find(|track| track.id == id).map(|track| track.ssrc) else {
            return;
        };
        let Some(receiver) = self.streams.get(&ssrc).map(|stream| stream.receiver) else {
            return;
        };
        if let Some(mut receiver) = self.connection.rtp_receiver(receiver) {
            let request = PictureLossIndication {
                sender_ssrc: 0,
                media_ssrc: ssrc,
            };
            let _ = receiver.write_rtcp(now, vec![Box::new(request)]);
        }
    }

    /// Closes one second of statistics.
    pub(crate) fn health(&mut self, now: Instant, passed: Duration) -> SourceHealth {
        let layers = self.alive_layers().len() as u8;
        let mut sum = track::Second::default();
        for second in self
            .audio
            .iter_mut()
            .chain(&mut self.layers)
            .map(|track| track.second(passed))
        {
            sum.bits = sum.bits.saturating_add(second.bits);
            sum.expected += second.expected;
            sum.received += second.received;
        }
        SourceHealth {
            bitrate: sum.bits,
            loss: (sum.expected - sum.received) as f32 / (sum.expected.max(1)) as f32,
            layers,
            level: self.loudness.at(now),
        }
    }

    /// The same second for the quality wall.
    pub(crate) fn link(&self, health: SourceHealth) -> PeerLink {
        let tallest = self
            .alive_layers()
            .iter()
            .filter_map(|track| track.size)
            .map(|(_, height)| height)
            .max();
        PeerLink {
            seat: self.publisher.seat,
            direction: Direction::Up,
            kind: Some(self.publisher.kind),
            health: LinkHealth {
                // The server sends nothing that could be reported on.
                rtt_ms: None,
                loss: health.loss,
                jitter_ms: self.jitter.millis(),
                bitrate: health.bitrate,
                height: tallest,
                freezes: 0,
            },
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant, events: &mut Vec<Event>) {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            events.push(Event::Closed);
            return;
        }
        if self.connection.poll_timeout().is_some_and(|at| at <= now)
            && let Err(error) = self.connection.handle_timeout(now)
        {
            tracing::debug!(%error, "a publisher's timers failed");
        }
    }

    pub(crate) fn next_deadline(&mut self) -> Option<Instant> {
        let others = [self.deadline, self.keyframes.due(), self.flight.due()];
        [self.connection.poll_timeout()]
            .into_iter()
            .chain(others)
            .flatten()
            .min()
    }

    pub(crate) fn close(&mut self, pool: &mut Pool) {
        let _ = self.connection.close();
        while let Some(transmit) = self.connection.poll_write() {
            let remote = transmit.transport.peer_addr;
            let path = self.paths.get(&remote).copied();
            let path = path.unwrap_or(Path { remote, local: None });
            self.outbox.push_bytes(pool, path, &transmit.message);
        }
    }
}

fn is_dtls(data: &[u8]) -> bool {
    data.first().is_some_and(|first| (20..=63).contains(first))
}
