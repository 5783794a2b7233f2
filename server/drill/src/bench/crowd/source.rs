//! A browser that publishes: frames cut into packets, paced as browsers pace them, and recorded speech. Each picture
//! packet ends with the time it was sent, so that a probe knows how long it travelled.

use super::{
    link::Link,
    offer::{AUDIO_LEVEL, TRANSPORT_CC},
};
use crate::{
    peer::{OPUS, VP8},
    voice::{PACKET, SAMPLES, Voice},
};
use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

/// Picture packets that leave in one step of the pacer (5 ms): 3.2 Mbit/s and more, as a browser paces 1.5 Mbit/s.
const STEP: usize = 2;
/// Packets longer than this end with a time stamp; sound is shorter.
pub(super) const STAMPED_FROM: usize = 400;
/// A source that was kept from its clock catches up with at most so much.
const MOST_LATE: Duration = Duration::from_millis(200);

/// What is published.
#[derive(Clone)]
pub(in crate::bench) struct Programme {
    pub pictures: Option<Pictures>,
    pub voice: Arc<Voice>,
    /// −dBov of what is said, told in each packet; 127 is silence.
    pub level: u8,
}

#[derive(Clone, Copy)]
pub(in crate::bench) struct Pictures {
    pub frames_per_second: u32,
    pub packets_per_frame: usize,
    /// RTP payload of each packet, in bytes.
    pub payload: usize,
}

impl Programme {
    pub fn video(&self) -> bool {
        self.pictures.is_some()
    }
}

pub(super) struct Streams {
    pub audio: u32,
    pub video: u32,
}

impl Streams {
    pub fn random() -> Self {
        let first = rand::random::<u32>() | 1;
        Self {
            audio: first,
            video: first ^ 0x8000,
        }
    }
}

pub(super) struct Source {
    programme: Programme,
    streams: Streams,
    clock: Option<Clock>,
    transport: u16,
    sound: usize,
    sound_sequence: u16,
    picture: u16,
    picture_sequence: u16,
    /// Packets of the current frame that wait for the pacer.
    waiting: usize,
    key: bool,
    packet: Vec<u8>,
}

struct Clock {
    next_sound: Instant,
    next_frame: Instant,
}

impl Source {
    pub fn new(programme: Programme, streams: Streams) -> Self {
        Self {
            programme,
            streams,
            clock: None,
            transport: 0,
            sound: 0,
            sound_sequence: 0,
            picture: 0,
            picture_sequence: 0,
            waiting: 0,
            key: true,
            packet: Vec::new(),
        }
    }

    /// RTCP of the server: a key frame may be asked for.
    pub fn hear(&mut self, data: &[u8], link: &mut Link) {
        let Some(plain) = link.keys.as_mut().and_then(|keys| keys.inbound.decrypt_rtcp(data).ok()) else {
            return;
        };
        let mut compound = &plain[..];
        while let Some(header) = compound.first_chunk::<4>() {
            let length = 4 * (1 + usize::from(u16::from_be_bytes([header[2], header[3]])));
            // Payload-specific feedback: PLI or FIR.
            self.key |= header[1] == 206;
            compound = compound.get(length..).unwrap_or_default();
        }
    }

    /// Sends what is due; gives the number of packets.
    pub fn tick(&mut self, now: Instant, link: &mut Link) -> u64 {
        if link.keys.is_none() {
            return 0;
        }
        let clock = self.clock.get_or_insert(Clock {
            next_sound: now,
            next_frame: now,
        });
        let floor = now.checked_sub(MOST_LATE).unwrap_or(now);
        clock.next_sound = clock.next_sound.max(floor);
        clock.next_frame = clock.next_frame.max(floor);
        let (mut sounds, mut frames) = (0usize, 0usize);
        while clock.next_sound <= now {
            clock.next_sound += PACKET;
            sounds += 1;
        }
        if let Some(pictures) = self.programme.pictures {
            while clock.next_frame <= now {
                clock.next_frame += Duration::from_secs(1) / pictures.frames_per_second;
                frames += 1;
            }
        }
        let mut sent = 0;
        for _ in 0..sounds {
            self.send_sound(link);
            sent += 1;
        }
        if let Some(pictures) = self.programme.pictures {
            // A late pacer sends what it owes.
            let step = STEP + frames.saturating_sub(1) * pictures.packets_per_frame;
            for _ in 0..frames {
                self.waiting += pictures.packets_per_frame;
            }
            for _ in 0..step.min(self.waiting) {
                self.send_picture(pictures, link);
                sent += 1;
            }
        }
        sent
    }

