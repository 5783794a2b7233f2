use crate::http::access::{Access, ROOT, ROUTES};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn the_checked_in_document_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        checked_in == super::text(),
        "server/app/openapi.json has drifted: run `make gen` and look at the difference"
    );
}

#[test]
fn every_documented_route_is_in_the_access_table() {
    let document: Value = serde_json::from_str(super::text()).unwrap();
    let table: BTreeSet<_> = ROUTES
        .iter()
        .map(|route| (route.0.to_owned(), format!("{ROOT}{}", route.1)))
        .collect();
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| ["get", "post", "patch", "put", "delete"].contains(&key.as_str()))
        {
            documented.insert((method.to_uppercase(), path.clone()));
        }
    }
    let unguarded: Vec<_> = documented.difference(&table).collect();
    assert!(
        unguarded.is_empty(),
        "routes without a line in http/access.rs: {unguarded:?}"
    );
    let undocumented: Vec<_> = ROUTES
        .iter()
        .filter(|route| {
            route.2 != Access::Grant && !documented.contains(&(route.0.to_owned(), format!("{ROOT}{}", route.1)))
        })
        .collect();
    assert!(
        undocumented.is_empty(),
        "lines in http/access.rs without a documented route: {undocumented:?}"
    );
}

#[test]
fn no_two_operations_share_a_name() {
    let document: Value = serde_json::from_str(super::text()).unwrap();
    let names: Vec<_> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .filter_map(|operation| operation["operationId"].as_str())
        .collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
}

#[test]
fn references_lead_somewhere() {
    let document: Value = serde_json::from_str(super::text()).unwrap();
    let text = super::text();
    for reference in text
        .split("\"#/components/schemas/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(
            !document["components"]["schemas"][reference].is_null(),
            "no schema {reference}"
        );
    }
}
