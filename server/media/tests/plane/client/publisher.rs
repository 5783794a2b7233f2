//! A publisher that sends numbered pictures and sound.

use super::{
    AUDIO_LEVEL, Client,
    codecs::{OPUS, VP8, encoding},
    picture,
};
use bytes::Bytes;
use rostrum_domain::id::SourceId;
use rtc::{
    media_stream::MediaStreamTrack,
    peer_connection::RTCPeerConnection,
    rtp,
    rtp_transceiver::{
        RTCRtpSenderId, RTCRtpTransceiverDirection, RTCRtpTransceiverInit,
        rtp_sender::{RTCRtpEncodingParameters, RtpCodecKind},
    },
};
use std::{
    net::SocketAddr,
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

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
    /// A key frame is so many times as large as another frame.
    pub key_frame_weight: usize,
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
            key_frame_weight: 1,
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

    /// How many packets a frame of each layer has, lowest first: 180 kbit/s each.
    pub fn weigh(&mut self, packets: &[usize]) {
        for (layer, &packets) in self.layers.iter_mut().zip(packets) {
            layer.packets = packets;
        }
    }

    /// The stream that carries its sound.
    pub fn audio_ssrc(&self) -> u32 {
        self.audio_ssrc
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
        self.client.busy = true;
        self.client
            .connection
            .rtp_sender(self.audio)
            .unwrap()
            .write_rtp(now, packet)
            .unwrap();
    }

    fn send_picture(&mut self, now: Instant) {
        self.frame += 1;
        self.client.busy = true;
        let key = std::mem::take(&mut self.key_frame);
        let mid = extension_id(&self.client.offer, "urn:ietf:params:rtp-hdrext:sdes:mid");
        let rid_id = extension_id(&self.client.offer, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id");
        for layer in &mut self.layers[..self.layers_sent] {
            let packets = layer.packets * if key { self.key_frame_weight } else { 1 };
            for piece in 0..packets {
                let ticks = (now - self.start).as_micros() * 90 / 1000;
                layer.sequence = layer.sequence.wrapping_add(1);
                let mut packet = packet(VP8, layer.ssrc, layer.sequence, ticks);
                packet.header.marker = piece + 1 == packets;
                packet.payload = picture::write(self.tag, self.frame, piece == 0, key, layer.size);
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
