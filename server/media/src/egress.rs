//! A subscriber's connection, our own lean transport: STUN responder, DTLS server, SRTP, fixed slots. Knows nothing of
//! rooms; it is told which track each slot wants and is handed packets.

pub(crate) mod budget;
pub(crate) mod dtls;
pub(crate) mod rtcp;
pub(crate) mod slot;
pub(crate) mod srtp;

use crate::{
    Subscriber, Terms,
    codec::vp8,
    continuity::{Placed, Sent},
    outbox::{Outbox, Path, Pool},
    packet::MediaPacket,
    stun::{self, Credentials},
};
use budget::Budget;
use dtls::{Dtls, Progress};
use rostrum_domain::{media::SlotShows, time::Timestamp};
use rtc::crypto::RTCCryptoProvider;
use rtcp::Feedback;
use slot::Slot;
use srtp::Srtp;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Consent expires after this long without an authentic check (RFC 7675).
const CONSENT: Duration = Duration::from_secs(30);
/// From the answer to the end of the DTLS handshake. Longer keeps more half-open peers, shorter fails slow networks.
const CONNECT: Duration = Duration::from_secs(20);
/// Sender reports, and with them the clock for lip synchronisation.
const REPORTS: Duration = Duration::from_secs(1);
/// Retransmissions answered per second and subscriber; a flood of NACKs gets no more.
const MAX_RESENDS: u32 = 400;

/// What the plane has to act upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Connected,
    Closed,
    KeyFrame { slot: usize },
    Nack { slot: usize, wire: u16 },
}

/// A negotiated subscriber, to be given to [`crate::Plane::add_egress`].
pub struct Egress {
    pub(crate) subscriber: Subscriber,
    pub(crate) credentials: Credentials,
    provider: Arc<dyn RTCCryptoProvider>,
    dtls: Dtls,
    srtp: Option<Srtp>,
    path: Option<Path>,
    pub(crate) slots: Vec<Slot>,
    /// What the viewer was last told about its slots.
    pub(crate) announced: Option<Vec<SlotShows>>,
    pub(crate) budget: Budget,
    transport_number: u16,
    pub(crate) outbox: Outbox,
    deadline: Instant,
    next_reports: Option<Instant>,
    resends: u32,
}

impl Egress {
    pub(crate) fn new(
        subscriber: Subscriber,
        credentials: Credentials,
        terms: &Terms<'_>,
        dtls: Dtls,
        slots: Vec<Slot>,
    ) -> Self {
        Self {
            subscriber,
            credentials,
            provider: terms.certificate.provider.clone(),
            dtls,
            srtp: None,
            path: None,
            slots,
            announced: None,
            budget: Budget::default(),
            transport_number: 0,
            outbox: Outbox::default(),
            deadline: terms.now + CONNECT,
            next_reports: None,
            resends: 0,
        }
    }

    pub(crate) fn connected(&self) -> bool {
        self.srtp.is_some()
    }

    /// A connectivity check that names us; false when it is not authentic.
    pub(crate) fn handle_check(&mut self, now: Instant, path: Path, data: &[u8], pool: &mut Pool) -> bool {
        let crypto = self.provider.crypto();
        let Some(check) = stun::authenticate(data, &self.credentials, crypto) else {
            return false;
        };
        // ICE-lite: the first authentic check, then only those that nominate, decide the path.
        if self.path.is_none() || check.nominates {
            self.path = Some(path);
        }
        if self.connected() {
            self.deadline = now + CONSENT;
        }
        if let Some(answer) = stun::success(&check, path.seen(), &self.credentials, crypto) {
            self.outbox.push_bytes(pool, path, &answer);
        }
        true
    }

    /// Anything but a check, from an address that was authenticated.
    pub(crate) fn handle_datagram(&mut self, now: Instant, data: &[u8], pool: &mut Pool, events: &mut Vec<Event>) {
        match data.first() {
            Some(20..=63) => self.handle_dtls(now, data, pool, events),
            Some(128..=191) if data.get(1).is_some_and(|kind| (192..=223).contains(kind)) => {
                self.handle_rtcp(now, data, events);
            }
            _ => {}
        }
    }

