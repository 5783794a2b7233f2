//! As what somebody comes to an event, and under which name. Role and card come from the team list and the registration,
//! never from the door.

use crate::{
    sign_in::Who,
    store::{
        Conn, StoreError,
        events::Event,
        people,
        registrations::{self, RegistrationState},
    },
};
use rostrum_domain::{
    person::{NameCard, Role},
    room::Actor,
};

/// Who they are in this event's room; `None`: neither of its team, nor staff, nor accredited.
pub async fn actor(conn: &mut Conn, who: &Who, event: &Event) -> Result<Option<Actor>, StoreError> {
    let Some(role) = who.role_in(event.id, event.series) else {
        return Ok(None);
    };
    let person = who.person.id;
    let card = if role == Role::Journalist {
        let registration = registrations::of_person_in(conn, person, event.id).await?;
        let Some(registration) = registration.filter(|found| found.state == RegistrationState::Approved) else {
            return Ok(None);
        };
        NameCard {
            name: registration.name,
            outlet: Some(registration.outlet.name),
            office: None,
            country: Some(registration.outlet.country),
            medium: None,
        }
    } else {
        let team = people::team(conn, event.id).await?;
        let office = team
            .into_iter()
            .find(|member| member.person == person && member.role == role);
        NameCard {
            name: who.person.name.clone(),
            outlet: None,
            office: office.and_then(|member| member.office),
            country: None,
            medium: None,
        }
    };
    Ok(Some(Actor { person, role, card }))
}
