//! What FFmpeg's muxer made of itself on a machine where it is built with GnuTLS: a certificate on P-224, self-signed.

use super::*;

const SIGNED: &str = "\
3081aaa003020102020500db1e6251300a06082a8648ce3d040302300f310d300b060355040313046c617666301e170d3236\
313132343030353232345a170d3237313132343030353232345a300f310d300b060355040313046c617666304e301006072a\
8648ce3d020106052b81040021033a0004ae9b810abba033d4378ca9802180cbf84119efd5f47b847b68da7a6436e79503c2\
92e1aa57b4e535a051954991de493240ac6404f1c87459";
const KEY: &str = "\
04ae9b810abba033d4378ca9802180cbf84119efd5f47b847b68da7a6436e79503c292e1aa57b4e535a051954991de493240\
ac6404f1c87459";
const SIGNATURE: &str = "\
303d021d00b629a103b06c7d7fe6234e3291ce3efe6b2359405c507754028d21d8021c442b2dd0335d4d5d8315d586a0b7b8\
f873b45b6e7d62eed1391a92c9";

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn verify(message: &[u8], key: &[u8], signature: &[u8]) -> bool {
    let key = PublicKey {
        encoding: PublicKeyEncoding::EcUncompressedPoint,
        bytes: key,
    };
    let provider = Provider::new();
    let verified = provider
        .crypto()
        .verify_signature(SignatureScheme::EcdsaP256Sha256, key, message, signature);
    verified.is_ok()
}

#[test]
fn an_encoder_with_a_p224_certificate_is_believed() {
    assert!(verify(&bytes(SIGNED), &bytes(KEY), &bytes(SIGNATURE)));
}

#[test]
fn anybody_elses_signature_is_not() {
    let (signed, key, signature) = (bytes(SIGNED), bytes(KEY), bytes(SIGNATURE));
    let flipped = |bytes: &[u8], at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 1;
        bytes
    };
    assert!(!verify(&flipped(&signed, 20), &key, &signature));
    assert!(!verify(&signed, &flipped(&key, 30), &signature));
    for at in [0, 1, 5, 40] {
        assert!(!verify(&signed, &key, &flipped(&signature, at)));
    }
    assert!(!verify(&signed, &key, &[]));
    assert!(!verify(&signed, &[4; 57], &signature));
}
