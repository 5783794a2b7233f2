use super::*;
use std::path::Path;

fn outcome(method: Method, headers: &[(&'static str, &str)]) -> bool {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    check(&Config::for_test(Path::new("/nowhere")), &method, &map).is_ok()
}

#[test]
fn another_site_cannot_change_anything() {
    assert!(!outcome(Method::POST, &[("sec-fetch-site", "cross-site")]));
    assert!(!outcome(Method::DELETE, &[("sec-fetch-site", "same-site")]));
    assert!(!outcome(
        Method::POST,
        &[("origin", "https://evil.example"), ("host", "press.example.org")]
    ));
    assert!(!outcome(Method::POST, &[("origin", "null")]));
    assert!(outcome(Method::GET, &[("sec-fetch-site", "cross-site")]));
}

#[test]
fn our_own_pages_and_programs_can() {
    assert!(outcome(Method::POST, &[("sec-fetch-site", "same-origin")]));
    assert!(outcome(Method::POST, &[("origin", "https://press.example.org")]));
    assert!(outcome(
        Method::POST,
        &[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]
    ));
    assert!(outcome(Method::POST, &[]));
}
