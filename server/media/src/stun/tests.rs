use super::*;
use proptest::prelude::*;
use rtc::crypto::{RTCCryptoProvider, providers::RingProvider};

fn credentials(password: &str) -> Credentials {
    Credentials {
        local: "server12".into(),
        remote: "client34".into(),
        password: password.into(),
    }
}

#[test]
fn only_the_right_password_is_answered() {
    let ring = RingProvider::new();
    let right = credentials("a password of some length");
    let check = nomination([7; 12], &right, ring.crypto()).unwrap();
    assert_eq!(addressee(&check), Some("server12"));
    let authentic = authenticate(&check, &right, ring.crypto()).unwrap();
    assert!(authentic.nominates);
    assert!(authenticate(&check, &credentials("another password"), ring.crypto()).is_none());

    let answer = success(&authentic, "192.0.2.1:4000".parse().unwrap(), &right, ring.crypto()).unwrap();
    assert!(is_success_response(&answer));
    assert_eq!(answer[8..20], [7; 12]);
}

proptest! {
    #[test]
    fn a_damaged_check_is_refused_without_panic(at in 0usize..100, bit in 0u8..8, cut in 0usize..100) {
        let ring = RingProvider::new();
        let right = credentials("a password of some length");
        let mut check = nomination([7; 12], &right, ring.crypto()).unwrap();
        let at = at % check.len();
        // The fingerprint, the last 8 bytes, protects nothing that is believed.
        if at < check.len() - 8 {
            check[at] ^= 1 << bit;
            let _ = addressee(&check);
            prop_assert!(authenticate(&check, &right, ring.crypto()).is_none());
        }
        check.truncate(cut);
        let _ = addressee(&check);
        let _ = authenticate(&check, &right, ring.crypto());
    }
}
