//! What one client says and is answered, whatever it comes by. Everything is checked before anything is remembered, and
//! nobody is reached through here but this server's own media.

use super::{
    Relay,
    allocation::{Allocation, Back},
    refused,
    reply::{self, Reply},
};
use rtc::stun::{
    attributes::{
        ATTR_CHANNEL_NUMBER, ATTR_DATA, ATTR_EVEN_PORT, ATTR_LIFETIME, ATTR_MESSAGE_INTEGRITY, ATTR_NONCE,
        ATTR_REQUESTED_ADDRESS_FAMILY, ATTR_REQUESTED_TRANSPORT, ATTR_RESERVATION_TOKEN, ATTR_USERNAME,
        ATTR_XOR_PEER_ADDRESS,
    },
    message::{
        BINDING_REQUEST, CLASS_INDICATION, CLASS_REQUEST, METHOD_ALLOCATE, METHOD_CHANNEL_BIND,
        METHOD_CREATE_PERMISSION, METHOD_REFRESH, METHOD_SEND, Message,
    },
    xoraddr::XorMappedAddress,
};
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

/// Longest life of a relay between two refreshes (RFC 8656 section 3.2).
const LIFETIME: u32 = 600;
/// UDP, in the protocol numbers of IANA.
const UDP: u8 = 17;
const FAMILY_V4: u8 = 1;
const FAMILY_V6: u8 = 2;

/// One client, known by its five-tuple.
pub struct Session {
    relay: Arc<Relay>,
    client: SocketAddr,
    allocation: Option<Allocation>,
}

