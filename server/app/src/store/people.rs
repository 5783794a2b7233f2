//! People and the roles they hold. One e-mail address is one person.

use super::{
    Conn, StoreError,
    row::{Cells, word},
};
use rostrum_domain::{
    id::{EventId, PersonId},
    person::Role,
    policy::{Held, Scope},
    time::Timestamp,
};
use sqlx::any::AnyRow;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    /// Lower case, NFC.
    pub email: String,
    pub language: String,
    /// Has an account of the house, as opposed to somebody who registered.
    pub staff: bool,
    pub disabled: bool,
    pub version: i64,
}

impl TryFrom<&AnyRow> for Person {
    type Error = StoreError;

    fn try_from(row: &AnyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id")?,
            name: row.text("name")?,
            email: row.text("email")?,
            language: row.text("language")?,
            staff: row.truth("staff")?,
            disabled: row.truth("disabled")?,
            version: row.int("version")?,
        })
    }
}

pub async fn insert(
    conn: &mut Conn,
    person: &Person,
    password_hash: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO people (id, name, email, language, password_hash, staff, disabled, version, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
    )
    .bind(person.id.to_string())
    .bind(&person.name)
    .bind(&person.email)
    .bind(&person.language)
    .bind(password_hash)
    .bind(i64::from(person.staff))
    .bind(i64::from(person.disabled))
    .bind(person.version)
    .bind(now.micros())
    .execute(conn)
    .await?;
    Ok(())
}

/// The person of this address: the one known, or `new`. Two who come at once find the same one.
pub async fn find_or_insert(conn: &mut Conn, new: &Person, now: Timestamp) -> Result<Person, StoreError> {
    sqlx::query(
        "INSERT INTO people (id, name, email, language, staff, disabled, version, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (email) DO NOTHING",
    )
    .bind(new.id.to_string())
    .bind(&new.name)
    .bind(&new.email)
    .bind(&new.language)
    .bind(i64::from(new.staff))
    .bind(i64::from(new.disabled))
    .bind(new.version)
    .bind(now.micros())
    .execute(&mut *conn)
    .await?;
    by_email(conn, &new.email)
        .await?
        .ok_or_else(|| StoreError::inconsistent("a person just written is not there"))
}

pub async fn by_id(conn: &mut Conn, id: PersonId) -> Result<Option<Person>, StoreError> {
    let row = sqlx::query("SELECT id, name, email, language, staff, disabled, version FROM people WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(Person::try_from).transpose()
}

pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<Person>, StoreError> {
    let row = sqlx::query("SELECT id, name, email, language, staff, disabled, version FROM people WHERE email = $1")
        .bind(email)
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(Person::try_from).transpose()
}

/// Staff in the order of their ids, after `after`.
pub async fn staff_page(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Person>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, name, email, language, staff, disabled, version FROM people \
         WHERE staff = 1 AND id > $1 ORDER BY id LIMIT $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(Person::try_from).collect()
}

/// Writes name, address, language, staff and disabled if nobody else wrote since `person.version`; `false` if somebody did.
pub async fn update(conn: &mut Conn, person: &Person, now: Timestamp) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE people SET name = $3, email = $4, language = $5, staff = $6, disabled = $7, version = version + 1, \
         updated_at = $8 WHERE id = $1 AND version = $2",
    )
    .bind(person.id.to_string())
    .bind(person.version)
    .bind(&person.name)
    .bind(&person.email)
    .bind(&person.language)
    .bind(i64::from(person.staff))
    .bind(i64::from(person.disabled))
    .bind(now.micros())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The password hash (PHC string) of somebody who may sign in with one.
pub async fn password_hash(conn: &mut Conn, email: &str) -> Result<Option<(PersonId, String)>, StoreError> {
    let row = sqlx::query(
        "SELECT id, password_hash FROM people \
         WHERE email = $1 AND staff = 1 AND disabled = 0 AND password_hash IS NOT NULL",
    )
    .bind(email)
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok((row.id("id")?, row.text("password_hash")?)))
        .transpose()
}

pub async fn set_password_hash(conn: &mut Conn, person: PersonId, hash: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE people SET password_hash = $2 WHERE id = $1")
        .bind(person.to_string())
        .bind(hash)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether anybody runs this installation yet.
pub async fn any_admin(conn: &mut Conn) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS n FROM roles JOIN people ON people.id = roles.person \
         WHERE roles.role = 'admin' AND roles.scope = 'house' AND people.disabled = 0",
    )
    .fetch_one(conn)
    .await?;
    Ok(row.int("n")? > 0)
}

/// Every role somebody holds: those given by the house, and `journalist` in each event that approved them.
pub async fn held(conn: &mut Conn, person: PersonId) -> Result<Vec<Held>, StoreError> {
    let rows = sqlx::query(
        "SELECT role, scope, scope_id FROM roles WHERE person = $1 \
         UNION SELECT 'journalist', 'event', event FROM registrations WHERE person = $1 AND state = 'approved' \
         ORDER BY 2, 3, 1",
    )
    .bind(person.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Held {
                role: row.word("role")?,
                scope: scope(row)?,
            })
        })
        .collect()
}

/// Gives a role; a role already held keeps its place and takes the new office.
pub async fn grant(
    conn: &mut Conn,
    person: PersonId,
    held: Held,
    office: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (scope, id) = scope_columns(held.scope);
    sqlx::query(
        "INSERT INTO roles (person, role, scope, scope_id, office, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (person, role, scope, scope_id) DO UPDATE SET office = excluded.office",
    )
    .bind(person.to_string())
    .bind(word(&held.role))
    .bind(scope)
    .bind(id)
    .bind(office)
    .bind(now.micros())
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a role away; `false` when it was not held.
pub async fn revoke(conn: &mut Conn, person: PersonId, held: Held) -> Result<bool, StoreError> {
    let (scope, id) = scope_columns(held.scope);
    let done = sqlx::query("DELETE FROM roles WHERE person = $1 AND role = $2 AND scope = $3 AND scope_id = $4")
        .bind(person.to_string())
        .bind(word(&held.role))
        .bind(scope)
        .bind(id)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// One of an event's team, as chosen for that event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamMember {
    pub person: PersonId,
    pub name: String,
    pub role: Role,
    pub office: Option<String>,
}

pub async fn team(conn: &mut Conn, event: EventId) -> Result<Vec<TeamMember>, StoreError> {
    let rows = sqlx::query(
        "SELECT roles.person, people.name, roles.role, roles.office FROM roles JOIN people ON people.id = roles.person \
         WHERE roles.scope = 'event' AND roles.scope_id = $1 ORDER BY roles.created_at, roles.person, roles.role",
    )
    .bind(event.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(TeamMember {
                person: row.id("person")?,
                name: row.text("name")?,
                role: row.word("role")?,
                office: row.text_opt("office")?,
            })
        })
        .collect()
}

fn scope(row: &AnyRow) -> Result<Scope, StoreError> {
    match row.text("scope")?.as_str() {
        "house" => Ok(Scope::House),
        "series" => Ok(Scope::Series(row.id("scope_id")?)),
        "event" => Ok(Scope::Event(row.id("scope_id")?)),
        other => Err(StoreError::inconsistent(format!("role scope {other}"))),
    }
}

fn scope_columns(scope: Scope) -> (&'static str, String) {
    match scope {
        Scope::House => ("house", String::new()),
        Scope::Series(id) => ("series", id.to_string()),
        Scope::Event(id) => ("event", id.to_string()),
    }
}
