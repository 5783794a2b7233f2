//! Copies the sender reports of a publisher out of webrtc-rs's chain: they say when, on its clock, a timestamp was
//! captured. A bounded channel carries them; what does not fit is repeated by the publisher a second later.

use rtc::{
    interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket},
    rtcp::sender_report::SenderReport,
    sansio::Protocol,
    shared::error::Error,
};
use std::{
    collections::VecDeque,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    time::Instant,
};

/// "Timestamp `rtp` of stream `ssrc` was at `ntp`" (RFC 3550, section 6.4.1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClockReport {
    pub ssrc: u32,
    pub ntp: u64,
    pub rtp: u32,
}

pub(crate) struct ReportTap {
    reports: SyncSender<ClockReport>,
    inbound: VecDeque<TaggedPacket>,
    outbound: VecDeque<TaggedPacket>,
}

impl ReportTap {
    pub fn new() -> (Self, Receiver<ClockReport>) {
        let (reports, receiver) = sync_channel(16);
        let tap = Self {
            reports,
            inbound: VecDeque::new(),
            outbound: VecDeque::new(),
        };
        (tap, receiver)
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for ReportTap {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, tagged: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &tagged.message.packet {
            for report in packets
                .iter()
                .filter_map(|packet| packet.as_any().downcast_ref::<SenderReport>())
            {
                let _ = self.reports.try_send(ClockReport {
                    ssrc: report.ssrc,
                    ntp: report.ntp_time,
                    rtp: report.rtp_time,
                });
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

impl Interceptor for ReportTap {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}
