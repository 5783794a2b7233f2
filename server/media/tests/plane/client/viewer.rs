//! A viewer that keeps what its slots received, repairs losses and shows pictures.

use super::{Client, Seen, SlotView, picture};
use rostrum_domain::id::SubscriberId;
use rtc::{
    peer_connection::RTCPeerConnection,
    rtcp::{
        self,
        payload_feedbacks::picture_loss_indication::PictureLossIndication,
        transport_feedbacks::transport_layer_nack::{TransportLayerNack, nack_pairs_from_sequence_numbers},
    },
    rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit, rtp_sender::RtpCodecKind},
};
use std::{
    net::SocketAddr,
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

pub struct Viewer {
    pub client: Client,
    pub id: SubscriberId,
    pub slots: Vec<SlotView>,
    /// As the client believes it to be.
    pub round_trip: Duration,
    /// Asks also for what its decoder has given up: shows what the server can still repeat.
    pub thorough: bool,
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
            round_trip: Duration::from_millis(50),
            thorough: false,
            requests,
        }
    }

    pub fn learn_slots(&mut self, answer: &str) {
        self.slots = answer.split("m=").skip(1).map(SlotView::from_section).collect();
    }

    pub fn step(&mut self, now: Instant) {
        self.client.step(now);
        while self.requests.try_recv().is_ok() {}
        for packet in self.client.received.drain(..) {
            let Some(slot) = self.slots.iter_mut().find(|slot| slot.ssrc == packet.header.ssrc) else {
                continue;
            };
            let number = packet.header.sequence_number;
            let picture = picture::read(&packet.payload).filter(|_| slot.video);
            if slot.video {
                let extended = slot.repair.hear(now, number);
                let marker = packet.header.marker;
                if let Some(done) = slot.decoder.take(now, extended, marker, picture)
                    && !self.thorough
                {
                    slot.repair.forget_before(done);
                }
                if picture.is_none() {
                    continue;
                }
            }
            slot.seen.push(Seen {
                at: now,
                sequence: number,
                timestamp: packet.header.timestamp,
                marker: packet.header.marker,
                tag: picture.map_or(packet.payload.first().copied().unwrap_or(0), |picture| picture.tag),
                picture,
            });
        }
        if self.client.connected {
            self.complain(now);
        }
    }

    fn complain(&mut self, now: Instant) {
        let mut reports: Vec<Box<dyn rtcp::Packet>> = Vec::new();
        for slot in self.slots.iter_mut().filter(|slot| slot.video) {
            let lost = slot.repair.due(now, self.round_trip);
            if !lost.is_empty() {
                reports.push(Box::new(TransportLayerNack {
                    sender_ssrc: 1,
                    media_ssrc: slot.ssrc,
                    nacks: nack_pairs_from_sequence_numbers(&lost),
                }));
            }
            if slot.decoder.lacks_key_frame(now) {
                reports.push(Box::new(PictureLossIndication {
                    sender_ssrc: 1,
                    media_ssrc: slot.ssrc,
                }));
            }
        }
        if !reports.is_empty() {
            self.report(now, reports);
        }
    }

    fn report(&mut self, now: Instant, reports: Vec<Box<dyn rtcp::Packet>>) {
        let connection: &mut RTCPeerConnection = &mut self.client.connection;
        let receiver = connection.get_receivers().next().unwrap();
        let mut receiver = connection.rtp_receiver(receiver).unwrap();
        receiver.write_rtcp(now, reports).unwrap();
        self.client.busy = true;
    }

    /// Asks for a key frame on a slot, as a decoder does.
    pub fn cannot_decode(&mut self, slot: usize, now: Instant) {
        let media_ssrc = self.slots[slot].ssrc;
        self.report(
            now,
            vec![Box::new(PictureLossIndication {
                sender_ssrc: 1,
                media_ssrc,
            })],
        );
    }

    /// Claims that it lost these.
    pub fn lost(&mut self, slot: usize, numbers: &[u16], now: Instant) {
        let media_ssrc = self.slots[slot].ssrc;
        let nacks = nack_pairs_from_sequence_numbers(numbers);
        self.report(
            now,
            vec![Box::new(TransportLayerNack {
                sender_ssrc: 1,
                media_ssrc,
                nacks,
            })],
        );
    }
}
