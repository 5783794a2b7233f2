//! A registration as its person and the officers see it.

use crate::store::registrations::{Registration as Stored, RegistrationState};
use rostrum_domain::{
    id::{EventId, OutletId, PersonId, RegistrationId},
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Registration {
    pub id: RegistrationId,
    pub event: EventId,
    pub person: PersonId,
    pub name: String,
    pub email: String,
    pub outlet: Outlet,
    pub language: String,
    pub press_card: String,
    #[schema(required = true)]
    pub message: Option<String>,
    pub state: RegistrationState,
    /// Told with a refusal.
    #[schema(required = true)]
    pub reason: Option<String>,
    #[schema(required = true)]
    pub decided_by_name: Option<String>,
    #[schema(required = true)]
    pub decided_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Outlet {
    pub id: OutletId,
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

impl From<Stored> for Registration {
    fn from(stored: Stored) -> Self {
        Self {
            id: stored.id,
            event: stored.event,
            person: stored.person,
            name: stored.name,
            email: stored.email,
            outlet: Outlet {
                id: stored.outlet.id,
                name: stored.outlet.name,
                country: stored.outlet.country,
            },
            language: stored.language,
            press_card: stored.press_card,
            message: stored.message,
            state: stored.state,
            reason: stored.reason,
            decided_by_name: stored.decided_by_name,
            decided_at: stored.decided_at,
            created_at: stored.created_at,
            version: stored.version,
        }
    }
}