    fn send_sound(&mut self, link: &mut Link) {
        let sounds = &self.programme.voice.packets;
        let Some(sound) = sounds
            .get(self.sound % sounds.len().max(1))
            .map(|sound| sound.data.clone())
        else {
            return;
        };
        let timestamp = (self.sound as u32).wrapping_mul(SAMPLES);
        self.sound += 1;
        self.sound_sequence = self.sound_sequence.wrapping_add(1);
        let level = self.programme.level | if self.programme.level < 50 { 0x80 } else { 0 };
        self.begin(
            OPUS,
            false,
            self.sound_sequence,
            timestamp,
            self.streams.audio,
            Some(level),
        );
        self.packet.extend_from_slice(&sound);
        self.seal(link);
    }

    fn send_picture(&mut self, pictures: Pictures, link: &mut Link) {
        let at = (pictures.packets_per_frame - self.waiting % pictures.packets_per_frame) % pictures.packets_per_frame;
        self.waiting -= 1;
        let (first, last) = (at == 0, at + 1 == pictures.packets_per_frame);
        if first {
            self.picture = self.picture.wrapping_add(1) & 0x7fff;
        }
        self.picture_sequence = self.picture_sequence.wrapping_add(1);
        let timestamp = u32::from(self.picture).wrapping_mul(90_000 / pictures.frames_per_second);
        self.begin(VP8, last, self.picture_sequence, timestamp, self.streams.video, None);
        // RFC 7741 section 4.2: extended, with a picture id of 15 bits.
        let [high, low] = self.picture.to_be_bytes();
        self.packet
            .extend_from_slice(&[if first { 0x90 } else { 0x80 }, 0x80, 0x80 | high, low]);
        let start = self.packet.len();
        self.packet.resize(start + pictures.payload - 4, 0x5a);
        if first {
            // RFC 6386 section 9.1: frame tag, then for key frames the start code and 1280×720.
            let key = std::mem::take(&mut self.key);
            self.packet[start] = if key { 0x10 } else { 0x11 };
            if key {
                self.packet[start + 3..start + 10].copy_from_slice(&[0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02]);
            }
        }
        let end = self.packet.len();
        self.packet[end - 8..].copy_from_slice(&nanos(SystemTime::now()).to_be_bytes());
        self.seal(link);
    }

    fn begin(&mut self, kind: u8, marker: bool, sequence: u16, timestamp: u32, ssrc: u32, level: Option<u8>) {
        let packet = &mut self.packet;
        packet.clear();
        packet.extend_from_slice(&[0x90, kind | if marker { 0x80 } else { 0 }]);
        packet.extend_from_slice(&sequence.to_be_bytes());
        packet.extend_from_slice(&timestamp.to_be_bytes());
        packet.extend_from_slice(&ssrc.to_be_bytes());
        self.transport = self.transport.wrapping_add(1);
        let [high, low] = self.transport.to_be_bytes();
        let transport = TRANSPORT_CC << 4 | 1;
        match level {
            Some(level) => {
                packet.extend_from_slice(&[0xbe, 0xde, 0, 2, transport, high, low, AUDIO_LEVEL << 4, level, 0, 0, 0])
            }
            None => packet.extend_from_slice(&[0xbe, 0xde, 0, 1, transport, high, low, 0]),
        }
    }

    fn seal(&mut self, link: &mut Link) {
        let sealed = link
            .keys
            .as_mut()
            .and_then(|keys| keys.outbound.encrypt_rtp(&self.packet).ok());
        link.out.extend(sealed.map(|sealed| sealed.to_vec()));
    }
}

/// When a decrypted picture packet was sent.
pub(super) fn stamp_in(packet: &[u8]) -> Option<i64> {
    packet.last_chunk::<8>().map(|stamp| i64::from_be_bytes(*stamp))
}

pub(super) fn nanos(at: SystemTime) -> i64 {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}
