//! A subscriber's connection, our own lean transport: STUN responder, DTLS server, SRTP, fixed slots. Knows nothing of
//! rooms; it is told which track each slot wants and is handed packets.

pub(crate) mod budget;
pub(crate) mod dtls;
pub(crate) mod estimate;
pub(crate) mod line;
pub(crate) mod pacer;
pub(crate) mod probe;
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
use line::Line;
use pacer::{Fate, Pacer};
use rostrum_domain::{
    media::{Direction, PeerLink, SlotShows},
    time::Timestamp,
};
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
/// Packets that a viewer may report in a second without having been sent them; old feedback explains a few.
const MAX_INVENTED: u32 = 500;

/// Packets that one step of a probe may repeat: 5 ms at 20 Mbit/s.
const PROBE_PACKETS: u64 = 12;

/// The most that one packet can be padded by (RFC 3550, section 5.1).
const PADDING: u8 = 255;

/// What the plane has to act upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Connected,
    Closed,
    KeyFrame {
        slot: usize,
    },
    Nack {
        slot: usize,
        wire: u16,
    },
    /// So many bytes of what the slot showed lately shall be sent once more, as a probe.
    Pad {
        slot: usize,
        bytes: usize,
    },
    /// The network carries so much more or less that other layers fit.
    Budget,
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
    line: Line,
    pacer: Pacer,
    transport_number: u16,
    pub(crate) outbox: Outbox,
    deadline: Instant,
    next_reports: Option<Instant>,
    resends: u32,
    /// Held pictures were given up: key frames have to be asked for.
    gave_up: bool,
    /// Its abuse was told already.
    reported: bool,
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
            line: Line::default(),
            pacer: Pacer::default(),
            transport_number: 0,
            outbox: Outbox::default(),
            deadline: terms.now + CONNECT,
            next_reports: None,
            resends: 0,
            gave_up: false,
            reported: false,
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
        let (slots, budget, line) = (&mut self.slots, &mut self.budget, &mut self.line);
        let find = |slots: &[Slot], ssrc| slots.iter().position(|slot| slot.ssrc == ssrc);
        rtcp::read(&plain, |item| match item {
            Feedback::KeyFrame { ssrc } => {
                if let Some(slot) = find(slots, ssrc)
                    && slots[slot].may_ask(now)
                {
                    line.froze();
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
            Feedback::Report { ssrc, block } => {
                if let Some(slot) = find(slots, ssrc) {
                    budget.hear_report(block.fraction);
                    line.hear(now, block, slots[slot].clock_rate());
                }
            }
            Feedback::Transport(statuses) => budget.hear_transport(now, statuses),
        });
        if self.budget.stale() {
            events.push(Event::Budget);
        }
    }

    /// A packet of a source that the slot shows; goes out when its track feeds the slot or takes over here, and when its
    /// turn has come. True when it is held until [`Self::next_deadline`].
    pub(crate) fn forward(&mut self, index: usize, packet: &MediaPacket, pool: &mut Pool) -> bool {
        if packet.codec.is_video() && self.srtp.is_some() {
            let Some(slot) = self.slots.get(index).filter(|slot| slot.takes(packet)) else {
                return false;
            };
            match self.pacer.admit(index, packet, self.budget.limit()) {
                Fate::Now => {}
                Fate::Held => return true,
                Fate::GivenUp => {
                    tracing::debug!(
                        slot = slot.mid,
                        "pictures came faster than the viewer's network takes them"
                    );
                    // What was given up leaves pictures that cannot be decoded: each begins again at a key frame.
                    for slot in self.slots.iter_mut().filter(|slot| slot.video) {
                        slot.stream.stop();
                    }
                    self.gave_up = true;
                    return true;
                }
            }
        }
        self.forward_now(packet.arrived, index, packet, pool);
        false
    }

    fn forward_now(&mut self, now: Instant, slot: usize, packet: &MediaPacket, pool: &mut Pool) {
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
        if !slot.passes(packet) && slot.stream.leave_out(packet) {
            return;
        }
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
            slot.packets = slot.packets.wrapping_add(1);
            slot.octets = slot.octets.wrapping_add(packet.payload.len() as u32);
            let number = header.transport.map(|(_, number)| number);
            self.transport_number = self.transport_number.wrapping_add(u16::from(number.is_some()));
            self.budget.sent(now, number, length);
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
        self.resends += 1;
        self.slots.get(slot)?.stream.sent(wire)
    }

    /// The slot whose RTX stream a probe can use; rather one with pictures to repeat.
    fn probe_slot(&self) -> Option<usize> {
        let repeats = |slot: &Slot| slot.transport_cc.is_some() && slot.codecs.iter().any(|codec| codec.rtx.is_some());
        let shows = |slot: &Slot| repeats(slot) && slot.stream.track().is_some();
        let slots = &self.slots;
        slots.iter().position(shows).or_else(|| slots.iter().position(repeats))
    }

    /// What the slot sent lately, newest first: what a probe repeats.
    pub(crate) fn shown(&self, slot: usize) -> Vec<Sent> {
        let stream = self.slots.get(slot).map(|slot| &slot.stream);
        (0..PROBE_PACKETS).filter_map(|back| stream?.recent(back)).collect()
    }

    /// Sends packets of nothing but padding on the slot's RTX stream, for a probe that finds no pictures to repeat.
    pub(crate) fn pad(&mut self, now: Instant, slot: usize, bytes: usize, pool: &mut Pool) {
        let (Some(path), Some(srtp), Some(slot)) = (self.path, &mut self.srtp, self.slots.get_mut(slot)) else {
            return;
        };
        let Some(payload_type) = slot.codecs.iter().find_map(|codec| codec.rtx) else {
            return;
        };
        let padding = [vec![0; usize::from(PADDING) - 1], vec![PADDING]].concat();
        let mut left = bytes;
        while left > 0 {
            slot.rtx_sequence += 1;
            let header = Header {
                payload_type,
                marker: false,
                sequence: slot.rtx_sequence,
                timestamp: 0,
                ssrc: slot.rtx_ssrc,
                transport: slot.transport_cc.map(|id| (id, self.transport_number)),
                original: None,
            };
            let length = header.length() + padding.len() + srtp.overhead();
            let written = self.outbox.push(pool, path, length, |buffer| {
                let start = buffer.len();
                header.write(buffer, 0x20);
                buffer.extend_from_slice(&padding);
                srtp.seal_rtp(buffer, start, header.length(), header.ssrc, header.sequence)
            });
            if !written {
                return;
            }
            let number = header.transport.map(|(_, number)| number);
            self.transport_number = self.transport_number.wrapping_add(u16::from(number.is_some()));
            self.budget.sent(now, number, length);
            left = left.saturating_sub(length);
        }
    }

    /// Retransmits on the slot's RTX stream (RFC 4588).
    pub(crate) fn resend(
        &mut self,
        now: Instant,
        slot: usize,
        sent: Sent,
        packet: &MediaPacket,
        pool: &mut Pool,
    ) -> Option<usize> {
        let (Some(path), Some(srtp), Some(slot)) = (self.path, &mut self.srtp, self.slots.get_mut(slot)) else {
            return None;
        };
        let (Some(payload_type), Some(placed)) =
            (slot.codec(packet.codec).and_then(|codec| codec.rtx), sent.place(packet))
        else {
            return None;
        };
        slot.rtx_sequence += 1;
        let header = Header {
            payload_type,
            marker: packet.marker,
            sequence: slot.rtx_sequence,
            timestamp: placed.timestamp,
            ssrc: slot.rtx_ssrc,
            transport: slot.transport_cc.map(|id| (id, self.transport_number)),
            original: Some(placed.sequence as u16),
        };
        let length = write(&mut self.outbox, pool, path, srtp, &header, packet, placed)?;
        let number = header.transport.map(|(_, number)| number);
        self.transport_number = self.transport_number.wrapping_add(u16::from(number.is_some()));
        self.budget.sent(now, number, length);
        self.pacer.spend(length);
        Some(length)
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
        while let Some((slot, packet)) = self.pacer.release(now, self.budget.limit()) {
            self.forward_now(now, slot, &packet, pool);
        }
        if std::mem::take(&mut self.gave_up) {
            let waiting = self.slots.iter().enumerate().filter(|(_, slot)| slot.waits());
            events.extend(waiting.map(|(slot, _)| Event::KeyFrame { slot }));
        }
        if let Some(bytes) = self.budget.step(now)
            && let Some(slot) = self.probe_slot()
        {
            events.push(Event::Pad { slot, bytes });
        }
        if self.budget.stale() {
            events.push(Event::Budget);
        }
        if self.next_reports.is_some_and(|at| at <= now) {
            self.next_reports = Some(now + REPORTS);
            self.report_abuse();
            self.resends = 0;
            self.send_reports(now, wall, pool);
        }
    }

    /// Retransmissions beyond the bound are not sent, and invented numbers not believed; whoever runs the server is told.
    fn report_abuse(&mut self) {
        let invented = std::mem::take(&mut self.budget.unknown);
        if !self.reported && (invented > MAX_INVENTED || self.resends >= MAX_RESENDS) {
            self.reported = true;
            let (subscriber, asked) = (self.subscriber.id, self.resends);
            tracing::warn!(%subscriber, invented, asked, "a viewer reports what it was never sent, or asks for too much again");
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
        self.line.reported(now, rtcp::ntp_middle(wall));
        if let (Some(path), Some(srtp)) = (self.path, &mut self.srtp)
            && let Some(sealed) = srtp.seal_rtcp(&compound)
        {
            self.outbox.push_bytes(pool, path, &sealed);
        }
    }

    /// One second for the quality wall; `height` is the tallest picture that is shown.
    pub(crate) fn link(&mut self, now: Instant, passed: Duration, height: Option<u16>) -> PeerLink {
        let octets = self.slots.iter().fold(0u32, |sum, slot| sum.wrapping_add(slot.octets));
        PeerLink {
            seat: self.subscriber.seat,
            direction: Direction::Down,
            kind: None,
            health: self.line.second(now, passed, octets, height),
        }
    }

    pub(crate) fn next_deadline(&self) -> Instant {
        let timers = [
            self.dtls.poll_timeout(),
            self.next_reports,
            self.budget.deadline(),
            self.pacer.deadline(),
            self.gave_up.then_some(self.pacer.since()).flatten(),
        ];
        timers.into_iter().flatten().fold(self.deadline, Instant::min)
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

impl Header {
    fn length(&self) -> usize {
        if self.transport.is_some() { 20 } else { 12 }
    }

    fn write(&self, buffer: &mut Vec<u8>, flags: u8) {
        buffer.push(flags | if self.transport.is_some() { 0x90 } else { 0x80 });
        buffer.push(self.payload_type | if self.marker { 0x80 } else { 0 });
        buffer.extend_from_slice(&(self.sequence as u16).to_be_bytes());
        buffer.extend_from_slice(&self.timestamp.to_be_bytes());
        buffer.extend_from_slice(&self.ssrc.to_be_bytes());
        if let Some((id, number)) = self.transport {
            let [high, low] = number.to_be_bytes();
            buffer.extend_from_slice(&[0xbe, 0xde, 0, 1, id << 4 | 1, high, low, 0]);
        }
    }
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
    let header_length = header.length();
    let prefix = if header.original.is_some() { 2 } else { 0 };
    let length = header_length + prefix + packet.payload.len() + srtp.overhead();
    let written = outbox.push(pool, path, length, |buffer| {
        let start = buffer.len();
        buffer.reserve(length);
        header.write(buffer, 0);
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

#[cfg(test)]
mod tests;
