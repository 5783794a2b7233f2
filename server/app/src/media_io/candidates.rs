//! Passive TCP candidates (RFC 6544) added to an answer, after its UDP candidates: browsers prefer those.

use std::{fmt::Write, net::SocketAddr};

/// The type preference of a host candidate over TCP: below every way by UDP that is not relayed (RFC 6544, section 4.2).
const TYPE: u32 = 90;
/// Direction preference of passive host candidates (the same section).
const PASSIVE: u32 = 4;

/// The answer with a passive candidate for each address.
pub fn with_tcp(answer: String, addresses: &[SocketAddr]) -> String {
    let Some(after) = after_candidates(&answer) else {
        return answer;
    };
    let (head, tail) = answer.split_at(after);
    let mut extended = String::with_capacity(answer.len() + 96 * addresses.len());
    extended.push_str(head);
    for (index, address) in addresses.iter().enumerate() {
        let local = PASSIVE << 13 | (8191 - index as u32);
        let priority = TYPE << 24 | local << 8 | 255;
        let _ = write!(
            extended,
            "a=candidate:tcp{} 1 tcp {priority} {} {} typ host tcptype passive\r\n",
            index + 1,
            address.ip(),
            address.port()
        );
    }
    extended.push_str(tail);
    extended
}

/// Where the last candidate of the first media section that has any ends.
fn after_candidates(answer: &str) -> Option<usize> {
    let mut offset = 0;
    let mut found = None;
    for line in answer.split_inclusive('\n') {
        offset += line.len();
        if line.starts_with("a=candidate:") {
            found = Some(offset);
        } else if found.is_some() && line.starts_with("m=") {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::with_tcp;

    #[test]
    fn tcp_candidates_follow_those_by_udp_in_the_first_section_only() {
        let answer = "v=0\r\nm=audio 9\r\na=candidate:1 1 udp 9 192.0.2.1 5000 typ host\r\na=end-of-candidates\r\n\
                      m=video 9\r\na=candidate:1 1 udp 9 192.0.2.1 5000 typ host\r\n";
        let addresses = ["192.0.2.1:5000".parse().unwrap(), "[2001:db8::1]:5000".parse().unwrap()];
        let extended = with_tcp(answer.to_owned(), &addresses);
        let expected = "a=candidate:1 1 udp 9 192.0.2.1 5000 typ host\r\n\
             a=candidate:tcp1 1 tcp 1520435199 192.0.2.1 5000 typ host tcptype passive\r\n\
             a=candidate:tcp2 1 tcp 1520434943 2001:db8::1 5000 typ host tcptype passive\r\na=end-of-candidates\r\n";
        assert!(extended.contains(expected), "{extended}");
        assert_eq!(extended.matches("tcptype").count(), 2);
    }

    #[test]
    fn an_answer_without_candidates_stays_as_it_is() {
        assert_eq!(
            with_tcp("v=0\r\n".into(), &["192.0.2.1:5000".parse().unwrap()]),
            "v=0\r\n"
        );
    }
}
