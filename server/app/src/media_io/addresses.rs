//! The addresses told to browsers as ICE candidates: those configured, else those of this machine, loopback last so that a
//! first try on one machine works too.

use std::net::{IpAddr, SocketAddr};

/// UDP ports by address family; `None` where the machine has no such family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    pub v4: Option<u16>,
    pub v6: Option<u16>,
}

/// Most preferred first.
pub fn announced(configured: &[IpAddr], ports: Ports) -> Vec<SocketAddr> {
    let found;
    let addresses = if configured.is_empty() {
        found = of_this_machine();
        &found
    } else {
        configured
    };
    addresses
        .iter()
        .filter_map(|address| with_port(*address, ports))
        .collect()
}

fn with_port(address: IpAddr, ports: Ports) -> Option<SocketAddr> {
    let port = if address.is_ipv4() { ports.v4 } else { ports.v6 };
    Some(SocketAddr::new(address, port?))
}

fn of_this_machine() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_else(|error| {
        tracing::warn!(%error, "the addresses of this machine cannot be listed; only loopback is announced");
        Vec::new()
    });
    let mut addresses: Vec<_> = interfaces
        .iter()
        .map(if_addrs::Interface::ip)
        .filter(|ip| is_usable(*ip))
        .collect();
    if !addresses.iter().any(IpAddr::is_loopback) {
        addresses.push(IpAddr::from([127, 0, 0, 1]));
    }
    // Real networks before loopback, IPv4 before IPv6: most viewers reach the first.
    addresses.sort_by_key(|ip| (ip.is_loopback(), ip.is_ipv6()));
    addresses.dedup();
    addresses
}

/// Link-local addresses need a zone that no candidate can carry.
fn is_usable(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_link_local() && !ip.is_unspecified(),
        IpAddr::V6(ip) => !ip.is_unicast_link_local() && !ip.is_unspecified(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Ports, announced};
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

    #[test]
    fn what_is_configured_is_announced_in_its_order_with_the_port_of_its_family() {
        let configured = [IpAddr::from([203, 0, 113, 7]), Ipv6Addr::LOCALHOST.into()];
        let announced = announced(
            &configured,
            Ports {
                v4: Some(5000),
                v6: Some(5002),
            },
        );
        let expected: [SocketAddr; 2] = [([203, 0, 113, 7], 5000).into(), (Ipv6Addr::LOCALHOST, 5002).into()];
        assert_eq!(announced, expected);
    }

    #[test]
    fn without_configuration_loopback_is_there_and_last() {
        let found = announced(
            &[],
            Ports {
                v4: Some(5000),
                v6: None,
            },
        );
        assert_eq!(
            found.last().map(|address| address.ip()),
            Some(Ipv4Addr::LOCALHOST.into())
        );
        assert!(found.iter().all(|address| address.is_ipv4()));
    }
}