/// Why a request is refused: code and words of RFC 8656.
struct No(u16, &'static str);

const BAD_REQUEST: No = No(400, "Bad Request");
const FORBIDDEN: No = No(403, "Forbidden");
const MISMATCH: No = No(437, "Allocation Mismatch");
const WRONG_CREDENTIALS: No = No(441, "Wrong Credentials");
const UNAUTHENTICATED: u16 = 401;
const STALE: u16 = 438;

impl Session {
    pub fn new(relay: Arc<Relay>, client: SocketAddr) -> Self {
        Self {
            relay,
            client,
            allocation: None,
        }
    }

    /// The way back to the client, once it has a relay.
    pub fn back(&self) -> Option<&Arc<Back>> {
        self.allocation.as_ref().map(|allocation| &allocation.back)
    }

    /// When the relay ends unless it is refreshed.
    pub fn expires(&self) -> Option<Instant> {
        self.allocation.as_ref().map(|allocation| allocation.expires)
    }

    /// One message; gives the answer, if any is due.
    pub fn handle(&mut self, now: Instant, data: &[u8]) -> Option<Vec<u8>> {
        if self.expires().is_some_and(|at| at <= now) {
            self.allocation = None;
        }
        if matches!(data.first(), Some(0x40..=0x4f)) {
            self.channel_data(data);
            return None;
        }
        let mut message = Message::new();
        message.unmarshal_binary(data).ok()?;
        if message.typ == BINDING_REQUEST {
            return Some(Reply::success(&message).mapped(self.client).plain());
        }
        let (method, class) = (message.typ.method, message.typ.class);
        if (method, class) == (METHOD_SEND, CLASS_INDICATION) {
            self.send(&message);
            return None;
        }
        if class != CLASS_REQUEST {
            return None;
        }
        let (username, key) = match self.authenticate(&mut message) {
            Ok(known) => known,
            Err(challenge) => return Some(challenge),
        };
        let answer = match method {
            METHOD_ALLOCATE => self.allocate(now, &message, username),
            METHOD_REFRESH => self.refresh(now, &message),
            METHOD_CREATE_PERMISSION => self.permit(&message),
            METHOD_CHANNEL_BIND => self.bind(&message),
            _ => Err(BAD_REQUEST),
        };
        let reply = answer.unwrap_or_else(|No(code, reason)| {
            refused(match code {
                403 => "peer",
                486 | 508 => "quota",
                _ => "request",
            });
            Reply::error(&message, code, reason)
        });
        reply.sealed(&key)
    }

    /// User name and key of an authentic request, else what to answer.
    fn authenticate(&self, message: &mut Message) -> Result<(String, Vec<u8>), Vec<u8>> {
        let (secret, now) = (&self.relay.secret, self.relay.clock.now());
        let challenge = |message: &Message, code, reason| {
            Err(Reply::error(message, code, reason)
                .challenge(&secret.nonce(self.client, now))
                .plain())
        };
        let text = |message: &Message, name| message.get(name).ok().and_then(|value| String::from_utf8(value).ok());
        let (Some(username), Some(nonce), true) = (
            text(message, ATTR_USERNAME),
            text(message, ATTR_NONCE),
            message.contains(ATTR_MESSAGE_INTEGRITY),
        ) else {
            return challenge(message, UNAUTHENTICATED, "Unauthorized");
        };
        if !secret.is_fresh(&nonce, self.client, now) {
            return challenge(message, STALE, "Stale Nonce");
        }
        if let Some(allocation) = &self.allocation
            && allocation.username != username
        {
            return Err(Reply::error(message, WRONG_CREDENTIALS.0, WRONG_CREDENTIALS.1).plain());
        }
        // What was opened in time may be kept: a briefing is longer than credentials live.
        let opened = self.allocation.is_some();
        let key = secret
            .password(&username, now)
            .filter(|(_, in_time)| *in_time || opened)
            .and_then(|(password, _)| reply::key(&username, password));
        match key {
            Some(key) if reply::is_authentic(message, &key) => Ok((username, key)),
            _ => {
                refused("credentials");
                challenge(message, UNAUTHENTICATED, "Unauthorized")
            }
        }
    }

    fn allocate(&mut self, now: Instant, message: &Message, username: String) -> Result<Reply, No> {
        let transaction = message.transaction_id.0;
        if let Some(allocation) = &self.allocation {
            if allocation.transaction != transaction {
                return Err(MISMATCH);
            }
        } else {
            match message.get(ATTR_REQUESTED_TRANSPORT).as_deref() {
                Ok([UDP, ..]) => {}
                Ok(_) => return Err(No(442, "Unsupported Transport Protocol")),
                Err(_) => return Err(BAD_REQUEST),
            }
            if message.contains(ATTR_EVEN_PORT) || message.contains(ATTR_RESERVATION_TOKEN) {
                return Err(No(508, "Insufficient Capacity"));
            }
            let v6 = match message.get(ATTR_REQUESTED_ADDRESS_FAMILY).as_deref() {
                Ok([FAMILY_V6, ..]) => Some(true),
                Ok([FAMILY_V4, ..]) => Some(false),
                Ok(_) => None,
                // IPv4 unless asked otherwise (RFC 8656 section 7.2), and whatever we have rather than nothing.
                Err(_) => Some(self.relay.ip(false).is_none()),
            };
            let ip = v6
                .and_then(|v6| self.relay.ip(v6))
                .ok_or(No(440, "Address Family not Supported"))?;
            let port = self
                .relay
                .ports
                .take(&username)
                .ok_or(No(486, "Allocation Quota Reached"))?;
            let relayed = SocketAddr::new(ip, port.number);
            self.allocation = Some(Allocation::new(username, transaction, port, relayed));
        }
        let client = self.client;
        let allocation = self.allocation.as_mut().ok_or(MISMATCH)?;
        let lifetime = extend(allocation, now, message);
        Ok(Reply::success(message)
            .relayed(allocation.relayed)
            .lifetime(lifetime)
            .mapped(client))
    }

    fn refresh(&mut self, now: Instant, message: &Message) -> Result<Reply, No> {
        let reply = Reply::success(message);
        if asked_lifetime(message) == Some(0) {
            self.allocation = None;
            return Ok(reply.lifetime(0));
        }
        let allocation = self.allocation.as_mut().ok_or(MISMATCH)?;
        let lifetime = extend(allocation, now, message);
        Ok(reply.lifetime(lifetime))
    }

    /// Our own addresses are permitted to everybody who has a relay, and no others to anybody.
    fn permit(&mut self, message: &Message) -> Result<Reply, No> {
        self.allocation.as_ref().ok_or(MISMATCH)?;
        let peer = peer(message).ok_or(BAD_REQUEST)?;
        if self.relay.has(peer.ip()) {
            Ok(Reply::success(message))
        } else {
            Err(FORBIDDEN)
        }
    }

    fn bind(&mut self, message: &Message) -> Result<Reply, No> {
        let allocation = self.allocation.as_ref().ok_or(MISMATCH)?;
        let channel = match message.get(ATTR_CHANNEL_NUMBER).as_deref() {
            Ok([high @ 0x40..=0x4f, low, ..]) => u16::from_be_bytes([*high, *low]),
            _ => return Err(BAD_REQUEST),
        };
        let peer = peer(message).ok_or(BAD_REQUEST)?;
        if self.relay.door(peer).is_none() {
            return Err(FORBIDDEN);
        }
        if allocation.back.bind(channel, peer) {
            Ok(Reply::success(message))
        } else {
            Err(BAD_REQUEST)
        }
    }

    fn send(&mut self, message: &Message) {
        if let (Some(peer), Ok(data)) = (peer(message), message.get(ATTR_DATA)) {
            self.forward(peer, &data);
        }
    }

    fn channel_data(&mut self, message: &[u8]) {
        let Some(([h, l, high, low], rest)) = message.split_first_chunk::<4>() else {
            return;
        };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let channel = u16::from_be_bytes([*h, *l]);
        let peer = self.back().and_then(|back| back.peer_of(channel));
        if let (Some(peer), Some(data)) = (peer, rest.get(..length)) {
            self.forward(peer, data);
        }
    }

    fn forward(&mut self, peer: SocketAddr, data: &[u8]) {
        let Some(allocation) = &mut self.allocation else {
            return refused("allocation");
        };
        let forwarded = self
            .relay
            .door(peer)
            .is_some_and(|door| allocation.forward(door, peer, data));
        if !forwarded {
            refused("peer");
        }
    }
}

fn peer(message: &Message) -> Option<SocketAddr> {
    let mut address = XorMappedAddress::default();
    address.get_from_as(message, ATTR_XOR_PEER_ADDRESS).ok()?;
    Some(SocketAddr::new(address.ip, address.port))
}

fn asked_lifetime(message: &Message) -> Option<u32> {
    let value = message.get(ATTR_LIFETIME).ok()?;
    Some(u32::from_be_bytes(value.try_into().ok()?))
}

fn extend(allocation: &mut Allocation, now: Instant, message: &Message) -> u32 {
    let lifetime = asked_lifetime(message).unwrap_or(LIFETIME).clamp(60, LIFETIME);
    allocation.expires = now + Duration::from_secs(lifetime.into());
    lifetime
}