    fn handle_dtls(&mut self, now: Instant, data: &[u8], pool: &mut Pool, events: &mut Vec<Event>) {
        match self.dtls.read(now, data) {
            Progress::Nothing => {}
            Progress::Closed => events.push(Event::Closed),
            Progress::Established if self.srtp.is_some() => {}
            Progress::Established => {
                let crypto = self.provider.crypto();
                self.srtp = self.dtls.state().and_then(|state| Srtp::from_handshake(state, crypto));
                match self.srtp {
                    Some(_) => {
                        self.deadline = now + CONSENT;
                        events.push(Event::Connected);
                    }
                    None => events.push(Event::Closed),
                }
            }
        }
        self.flush_dtls(pool);
    }

    fn flush_dtls(&mut self, pool: &mut Pool) {
        while let Some(datagram) = self.dtls.poll_transmit() {
            if let Some(path) = self.path {
                self.outbox.push_bytes(pool, path, &datagram);
            }
        }
    }

    fn handle_rtcp(&mut self, now: Instant, data: &[u8], events: &mut Vec<Event>) {
        let Some(plain) = self.srtp.as_mut().and_then(|srtp| srtp.open_rtcp(data)) else {
            return;
        };
        let (slots, budget) = (&mut self.slots, &mut self.budget);
        let find = |slots: &[Slot], ssrc| slots.iter().position(|slot| slot.ssrc == ssrc);
        rtcp::read(&plain, |item| match item {
            Feedback::KeyFrame { ssrc } => {
                if let Some(slot) = find(slots, ssrc)
                    && slots[slot].may_ask(now)
                {
                    events.push(Event::KeyFrame { slot });
                }
            }
            Feedback::Nack { ssrc, first, following } => {
                if let Some(slot) = find(slots, ssrc) {
                    let lost = (0..16)
                        .filter(|bit| following >> bit & 1 == 1)
                        .map(|bit| first.wrapping_add(bit + 1));
                    events.extend(
                        std::iter::once(first)
                            .chain(lost)
                            .map(|wire| Event::Nack { slot, wire }),
                    );
                }
            }
            Feedback::Loss { ssrc, fraction } => {
                if find(slots, ssrc).is_some() {
                    budget.hear_report(fraction);
                }
            }
            Feedback::Transport { received, missing } => budget.hear_transport(received, missing),
        });
    }

    /// A packet of a source that the slot shows; goes out when its track feeds the slot or takes over here.
    pub(crate) fn forward(&mut self, slot: usize, packet: &MediaPacket, pool: &mut Pool) {
        let (Some(path), Some(srtp), Some(slot)) = (self.path, &mut self.srtp, self.slots.get_mut(slot)) else {
            return;
        };
        if slot.stream.track() != Some(packet.track) {
            if slot.wanted != Some(packet.track) || !packet.entry {
                return;
            }
            slot.stream.change_to(packet);
        }
        let Some(payload_type) = slot.codec(packet.codec).map(|codec| codec.payload_type) else {
            return;
        };
        let Some(placed) = slot.stream.place(packet) else {
            return;
        };
        let header = Header {
            payload_type,
            marker: packet.marker || placed.first && !slot.video,
            sequence: placed.sequence,
            timestamp: placed.timestamp,
            ssrc: slot.ssrc,
            transport: slot.transport_cc.map(|id| (id, self.transport_number)),
            original: None,
        };
        let outbox = &mut self.outbox;
        if let Some(length) = write(outbox, pool, path, srtp, &header, packet, placed) {
            self.transport_number = self.transport_number.wrapping_add(1);
            slot.packets = slot.packets.wrapping_add(1);
            slot.octets = slot.octets.wrapping_add(packet.payload.len() as u32);
            self.budget.count(slot.video, length);
        }
        if self.next_reports.is_none() {
            self.next_reports = Some(packet.arrived + REPORTS / 4);
        }
    }

    /// What the slot sent under a wire sequence number, if it may be sent again.
    pub(crate) fn asked_again(&mut self, slot: usize, wire: u16) -> Option<Sent> {
        if self.resends >= MAX_RESENDS {
            return None;
        }
        self.slots.get(slot)?.stream.sent(wire)
    }

