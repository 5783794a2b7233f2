//! What both engines promise, tried on both. A test that passes on one only is a bug in a query, not in the engine.

mod people;
mod programme;
mod work;

use super::{
    Db, events,
    people::Person,
    registrations::{self, Registration, RegistrationState},
    series::{Numbering, Series},
};
use rostrum_domain::{
    event::{AskerPolicy, Attendance, EventState, GroundRules},
    id::{EventId, SeriesId},
    text::Text,
    time::Timestamp,
};
use tempfile::TempDir;
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_773_302_400_000_000);

fn later(micros: i64) -> Timestamp {
    Timestamp(NOW.micros() + micros)
}

/// Both engines, empty and up to date.
pub(super) async fn engines() -> (TempDir, [Db; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite://{}", folder.path().join("test.sqlite").display());
    let postgres = rostrum_tests::postgres::fresh().await.unwrap();
    let [sqlite, postgres] = [Db::open(&sqlite).await.unwrap(), Db::open(&postgres).await.unwrap()];
    for db in [&sqlite, &postgres] {
        db.migrate().await.unwrap();
        db.migrate().await.unwrap();
    }
    (folder, [sqlite, postgres])
}

pub(super) fn person(email: &str) -> Person {
    let (name, language) = ("Trần Thị Mai".to_owned(), "vi".to_owned());
    Person {
        id: Uuid::now_v7().into(),
        name,
        email: email.into(),
        language,
        staff: true,
        disabled: false,
        version: 1,
    }
}

pub(super) fn a_series(slug: &str) -> Series {
    Series {
        id: Uuid::now_v7().into(),
        slug: slug.into(),
        name: Text::in_one("vi", "Họp báo"),
        languages: vec!["vi".into(), "en".into()],
        zone: "Asia/Ho_Chi_Minh".into(),
        cadence: String::new(),
        numbering: Numbering::PerYear,
        asker_policy: AskerPolicy::OutletOnly,
        rules: GroundRules::default(),
        caption_language: "vi".into(),
        retention_days: None,
        version: 1,
    }
}

pub(super) fn an_event(series: SeriesId, starts_at: Timestamp) -> events::Event {
    events::Event {
        id: Uuid::now_v7().into(),
        series,
        number: None,
        year: None,
        title: Text::in_one("en", "Briefing ‘quoted’ \"twice\""),
        description: Text::default(),
        starts_at,
        ends_at: starts_at,
        zone: "Europe/Paris".into(),
        languages: vec!["fr".into()],
        caption_language: "fr".into(),
        rules: GroundRules {
            version: 3,
            follow_ups: 2,
            exchange_seconds: 90,
            text: Text::in_one("fr", "Bref."),
        },
        attendance: Attendance::Mixed,
        registration_closes_at: starts_at,
        questions_close_at: starts_at,
        state: EventState::Draft,
        cancel_reason: None,
        announced_at: None,
        version: 1,
    }
}

fn a_registration(event: EventId, person: &Person, outlet: registrations::Outlet) -> Registration {
    Registration {
        id: Uuid::now_v7().into(),
        event,
        person: person.id,
        email: person.email.clone(),
        name: "Mai Trần".into(),
        outlet,
        language: "vi".into(),
        press_card: "P-1".into(),
        message: None,
        state: RegistrationState::Pending,
        reason: None,
        decided_by: None,
        decided_by_name: None,
        decided_at: None,
        created_at: NOW,
        version: 1,
    }
}
