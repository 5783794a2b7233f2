//! Registrations: who asked to take part in an event, for which outlet, and what was decided. One person, one event, one
//! registration.

use super::{
    Conn, StoreError,
    row::{Cells, word},
};
use rostrum_domain::{
    id::{EventId, OutletId, PersonId, RegistrationId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use utoipa::ToSchema;

/// Where a registration stands: `unconfirmed → pending → approved | refused`, and `withdrawn` by the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationState {
    /// The e-mail address is not proved yet.
    Unconfirmed,
    /// Waits for an officer.
    Pending,
    Approved,
    Refused,
    Withdrawn,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlet {
    pub id: OutletId,
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub id: RegistrationId,
    pub event: EventId,
    pub person: PersonId,
    pub email: String,
    /// As it will be shown on air.
    pub name: String,
    pub outlet: Outlet,
    pub language: String,
    pub press_card: String,
    pub message: Option<String>,
    pub state: RegistrationState,
    pub reason: Option<String>,
    pub decided_by: Option<PersonId>,
    pub decided_by_name: Option<String>,
    pub decided_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub version: i64,
}

impl TryFrom<&AnyRow> for Registration {
    type Error = StoreError;

    fn try_from(row: &AnyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id")?,
            event: row.id("event")?,
            person: row.id("person")?,
            email: row.text("email")?,
            name: row.text("name")?,
            outlet: Outlet {
                id: row.id("outlet")?,
                name: row.text("outlet_name")?,
                country: row.text("outlet_country")?,
            },
            language: row.text("language")?,
            press_card: row.text("press_card")?,
            message: row.text_opt("message")?,
            state: row.word("state")?,
            reason: row.text_opt("reason")?,
            decided_by: row.id_opt("decided_by")?,
            decided_by_name: row.text_opt("decided_by_name")?,
            decided_at: row.time_opt("decided_at")?,
            created_at: row.time("created_at")?,
            version: row.int("version")?,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.event, r.person, p.email, r.name, r.outlet, o.name AS outlet_name, \
             o.country AS outlet_country, r.language, r.press_card, r.message, r.state, r.reason, r.decided_by, \
             d.name AS decided_by_name, r.decided_at, r.created_at, r.version FROM registrations r \
             JOIN people p ON p.id = r.person JOIN outlets o ON o.id = r.outlet \
             LEFT JOIN people d ON d.id = r.decided_by ",
            $rest
        )
    };
}

/// The outlet of this name in this country; `new` becomes its id when it is not known yet.
pub async fn outlet(
    conn: &mut Conn,
    new: OutletId,
    name: &str,
    country: &str,
    now: Timestamp,
) -> Result<Outlet, StoreError> {
    let key = outlet_key(name);
    sqlx::query(
        "INSERT INTO outlets (id, name, name_key, country, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (name_key, country) DO NOTHING",
    )
    .bind(new.to_string())
    .bind(name)
    .bind(&key)
    .bind(country)
    .bind(now.micros())
    .execute(&mut *conn)
    .await?;
    let row = sqlx::query("SELECT id, name, country FROM outlets WHERE name_key = $1 AND country = $2")
        .bind(&key)
        .bind(country)
        .fetch_one(conn)
        .await?;
    Ok(Outlet {
        id: row.id("id")?,
        name: row.text("name")?,
        country: row.text("country")?,
    })
}

/// `false` when this person has one in this event already.
pub async fn insert(conn: &mut Conn, registration: &Registration, now: Timestamp) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO registrations (id, event, person, outlet, name, language, press_card, message, state, reason, \
         decided_by, decided_at, version, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT (event, person) DO NOTHING",
    )
    .bind(registration.id.to_string())
    .bind(registration.event.to_string())
    .bind(registration.person.to_string())
    .bind(registration.outlet.id.to_string())
    .bind(&registration.name)
    .bind(&registration.language)
    .bind(&registration.press_card)
    .bind(&registration.message)
    .bind(word(&registration.state))
    .bind(&registration.reason)
    .bind(registration.decided_by.map(|id| id.to_string()))
    .bind(registration.decided_at.map(Timestamp::micros))
    .bind(registration.version)
    .bind(registration.created_at.micros())
    .bind(now.micros())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes what can change if nobody else wrote since `registration.version`; `false` if somebody did.
pub async fn update(conn: &mut Conn, registration: &Registration, now: Timestamp) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE registrations SET outlet = $3, name = $4, language = $5, press_card = $6, message = $7, state = $8, \
         reason = $9, decided_by = $10, decided_at = $11, version = version + 1, updated_at = $12 \
         WHERE id = $1 AND version = $2",
    )
    .bind(registration.id.to_string())
    .bind(registration.version)
    .bind(registration.outlet.id.to_string())
    .bind(&registration.name)
    .bind(&registration.language)
    .bind(&registration.press_card)
    .bind(&registration.message)
    .bind(word(&registration.state))
    .bind(&registration.reason)
    .bind(registration.decided_by.map(|id| id.to_string()))
    .bind(registration.decided_at.map(Timestamp::micros))
    .bind(now.micros())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn by_id(conn: &mut Conn, id: RegistrationId) -> Result<Option<Registration>, StoreError> {
    let row = sqlx::query(select!("WHERE r.id = $1"))
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(Registration::try_from).transpose()
}

pub async fn of_person_in(
    conn: &mut Conn,
    person: PersonId,
    event: EventId,
) -> Result<Option<Registration>, StoreError> {
    let row = sqlx::query(select!("WHERE r.person = $1 AND r.event = $2"))
        .bind(person.to_string())
        .bind(event.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(Registration::try_from).transpose()
}

/// Newest first.
pub async fn of_person(conn: &mut Conn, person: PersonId) -> Result<Vec<Registration>, StoreError> {
    let rows = sqlx::query(select!("WHERE r.person = $1 ORDER BY r.id DESC LIMIT 200"))
        .bind(person.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(Registration::try_from).collect()
}

/// Oldest first: what waits longest stands on top.
pub async fn page(
    conn: &mut Conn,
    event: EventId,
    state: Option<RegistrationState>,
    after: &str,
    limit: i64,
) -> Result<Vec<Registration>, StoreError> {
    let rows = sqlx::query(select!(
        "WHERE r.event = $1 AND ($2 = '' OR r.state = $2) AND r.id > $3 ORDER BY r.id LIMIT $4"
    ))
    .bind(event.to_string())
    .bind(state.map(|state| word(&state)).unwrap_or_default())
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(Registration::try_from).collect()
}

/// Everybody who must hear that an event changed: neither refused nor withdrawn, with a proved address.
pub async fn concerned(conn: &mut Conn, event: EventId) -> Result<Vec<Registration>, StoreError> {
    let rows = sqlx::query(select!(
        "WHERE r.event = $1 AND r.state IN ('pending', 'approved') ORDER BY r.id"
    ))
    .bind(event.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter().map(Registration::try_from).collect()
}

/// Two spellings of one outlet are one outlet: case and spaces do not count, accents do.
fn outlet_key(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
