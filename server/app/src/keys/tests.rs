use super::*;
use rostrum_domain::{
    media::SourceKind,
    person::{NameCard, Role},
    time::Timestamp,
};
use std::os::unix::fs::PermissionsExt;
use uuid::Uuid;

fn grant(aud: GrantAudience) -> Grant {
    Grant {
        iss: Grant::issuer(),
        aud,
        sub: Uuid::from_u128(1).into(),
        room: Uuid::from_u128(2).into(),
        seat: Uuid::from_u128(3).into(),
        role: Role::Journalist,
        card: NameCard {
            name: "Mai Trần".into(),
            outlet: Some("Xinwen Daily".into()),
            office: None,
            country: None,
            medium: None,
        },
        carries: vec![SourceKind::Camera],
        exp: 1000,
    }
}

const NOW: Timestamp = Timestamp(999_000_000);

#[test]
fn a_grant_opens_its_own_door_until_it_expires() {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::load_or_create(folder.path()).unwrap();
    let token = keys.sign_grant(&grant(GrantAudience::Whip));
    assert_eq!(
        keys.verify_grant(&token, GrantAudience::Whip, NOW),
        Ok(grant(GrantAudience::Whip))
    );
    assert_eq!(
        keys.verify_grant(&token, GrantAudience::Whep, NOW),
        Err(GrantError::Invalid)
    );
    assert_eq!(
        keys.verify_grant(&token, GrantAudience::Whip, Timestamp(1_000_000_000)),
        Err(GrantError::Expired)
    );
}

#[test]
fn a_changed_or_foreign_token_is_refused() {
    let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let keys = Keys::load_or_create(ours.path()).unwrap();
    let foreign = Keys::load_or_create(theirs.path())
        .unwrap()
        .sign_grant(&grant(GrantAudience::Signal));
    let mut changed = keys.sign_grant(&grant(GrantAudience::Signal)).into_bytes();
    let middle = changed.len() / 2;
    changed[middle] = if changed[middle] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).unwrap();
    for token in [foreign.as_str(), &changed, "", "a.b.c", &"x".repeat(100_000)] {
        assert_eq!(
            keys.verify_grant(token, GrantAudience::Signal, NOW),
            Err(GrantError::Invalid)
        );
    }
}

#[test]
fn keys_survive_a_restart_and_a_rotation_keeps_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let first = Keys::load_or_create(folder.path()).unwrap();
    let token = first.sign_grant(&grant(GrantAudience::Signal));
    let again = Keys::load_or_create(folder.path()).unwrap();
    assert_eq!(first.editions.current_id(), again.editions.current_id());
    assert!(again.verify_grant(&token, GrantAudience::Signal, NOW).is_ok());

    let spare = tempfile::tempdir().unwrap();
    let newer = Keys::load_or_create(spare.path()).unwrap();
    let name = format!("grant-{}.pem", newer.grants.current_id());
    std::fs::copy(spare.path().join(&name), folder.path().join(&name)).unwrap();
    let future = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    std::fs::File::options()
        .write(true)
        .open(folder.path().join(&name))
        .unwrap()
        .set_modified(future)
        .unwrap();
    let rotated = Keys::load_or_create(folder.path()).unwrap();
    assert_eq!(rotated.grants.current_id(), newer.grants.current_id());
    assert!(rotated.verify_grant(&token, GrantAudience::Signal, NOW).is_ok());
}

#[test]
fn a_key_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::load_or_create(folder.path()).unwrap();
    let path = folder.path().join(format!("grant-{}.pem", keys.grants.current_id()));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(
        Keys::load_or_create(folder.path()),
        Err(KeyError::Exposed { .. })
    ));
}
