//! What one packet becomes for many viewers, in one system call: `sendmmsg` over destinations, UDP GSO within each. All
//! messages of a call share the segment size and our own address, as they do in a fan-out.

use nix::{
    cmsg_space,
    errno::Errno,
    libc,
    sys::socket::{ControlMessage, MsgFlags, MultiHeaders, SockaddrStorage, sendmmsg},
};
use rostrum_media::Transmit;
use std::{io::IoSlice, net::IpAddr, os::fd::RawFd};

/// Destinations in one call. More: fewer calls; fewer: less memory, and the others get their turn sooner.
pub const MOST: usize = 64;

/// Whether two may go in one call.
pub fn alike(one: &Transmit, other: &Transmit) -> bool {
    one.source == other.source
        && one.segment_size == other.segment_size
        && one.destination.is_ipv4() == other.destination.is_ipv4()
}

/// The kernel reads as many control messages as there is room for: a set of headers for each combination.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Shape {
    segmented: bool,
    source: Option<bool>,
}

/// Prepared headers, kept between calls. They stay on the thread that made them.
#[derive(Default)]
pub struct Burst(Vec<(Shape, MultiHeaders<SockaddrStorage>)>);

impl Burst {
    /// Sends the first of `alike` transmits, at most [`MOST`]; tells how many the kernel took.
    pub fn send(&mut self, socket: RawFd, transmits: &[Transmit]) -> Result<usize, Errno> {
        let Some(first) = transmits.first() else { return Ok(0) };
        let transmits = &transmits[..transmits.len().min(MOST)];
        let segment = first.segment_size.map(|size| u16::try_from(size).unwrap_or(u16::MAX));
        let (v4, v6);
        let mut controls = Vec::with_capacity(2);
        match first.source {
            Some(IpAddr::V4(source)) => {
                v4 = libc::in_pktinfo {
                    ipi_ifindex: 0,
                    ipi_spec_dst: libc::in_addr {
                        s_addr: u32::from_ne_bytes(source.octets()),
                    },
                    ipi_addr: libc::in_addr { s_addr: 0 },
                };
                controls.push(ControlMessage::Ipv4PacketInfo(&v4));
            }
            Some(IpAddr::V6(source)) => {
                v6 = libc::in6_pktinfo {
                    ipi6_addr: libc::in6_addr {
                        s6_addr: source.octets(),
                    },
                    ipi6_ifindex: 0,
                };
                controls.push(ControlMessage::Ipv6PacketInfo(&v6));
            }
            None => {}
        }
        controls.extend(segment.as_ref().map(ControlMessage::UdpGsoSegments));
        let shape = Shape {
            segmented: segment.is_some(),
            source: first.source.map(|source| source.is_ipv4()),
        };
        let slices: Vec<[IoSlice<'_>; 1]> = transmits
            .iter()
            .map(|transmit| [IoSlice::new(&transmit.contents)])
            .collect();
        let addresses: Vec<Option<SockaddrStorage>> = transmits
            .iter()
            .map(|transmit| Some(transmit.destination.into()))
            .collect();
        let sent = sendmmsg(
            socket,
            self.headers(shape),
            &slices,
            addresses.as_slice(),
            controls.as_slice(),
            MsgFlags::MSG_DONTWAIT,
        )?;
        Ok(sent.count())
    }

    fn headers(&mut self, shape: Shape) -> &mut MultiHeaders<SockaddrStorage> {
        let found = self.0.iter().position(|(known, _)| *known == shape);
        let at = found.unwrap_or_else(|| {
            let room = match (shape.segmented, shape.source) {
                (false, None) => None,
                (true, None) => Some(cmsg_space!(u16)),
                (false, Some(true)) => Some(cmsg_space!(libc::in_pktinfo)),
                (true, Some(true)) => Some(cmsg_space!(libc::in_pktinfo, u16)),
                (false, Some(false)) => Some(cmsg_space!(libc::in6_pktinfo)),
                (true, Some(false)) => Some(cmsg_space!(libc::in6_pktinfo, u16)),
            };
            self.0.push((shape, MultiHeaders::preallocate(MOST, room)));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}
