use super::*;
use crate::{keys::Keys, publication::sign::sign};
use rostrum_domain::{
    event::AskerPolicy,
    id::{EditionId, EventId, PersonId, SegmentId},
    person::NameCard,
    publication::{
        Draft, EventFacts, Timeline,
        bundle::{BUNDLE_FORMAT, Signature as Signed},
        compile,
    },
    text::Text,
    time::Timestamp,
    transcript::{Minutes, Origin, Segment, SegmentKind},
};
use uuid::Uuid;

fn segment(n: u128, text: &str) -> Segment {
    Segment {
        id: SegmentId(Uuid::from_u128(n)),
        speaker: Some(PersonId(Uuid::from_u128(1))),
        card: NameCard {
            name: "Lan Phạm".into(),
            office: Some("Spokesperson".into()),
            ..NameCard::default()
        },
        kind: SegmentKind::Remarks,
        question: None,
        start: Timestamp(n as i64 * 1_000_000),
        end: Timestamp(n as i64 * 1_000_000 + 900_000),
        language: "vi".into(),
        text: text.into(),
        origin: Origin::Machine,
        engine: Some("moonshine".into()),
        confidence: None,
        take: None,
        revision: 0,
        struck: false,
    }
}

fn published(keys: &Keys) -> Vec<u8> {
    let record = compile(&Draft {
        edition: 1,
        event: EventFacts {
            id: EventId(Uuid::from_u128(9)),
            series: "hop-bao".into(),
            series_name: Text::in_one("vi", "Họp báo thường kỳ"),
            number: 22,
            year: 2026,
            path: "/hop-bao/2026/22".into(),
            title: Text::in_one("vi", "Họp báo"),
            starts_at: Timestamp(0),
            live_since: None,
            ended_at: None,
            zone: "Asia/Ho_Chi_Minh".into(),
        },
        asker_policy: AskerPolicy::NameAndOutlet,
        totals: Default::default(),
        waits: None,
        segments: vec![segment(1, "Xin chào quý vị."), segment(2, "Chúng tôi xin thông báo.")],
        corrected: Default::default(),
        questions: Default::default(),
        press: Default::default(),
        minutes: Minutes::default(),
        timeline: Timeline::default(),
        media: vec![],
        corrections: vec![],
        earlier: vec![],
    });
    let signed = sign(
        keys,
        &record,
        EditionId(Uuid::from_u128(5)),
        "Ministry",
        Timestamp(7),
        None,
    )
    .unwrap();
    let bundle = Bundle {
        format: BUNDLE_FORMAT.into(),
        manifest: serde_json::from_slice(&signed.manifest).unwrap(),
        content: serde_json::from_slice(&signed.content).unwrap(),
        signature: Signed {
            algorithm: "ed25519".into(),
            key_id: signed.key_id,
            public_key: signed.public_key,
            value: signed.signature,
        },
    };
    bundle.to_bytes().unwrap()
}

fn keys() -> (tempfile::TempDir, Keys) {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::load_or_create(&folder.path().join("keys")).unwrap();
    (folder, keys)
}

#[test]
fn a_published_file_is_genuine() {
    let (folder, keys) = keys();
    let bytes = published(&keys);
    let Verdict::Genuine(sentences) = verify(&bytes, None) else {
        panic!("not genuine")
    };
    assert!(sentences[0].contains("22/2026"), "{sentences:?}");
    assert!(sentences.last().is_some_and(|sentence| sentence.contains("--key")));

    let id = keys.editions.current_id().to_owned();
    assert!(matches!(
        verify(&bytes, Some(&expected(&id).unwrap())),
        Verdict::Genuine(_)
    ));
    let pem = folder.path().join("house.pub");
    let public = hex::encode(keys.editions.public(&id).unwrap().as_bytes());
    fs::write(&pem, crate::publication::sign::pem(&public).unwrap()).unwrap();
    assert!(matches!(
        verify(&bytes, Some(&expected(pem.to_str().unwrap()).unwrap())),
        Verdict::Genuine(_)
    ));
}

#[test]
fn another_houses_key_is_refused() {
    let (_folder, keys) = keys();
    let (_other_folder, other) = self::keys();
    let bytes = published(&keys);
    let other_id = expected(other.editions.current_id()).unwrap();
    assert!(matches!(verify(&bytes, Some(&other_id)), Verdict::Broken(_)));
}

/// Every single byte of the file counts: whichever is changed, the file is not genuine any more.
#[test]
fn no_byte_can_be_changed() {
    let (_folder, keys) = keys();
    let bytes = published(&keys);
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= if changed[at].is_ascii_digit() { 1 } else { 0x20 };
        assert!(
            !matches!(verify(&changed, None), Verdict::Genuine(_)),
            "byte {at} of {}",
            bytes.len()
        );
    }
    assert!(!matches!(verify(&bytes[..bytes.len() - 1], None), Verdict::Genuine(_)));
    assert!(!matches!(
        verify(&[bytes.as_slice(), b"\n"].concat(), None),
        Verdict::Genuine(_)
    ));
}

/// Somebody who signs a reworded text with a key of their own is found out by whoever has the house's key.
#[test]
fn a_resigned_text_needs_the_houses_key() {
    let (_folder, house) = keys();
    let (_forger_folder, forger) = keys();
    let forged = published(&forger);
    assert!(
        matches!(verify(&forged, None), Verdict::Genuine(_)),
        "the key came with the file"
    );
    let wanted = expected(house.editions.current_id()).unwrap();
    assert!(matches!(verify(&forged, Some(&wanted)), Verdict::Broken(_)));
}

#[test]
fn what_is_no_edition_cannot_be_checked() {
    assert!(matches!(verify(b"", None), Verdict::Unchecked(_)));
    assert!(matches!(
        verify(b"{\"format\":\"rostrum-edition/9\"}", None),
        Verdict::Unchecked(_)
    ));
    assert!(expected("/nowhere/key.pub").is_err());
}
