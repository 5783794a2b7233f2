//! Whether browsers will find the media: ports, and the addresses that they are told.

use super::Finding::{self, Bad, Good, Poor};
use crate::{
    config::Config,
    media_io::{Ports, announced, shards, tcp::listen},
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

pub fn examine(config: &Config) -> Vec<Finding> {
    let media = config.media.port;
    let last = media.saturating_add(shards(&config.media).saturating_sub(1) as u16);
    let mut findings = Vec::new();
    if media == 0 {
        findings.push(Poor(
            "media.port is 0: another port after every start, which no firewall can be opened for".into(),
        ));
    } else {
        findings.extend((media..=last).map(|port| port_is_free(port, "media")));
    }
    findings.push(addresses(config));
    findings.extend(relay(config));
    findings
}

/// UDP and TCP, as the server will want them.
fn port_is_free(port: u16, of: &str) -> Finding {
    let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    let taken = |protocol: &str, error| {
        Poor(format!(
            "{protocol} port {port} of the {of} is taken ({error}): perhaps the server runs already"
        ))
    };
    match (UdpSocket::bind(any), listen(any)) {
        (Err(error), _) => taken("UDP", error),
        (_, Err(error)) => taken("TCP", error),
        (Ok(_), Ok(_)) => Good(format!(
            "UDP and TCP port {port} are free for the {of}; both must be open in the firewall"
        )),
    }
}

fn addresses(config: &Config) -> Finding {
    let (v4, v6) = (Some(config.media.port), Some(config.media.port));
    let told: Vec<IpAddr> = announced(&config.media.announce, Ports { v4, v6 })
        .iter()
        .map(SocketAddr::ip)
        .collect();
    let for_others = !matches!(config.public_host(), "localhost" | "127.0.0.1");
    judge_addresses(&told, !config.media.announce.is_empty(), for_others)
}

fn judge_addresses(told: &[IpAddr], configured: bool, for_others: bool) -> Finding {
    let list = told.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ");
    let source = if configured { "media.announce" } else { "this machine" };
    if told.is_empty() {
        Bad("browsers are told no address for media: set media.announce".into())
    } else if for_others && told.iter().all(IpAddr::is_loopback) {
        Bad(format!(
            "browsers are told {list} for media, which leads them to themselves: set media.announce"
        ))
    } else if for_others && !told.iter().any(|address| is_public(*address)) {
        Poor(format!(
            "browsers are told {list} for media (from {source}): only your own network can reach that; behind a \
             one-to-one NAT set media.announce to the public address"
        ))
    } else {
        Good(format!("browsers are told {list} for media (from {source})"))
    }
}

/// Reached from anywhere, as far as an address can tell.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => {
            let [first, second, ..] = ip.octets();
            let carrier_nat = first == 100 && (64..128).contains(&second);
            !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || carrier_nat)
        }
        IpAddr::V6(ip) => !(ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()),
    }
}

fn relay(config: &Config) -> Vec<Finding> {
    let relay = &config.media.relay;
    if !relay.enabled {
        return vec![Poor(
            "the relay is switched off (media.relay.enabled): people behind strict firewalls stay out".into(),
        )];
    }
    let mut findings = Vec::new();
    if relay.port != 0 {
        findings.push(port_is_free(relay.port, "relay"));
    }
    let by_tls = config.tls.is_some() || relay.urls.iter().any(|url| url.starts_with("turns:"));
    findings.push(if by_tls {
        Good("the relay is reached over TLS: firewalls that let pages through let it through".into())
    } else if relay.port == 0 {
        Poor(
            "media.relay.port is 0 and nothing leads to the relay over TLS: who needs it will not find it; set the port to \
             3478 and see \"Who cannot get in\" in deploy/README.md"
                .into(),
        )
    } else {
        Poor(
            "nothing leads to the relay over TLS: hotels that let only web pages out keep people out; see \"Who cannot get \
             in\" in deploy/README.md"
                .into(),
        )
    });
    findings
}

#[cfg(test)]
mod tests {
    use super::{Finding, judge_addresses, port_is_free};
    use std::net::{IpAddr, TcpListener};

    fn judged(told: &[&str], for_others: bool) -> Finding {
        let told: Vec<IpAddr> = told.iter().map(|address| address.parse().unwrap()).collect();
        judge_addresses(&told, true, for_others)
    }

    #[test]
    fn addresses_that_nobody_can_reach_are_told() {
        assert!(matches!(judged(&["203.0.113.7", "127.0.0.1"], true), Finding::Good(_)));
        assert!(matches!(judged(&["2001:db8::1"], true), Finding::Good(_)));
        assert!(matches!(
            judged(&["10.0.0.4", "fd00::1", "100.64.1.1"], true),
            Finding::Poor(_)
        ));
        assert!(matches!(judged(&["127.0.0.1", "::1"], true), Finding::Bad(_)));
        assert!(matches!(judged(&["127.0.0.1"], false), Finding::Good(_)));
        assert!(matches!(judged(&[], false), Finding::Bad(_)));
    }

    #[test]
    fn a_port_that_only_tcp_lacks_is_noticed() {
        let taken = TcpListener::bind("0.0.0.0:0").unwrap();
        let Finding::Poor(said) = port_is_free(taken.local_addr().unwrap().port(), "media") else {
            panic!("the port is taken");
        };
        assert!(said.starts_with("TCP port"), "{said}");
    }
}
