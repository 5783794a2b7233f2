use super::*;
use uuid::Uuid;

const EVENT: EventId = EventId(Uuid::from_u128(1));
const OTHER_EVENT: EventId = EventId(Uuid::from_u128(2));
const SERIES: SeriesId = SeriesId(Uuid::from_u128(3));
const OTHER_SERIES: SeriesId = SeriesId(Uuid::from_u128(4));
const HERE: Place = Place::Event {
    event: EVENT,
    series: SERIES,
};

fn held(role: Role, scope: Scope) -> Held {
    Held { role, scope }
}

#[test]
fn a_role_reaches_as_far_as_it_is_held() {
    let decides = |scope, place| may(&[held(Role::Officer, scope)], Action::DecideRegistration, place);
    assert!(decides(Scope::House, HERE));
    assert!(decides(Scope::Series(SERIES), HERE));
    assert!(decides(Scope::Event(EVENT), HERE));
    assert!(!decides(Scope::Event(OTHER_EVENT), HERE));
    assert!(!decides(Scope::Series(OTHER_SERIES), HERE));
    assert!(!decides(Scope::Event(EVENT), Place::Series(SERIES)));
    assert!(!decides(Scope::Series(SERIES), Place::House));
}

#[test]
fn the_one_who_edits_is_not_the_one_who_releases() {
    let both = Action::EditTranscript
        .roles()
        .iter()
        .any(|role| Action::ReleaseEdition.roles().contains(role));
    assert!(!both, "one role could edit and release");
}

#[test]
fn a_journalist_enters_and_asks_and_nothing_else() {
    let journalist = [held(Role::Journalist, Scope::Event(EVENT))];
    let allowed: Vec<_> = Action::ALL
        .iter()
        .filter(|action| may(&journalist, **action, HERE))
        .collect();
    assert_eq!(allowed, [&Action::EnterRoom, &Action::Ask]);
    assert!(!may(
        &journalist,
        Action::EnterRoom,
        Place::Event {
            event: OTHER_EVENT,
            series: SERIES
        }
    ));
}

#[test]
fn the_nearest_scope_names_the_role_in_the_room() {
    let house = held(Role::Officer, Scope::House);
    assert_eq!(role_in(&[house], EVENT, SERIES), Some(Role::Officer));
    assert_eq!(
        role_in(&[house, held(Role::Chair, Scope::Event(EVENT))], EVENT, SERIES),
        Some(Role::Chair)
    );
    assert_eq!(
        role_in(&[house, held(Role::Chair, Scope::Event(OTHER_EVENT))], EVENT, SERIES),
        Some(Role::Officer)
    );
    assert_eq!(
        role_in(&[held(Role::Journalist, Scope::Event(OTHER_EVENT))], EVENT, SERIES),
        None
    );
}

#[test]
fn a_role_is_written_flat() {
    let text = serde_json::to_string(&held(Role::Chair, Scope::House)).unwrap();
    assert_eq!(text, r#"{"role":"chair","scope":"house"}"#);
    let event = held(Role::Chair, Scope::Event(EVENT));
    assert_eq!(
        serde_json::from_str::<Held>(&serde_json::to_string(&event).unwrap()).unwrap(),
        event
    );
}
