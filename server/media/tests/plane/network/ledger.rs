//! What a wire-tap sees of RTP: how much was sent and lost on each stream, and whether the server ever sealed two
//! packets under one number, which would give the key stream away (RFC 3711, section 9.1).

use std::{
    collections::{BTreeMap, HashSet},
    net::SocketAddr,
};

/// Counts of one stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    pub sent: u64,
    pub lost: u64,
    pub bytes: u64,
    highest: Option<u64>,
}

#[derive(Default)]
pub(super) struct Ledger {
    streams: BTreeMap<(SocketAddr, SocketAddr, u32), Stream>,
    used: HashSet<(SocketAddr, u32, u64)>,
}

impl Ledger {
    pub fn enter(&mut self, from: SocketAddr, to: SocketAddr, data: &[u8], by_server: bool, arrives: bool) {
        let rtp = data.first().is_some_and(|first| (128..192).contains(first))
            && data.get(1).is_some_and(|kind| !(192..=223).contains(kind));
        let (true, Some(number), Some(ssrc)) = (rtp, data.get(2..4), data.get(8..12)) else {
            return;
        };
        let number = u16::from_be_bytes(number.try_into().unwrap());
        let ssrc = u32::from_be_bytes(ssrc.try_into().unwrap());
        let stream = self.streams.entry((from, to, ssrc)).or_default();
        stream.sent += 1;
        stream.bytes += data.len() as u64;
        stream.lost += u64::from(!arrives);
        let highest = stream.highest.unwrap_or(0x1_0000 + u64::from(number));
        let extended = highest.saturating_add_signed(i64::from(number.wrapping_sub(highest as u16) as i16));
        stream.highest = Some(highest.max(extended));
        if by_server {
            assert!(
                self.used.insert((to, ssrc, extended)),
                "the server sealed two packets under one number: {number} of {ssrc:#x} to {to}"
            );
        }
    }

    pub fn stream(&self, from: SocketAddr, to: SocketAddr, ssrc: u32) -> Stream {
        self.streams.get(&(from, to, ssrc)).copied().unwrap_or_default()
    }

    pub fn streams(&self) -> Vec<Stream> {
        self.streams.values().copied().collect()
    }
}
