use super::*;

fn seen(peer: &str, forwarded: &str) -> String {
    let trusted = ["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
    let mut headers = HeaderMap::new();
    headers.insert("x-forwarded-for", forwarded.parse().unwrap());
    real(peer.parse().unwrap(), &headers, &trusted).to_string()
}

#[test]
fn a_stranger_cannot_choose_an_address() {
    assert_eq!(seen("203.0.113.5", "198.51.100.1"), "203.0.113.5");
    assert_eq!(seen("10.0.0.1", "198.51.100.1, 203.0.113.5"), "203.0.113.5");
}

#[test]
fn trusted_proxies_are_looked_through() {
    assert_eq!(seen("10.0.0.1", "203.0.113.5, 10.0.0.7"), "203.0.113.5");
    assert_eq!(seen("::1", "203.0.113.5"), "203.0.113.5");
    assert_eq!(seen("10.0.0.1", "garbage"), "10.0.0.1");
}
