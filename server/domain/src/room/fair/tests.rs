use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn asker(n: u128, outlet: &str, country: &str) -> (PersonId, NameCard) {
    let card = NameCard {
        name: format!("Person {n}"),
        outlet: Some(outlet.to_owned()),
        country: Some(country.to_owned()),
        ..NameCard::default()
    };
    (PersonId(Uuid::from_u128(n)), card)
}

fn line<'a>(askers: &'a [(PersonId, NameCard)]) -> Vec<Waiting<'a>> {
    let numbered = askers.iter().zip(1..);
    numbered
        .map(|((asker, card), n)| Waiting {
            question: QuestionId(Uuid::from_u128(n)),
            asker: *asker,
            card,
            language: "en",
            arrival: n as u64,
            passed: 0,
            returned: false,
        })
        .collect()
}

fn had(askers: &[(PersonId, NameCard)]) -> Vec<Turn> {
    let turns = askers.iter().map(|(person, card)| Turn {
        event: None,
        person: *person,
        outlet: card.outlet.clone(),
        country: card.country.clone(),
        medium: None,
        language: "en".to_owned(),
        seconds: 90,
    });
    turns.collect()
}

fn numbers(places: &[Place]) -> Vec<u128> {
    places.iter().map(|place| place.question.0.as_u128()).collect()
}

fn only(criterion: Criterion) -> LineRule {
    LineRule {
        criteria: vec![criterion],
        ..LineRule::default()
    }
}

#[test]
fn every_outlet_has_a_turn_before_anybody_has_a_second() {
    let askers = [
        asker(1, "Le Jour", "FR"),
        asker(2, "le  jour", "FR"),
        asker(3, "Xinwen", "CN"),
    ];
    let places = order(&only(Criterion::OutletTurn), &[], &line(&askers));
    assert_eq!(numbers(&places), [1, 3, 2], "two of one newspaper are one outlet");
    assert_eq!(
        places[1].because,
        Because::Rule {
            by: Criterion::OutletTurn
        }
    );
    assert_eq!(
        places[2].had,
        [Had {
            of: Criterion::OutletTurn,
            much: 1
        }]
    );

    let places = order(&only(Criterion::OutletTurn), &had(&askers[2..]), &line(&askers));
    assert_eq!(
        numbers(&places),
        [1, 2, 3],
        "who has had a turn waits for the others' first"
    );
}

#[test]
fn newcomers_and_rarely_heard_countries_go_first_and_equals_by_arrival() {
    let askers = [
        asker(1, "One", "FR"),
        asker(2, "Two", "FR"),
        asker(3, "Three", "VN"),
        asker(4, "Four", "VN"),
    ];
    let places = order(&only(Criterion::FirstTime), &had(&askers[..1]), &line(&askers));
    assert_eq!(numbers(&places), [2, 3, 4, 1]);
    assert_eq!(places[0].because, Because::Earlier);
    let places = order(&only(Criterion::Country), &had(&askers[..1]), &line(&askers));
    assert_eq!(numbers(&places), [3, 1, 4, 2]);
}

#[test]
fn local_and_foreign_take_turns_where_a_home_is_declared() {
    let askers = [
        asker(1, "One", "VN"),
        asker(2, "Two", "VN"),
        asker(3, "Three", "FR"),
        asker(4, "Four", "DE"),
    ];
    let mut rule = only(Criterion::Origin);
    assert_eq!(numbers(&order(&rule, &[], &line(&askers))), [1, 2, 3, 4]);
    rule.home = Some("VN".to_owned());
    assert_eq!(numbers(&order(&rule, &[], &line(&askers))), [1, 3, 2, 4]);
}

#[test]
fn whoever_was_passed_over_often_enough_or_sent_back_is_next() {
    let askers = [asker(1, "One", "FR"), asker(2, "Two", "VN"), asker(3, "Three", "CN")];
    let turns = had(&askers[..1]);
    let mut waiting = line(&askers);
    assert_eq!(numbers(&order(&LineRule::default(), &turns, &waiting)), [2, 3, 1]);
    waiting[0].passed = LineRule::default().patience;
    let places = order(&LineRule::default(), &turns, &waiting);
    assert_eq!(numbers(&places), [1, 2, 3]);
    assert_eq!(places[0].because, Because::Patience);
    waiting[2].returned = true;
    let places = order(&LineRule::default(), &turns, &waiting);
    assert_eq!(numbers(&places), [3, 1, 2]);
    assert_eq!(places[0].because, Because::Returned);
}

fn rules() -> impl Strategy<Value = LineRule> {
    let criteria = LineRule::default().criteria;
    (proptest::sample::subsequence(criteria, 0..=8), 0u32..6).prop_map(|(criteria, patience)| LineRule {
        criteria,
        patience,
        home: Some("VN".to_owned()),
        ..LineRule::default()
    })
}

fn press() -> impl Strategy<Value = Vec<(PersonId, NameCard)>> {
    let one = (0u128..12, 0u8..4, 0u8..3).prop_map(|(n, outlet, country)| {
        let country = ["VN", "FR", "CN"][usize::from(country)];
        asker(n, &format!("Outlet {outlet}"), country)
    });
    proptest::collection::vec(one, 0..24)
}

proptest! {
    #[test]
    fn everybody_in_line_has_one_place_and_the_same_line_the_same_order(
        rule in rules(), turns in press(), askers in press(),
    ) {
        let (turns, waiting) = (had(&turns), line(&askers));
        let places = order(&rule, &turns, &waiting);
        prop_assert_eq!(&places, &order(&rule, &turns, &waiting));
        let mut there = numbers(&places);
        there.sort_unstable();
        prop_assert_eq!(there, (1..=askers.len() as u128).collect::<Vec<_>>());
        let mut shuffled = waiting.clone();
        shuffled.reverse();
        prop_assert_eq!(&places, &order(&rule, &turns, &shuffled), "the order in which they are looked at does not matter");
    }

    #[test]
    fn nobody_is_asked_twice_before_every_outlet_in_line_was_asked_once(askers in press()) {
        let places = order(&only(Criterion::OutletTurn), &[], &line(&askers));
        let outlet = |n: u128| askers[n as usize - 1].1.outlet.clone();
        let outlets: BTreeSet<_> = askers.iter().map(|(_, card)| card.outlet.clone()).collect();
        let first: BTreeSet<_> =
            numbers(&places).iter().take(outlets.len()).map(|n| outlet(*n)).collect();
        prop_assert_eq!(first, outlets);
    }
}
