//! What the house owes: questions that were taken on air, across events, until each is answered in writing or closed.

use super::{
    Problem,
    auth::SignedIn,
    events::{at, place},
    input::{Json, QueryOf},
};
use crate::{
    App,
    store::{people, questions},
};
use axum::extract::State;
use rostrum_domain::{
    id::{EventId, PersonId},
    person::NameCard,
    policy::Action,
    question::Question,
    text::Text,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, btree_map::Entry};
use utoipa::ToSchema;

/// Questions shown at once. A house that owes more than this has another problem than paging.
const SHOWN: i64 = 500;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LedgerQuery {
    /// Also what has been answered or closed.
    #[serde(default)]
    all: bool,
}

/// A question that is owed, and where it was taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Owed {
    question: Question,
    /// Those who asked the same.
    together: Vec<NameCard>,
    event: EventId,
    event_title: Text,
    /// Who may answer for the house.
    team: Vec<TeamName>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TeamName {
    person: PersonId,
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Ledger {
    items: Vec<Owed>,
}

/// The ledger of questions that were taken, soonest due first.
#[utoipa::path(get, path = "/ledger", tag = "room", params(LedgerQuery), responses(
    (status = 200, description = "What is owed, of the events one works for", body = Ledger),
))]
pub async fn list(
    State(app): State<App>,
    SignedIn(who): SignedIn,
    QueryOf(wanted): QueryOf<LedgerQuery>,
) -> Result<Json<Ledger>, Problem> {
    let mut reader = app.db.read().await?;
    let mut seen = BTreeMap::new();
    let mut items = Vec::new();
    for (event, question) in questions::taken(&mut reader, !wanted.all, SHOWN).await? {
        if let Entry::Vacant(unseen) = seen.entry(event) {
            let found = at(&mut reader, event).await?;
            let mine = who.must(Action::SeeLedger, place(&found)).is_ok();
            let mut team = Vec::<TeamName>::new();
            for member in people::team(&mut reader, event).await? {
                if !team.iter().any(|name| name.person == member.person) {
                    let (person, name) = (member.person, member.name);
                    team.push(TeamName { person, name });
                }
            }
            unseen.insert(mine.then_some((found.title, team)));
        }
        let Some(Some((event_title, team))) = seen.get(&event).cloned() else {
            continue;
        };
        let led = questions::led_by(&mut reader, question.id).await?;
        items.push(Owed {
            together: led.into_iter().map(|other| other.card).collect(),
            question,
            event,
            event_title,
            team,
        });
    }
    Ok(Json(Ledger { items }))
}