    /// Retransmits on the slot's RTX stream (RFC 4588).
    pub(crate) fn resend(&mut self, slot: usize, sent: Sent, packet: &MediaPacket, pool: &mut Pool) {
        let (Some(path), Some(srtp), Some(slot)) = (self.path, &mut self.srtp, self.slots.get_mut(slot)) else {
            return;
        };
        let (Some(payload_type), Some(placed)) =
            (slot.codec(packet.codec).and_then(|codec| codec.rtx), sent.place(packet))
        else {
            return;
        };
        slot.rtx_sequence += 1;
        self.resends += 1;
        let header = Header {
            payload_type,
            marker: packet.marker,
            sequence: slot.rtx_sequence,
            timestamp: placed.timestamp,
            ssrc: slot.rtx_ssrc,
            transport: slot.transport_cc.map(|id| (id, self.transport_number)),
            original: Some(placed.sequence as u16),
        };
        if write(&mut self.outbox, pool, path, srtp, &header, packet, placed).is_some() {
            self.transport_number = self.transport_number.wrapping_add(1);
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant, wall: Timestamp, pool: &mut Pool, events: &mut Vec<Event>) {
        if now >= self.deadline {
            events.push(Event::Closed);
            return;
        }
        if self.dtls.poll_timeout().is_some_and(|at| at <= now) {
            self.dtls.handle_timeout(now);
            self.flush_dtls(pool);
        }
        if self.next_reports.is_some_and(|at| at <= now) {
            self.next_reports = Some(now + REPORTS);
            self.resends = 0;
            self.send_reports(now, wall, pool);
        }
    }

    fn send_reports(&mut self, now: Instant, wall: Timestamp, pool: &mut Pool) {
        let mut compound = Vec::new();
        for slot in &self.slots {
            if let Some(timestamp) = slot.stream.timestamp_at(now)
                && slot.stream.track().is_some()
            {
                let report = rtcp::Report {
                    ssrc: slot.ssrc,
                    timestamp,
                    packets: slot.packets,
                    octets: slot.octets,
                };
                rtcp::write_sender_report(&mut compound, wall, report);
            }
        }
        if compound.is_empty() {
            return;
        }
        if let (Some(path), Some(srtp)) = (self.path, &mut self.srtp)
            && let Some(sealed) = srtp.seal_rtcp(&compound)
        {
            self.outbox.push_bytes(pool, path, &sealed);
        }
    }

    pub(crate) fn next_deadline(&self) -> Instant {
        [self.dtls.poll_timeout(), self.next_reports]
            .into_iter()
            .flatten()
            .fold(self.deadline, Instant::min)
    }

    pub(crate) fn close(&mut self, now: Instant, pool: &mut Pool) {
        self.dtls.close(now);
        self.flush_dtls(pool);
    }
}

/// The variable parts of an RTP header.
struct Header {
    payload_type: u8,
    marker: bool,
    sequence: u64,
    timestamp: u32,
    ssrc: u32,
    /// Identifier and value of the transport-wide sequence number.
    transport: Option<(u8, u16)>,
    /// RTX: the original sequence number, which opens the payload.
    original: Option<u16>,
}

/// Writes and seals one packet straight into the outbox; its length, when it went.
fn write(
    outbox: &mut Outbox,
    pool: &mut Pool,
    path: Path,
    srtp: &mut Srtp,
    header: &Header,
    packet: &MediaPacket,
    placed: Placed,
) -> Option<usize> {
    let header_length = if header.transport.is_some() { 20 } else { 12 };
    let prefix = if header.original.is_some() { 2 } else { 0 };
    let length = header_length + prefix + packet.payload.len() + srtp.overhead();
    let written = outbox.push(pool, path, length, |buffer| {
        let start = buffer.len();
        buffer.reserve(length);
        buffer.push(if header.transport.is_some() { 0x90 } else { 0x80 });
        buffer.push(header.payload_type | if header.marker { 0x80 } else { 0 });
        buffer.extend_from_slice(&(header.sequence as u16).to_be_bytes());
        buffer.extend_from_slice(&header.timestamp.to_be_bytes());
        buffer.extend_from_slice(&header.ssrc.to_be_bytes());
        if let Some((id, number)) = header.transport {
            let [high, low] = number.to_be_bytes();
            buffer.extend_from_slice(&[0xbe, 0xde, 0, 1, id << 4 | 1, high, low, 0]);
        }
        if let Some(original) = header.original {
            buffer.extend_from_slice(&original.to_be_bytes());
        }
        let payload = buffer.len();
        buffer.extend_from_slice(&packet.payload);
        if let Some(descriptor) = &packet.vp8 {
            vp8::renumber(&mut buffer[payload..], descriptor, placed.picture_id, placed.tl0);
        }
        srtp.seal_rtp(buffer, start, header_length, header.ssrc, header.sequence)
    });
    written.then_some(length)
}
