//! What only the public pages ask of the programme.

use super::{Conn, StoreError, row::Cells};
use rostrum_domain::{id::EventId, time::Timestamp};

/// When an event was last changed: calendars and feeds say it.
pub async fn changed_at(conn: &mut Conn, event: EventId) -> Result<Option<Timestamp>, StoreError> {
    let row = sqlx::query("SELECT updated_at FROM events WHERE id = $1")
        .bind(event.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(|row| row.time("updated_at")).transpose()
}
