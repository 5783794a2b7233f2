//! Sends sound every 20 ms and pictures at their frame rate, from one timer per publisher: one wake-up for both.

use super::Utterance;
use crate::{
    ivf::Clip,
    peer::{OPUS, VP8},
    voice::{PACKET, SAMPLES, SILENCE, SILENCE_LEVEL, Sound},
};
use bytes::Bytes;
use rtc::{
    rtp::{
        self, Header,
        codec::vp8::Vp8Payloader,
        extension::{HeaderExtension, audio_level_extension::AudioLevelExtension},
        packetizer::Payloader,
    },
    shared::error::Error,
};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};
use webrtc::media_stream::track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP};

/// Largest RTP payload. Higher: fragments on tunnelled networks; lower: more packets.
const PAYLOAD: usize = 1180;
/// RTP ticks (90 kHz) in one turn of 20 ms.
const TURN: u32 = 1800;

pub(super) struct Pacer {
    pub microphone: Microphone,
    pub picture: Option<Picture>,
}

impl Pacer {
    /// Runs until the connection refuses packets.
    pub async fn run(mut self) {
        let mut turns = interval(PACKET);
        // A late turn is made up for: sound keeps its pace.
        turns.set_missed_tick_behavior(MissedTickBehavior::Burst);
        loop {
            turns.tick().await;
            let sent = match &mut self.picture {
                Some(picture) => {
                    let sound = self.microphone.turn().await;
                    sound.and(picture.turn().await)
                }
                None => self.microphone.turn().await,
            };
            if let Err(error) = sent {
                tracing::debug!(%error, "the publisher's connection takes no more packets");
                return;
            }
        }
    }
}

pub(super) struct Microphone {
    track: Arc<TrackLocalStaticRTP>,
    header: Header,
    utterances: mpsc::Receiver<Utterance>,
    now: Option<(Utterance, usize)>,
}

impl Microphone {
    pub fn new(track: Arc<TrackLocalStaticRTP>, ssrc: u32, utterances: mpsc::Receiver<Utterance>) -> Self {
        Self {
            track,
            header: header(ssrc, OPUS),
            utterances,
            now: None,
        }
    }

    async fn turn(&mut self) -> Result<(), Error> {
        if self.now.is_none() {
            self.now = self.utterances.try_recv().ok().map(|utterance| (utterance, 0));
            // First packet of a talk spurt, RFC 3551 section 4.1.
            self.header.marker = self.now.is_some();
        }
        let sound = match &mut self.now {
            Some((utterance, at)) => {
                *at += 1;
                utterance.voice.packets.get(*at - 1).cloned()
            }
            None => None,
        };
        if sound.is_none()
            && let Some((utterance, _)) = self.now.take()
        {
            // Whoever waited may have left: then nobody needs to know.
            let _ = utterance.said.send(());
        }
        let sound = sound.unwrap_or(Sound {
            data: SILENCE,
            level: SILENCE_LEVEL,
        });
        let level = AudioLevelExtension {
            level: sound.level,
            voice: sound.level < 50,
        };
        let packet = rtp::Packet {
            header: self.header.clone(),
            payload: sound.data,
        };
        advance(&mut self.header);
        self.header.timestamp = self.header.timestamp.wrapping_add(SAMPLES);
        self.track
            .write_rtp_with_extensions(packet, &[HeaderExtension::AudioLevel(level)])
            .await
    }
}

pub(super) struct Picture {
    track: Arc<TrackLocalStaticRTP>,
    header: Header,
    clip: Arc<Clip>,
    next: usize,
    /// Ticks until the next frame is due.
    due: u32,
    payloader: Vp8Payloader,
    requests: Arc<AtomicU32>,
    answered: u32,
}

impl Picture {
    pub fn new(track: Arc<TrackLocalStaticRTP>, ssrc: u32, clip: Arc<Clip>, requests: Arc<AtomicU32>) -> Self {
        let mut payloader = Vp8Payloader::default();
        payloader.enable_picture_id = true;
        Self {
            track,
            header: header(ssrc, VP8),
            clip,
            next: 0,
            due: 0,
            payloader,
            requests,
            answered: 0,
        }
    }

    async fn turn(&mut self) -> Result<(), Error> {
        if self.due >= TURN {
            self.due -= TURN;
            return Ok(());
        }
        self.due += self.clip.ticks - TURN;
        let asked = self.requests.load(Ordering::Relaxed);
        if asked != self.answered {
            self.answered = asked;
            self.next = next_key(&self.clip, self.next);
        }
        let frame = self.clip.frames[self.next].data.clone();
        self.next = (self.next + 1) % self.clip.frames.len();
        self.send(frame).await
    }

    async fn send(&mut self, frame: Bytes) -> Result<(), Error> {
        let pieces = self.payloader.payload(PAYLOAD, &frame)?;
        let last = pieces.len().saturating_sub(1);
        for (index, payload) in pieces.into_iter().enumerate() {
            self.header.marker = index == last;
            let packet = rtp::Packet {
                header: self.header.clone(),
                payload,
            };
            advance(&mut self.header);
            self.track.write_rtp(packet).await?;
        }
        self.header.timestamp = self.header.timestamp.wrapping_add(self.clip.ticks);
        Ok(())
    }
}

/// The first key frame at or after `from`, around the end of the loop if need be.
fn next_key(clip: &Clip, from: usize) -> usize {
    let later = clip.frames[from..]
        .iter()
        .position(|frame| frame.key)
        .map(|ahead| from + ahead);
    later.unwrap_or(0)
}

fn header(ssrc: u32, payload_type: u8) -> Header {
    Header {
        version: 2,
        payload_type,
        sequence_number: rand::random(),
        timestamp: rand::random(),
        ssrc,
        ..Default::default()
    }
}

fn advance(header: &mut Header) {
    header.sequence_number = header.sequence_number.wrapping_add(1);
    header.marker = false;
}
