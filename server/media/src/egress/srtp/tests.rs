use super::*;
use rtc::crypto::{RTCCryptoProvider, providers::RingProvider};

const SERVER: (&[u8], &[u8]) = (&[1; 16], &[2; 12]);
const CLIENT: (&[u8], &[u8]) = (&[3; 16], &[4; 12]);

fn gcm(ring: &RingProvider) -> Srtp {
    Srtp::Gcm(Box::new(Gcm::new(SERVER, CLIENT, ring.crypto()).unwrap()))
}

fn reference((key, salt): (&[u8], &[u8]), ring: &RingProvider) -> Context {
    let replay = Some(srtcp_replay_protection(64));
    Context::new(key, salt, ProtectionProfile::AeadAes128Gcm, None, replay, ring.crypto()).unwrap()
}

#[test]
fn an_independent_receiver_opens_what_was_sealed_over_the_wrap() {
    let ring = RingProvider::new();
    let (mut srtp, mut receiver) = (gcm(&ring), reference(SERVER, &ring));
    for number in 0xfff0u64..0x1_0010 {
        let mut packet = vec![0x80, 96];
        packet.extend_from_slice(&(number as u16).to_be_bytes());
        packet.extend_from_slice(&[0, 0, 0, 1, 0, 0, 0, 9]);
        packet.extend_from_slice(b"picture");
        let plain = packet.clone();
        let mut buffer = b"before".to_vec();
        buffer.append(&mut packet);
        assert!(srtp.seal_rtp(&mut buffer, 6, 12, 9, number));
        assert_eq!(buffer.len(), 6 + plain.len() + srtp.overhead());
        assert_eq!(receiver.decrypt_rtp(&buffer[6..]).unwrap(), plain);
    }
}

#[test]
fn rtcp_goes_both_ways_and_is_taken_once() {
    let ring = RingProvider::new();
    let mut srtp = gcm(&ring);
    let report = [0x80, 201, 0, 1, 0, 0, 0, 7];
    let sealed = srtp.seal_rtcp(&report).unwrap();
    assert_eq!(reference(SERVER, &ring).decrypt_rtcp(&sealed).unwrap()[..], report);

    let mut client = reference(CLIENT, &ring);
    let sealed = client.encrypt_rtcp(&report).unwrap();
    let mut damaged = sealed.to_vec();
    damaged[10] ^= 1;
    assert_eq!(srtp.open_rtcp(&damaged), None);
    assert_eq!(srtp.open_rtcp(&sealed).as_deref(), Some(&report[..]));
    assert_eq!(srtp.open_rtcp(&sealed), None, "a replay");
    assert_eq!(srtp.open_rtcp(&[0x80, 201, 0, 0]), None);
}
