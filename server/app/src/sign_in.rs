//! Who somebody is, however they proved it: opening, finding and prolonging sign-ins, and the links that open them.

use crate::{
    App,
    http::Problem,
    secrets,
    store::{
        Conn, StoreError, people,
        people::Person,
        sessions::{self, Link, Purpose, Session, Via},
    },
};
use rostrum_domain::{
    id::{EventId, PersonId, RegistrationId, SeriesId, SessionId},
    person::Role,
    policy::{self, Action, Held, Place},
    time::Timestamp,
};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Staff without a request for this long sign in again. Longer: an unattended desk stays open; shorter: a long briefing
/// day is interrupted.
const STAFF_IDLE: Duration = Duration::from_secs(12 * 3600);
/// …and after this long in any case.
const STAFF_LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);
/// A journalist who came by a link: long enough for the briefings of a month without new mail.
const PRESS: Duration = Duration::from_secs(30 * 24 * 3600);
/// A session's row is touched at most this often.
const TOUCH: Duration = Duration::from_secs(5 * 60);

/// A mailed sign-in link is for now.
pub const SIGN_IN_LINK: Duration = Duration::from_secs(20 * 60);
/// A registration may be confirmed a week later.
pub const CONFIRM_LINK: Duration = Duration::from_secs(7 * 24 * 3600);
/// Links printed on the operator's own terminal.
pub const TERMINAL_LINK: Duration = DAY;

/// Somebody signed in, with everything they may be.
#[derive(Clone, Debug)]
pub struct Who {
    pub person: Person,
    pub session: SessionId,
    pub held: Vec<Held>,
}

impl Who {
    pub fn may(&self, action: Action, place: Place) -> bool {
        policy::may(&self.held, action, place)
    }

    pub fn must(&self, action: Action, place: Place) -> Result<(), Problem> {
        if self.may(action, place) {
            Ok(())
        } else {
            Err(Problem::forbidden())
        }
    }

    /// As what they enter the room of an event, if at all.
    pub fn role_in(&self, event: EventId, series: SeriesId) -> Option<Role> {
        policy::role_in(&self.held, event, series)
    }
}

/// Opens a session; the returned secret goes into the cookie.
pub async fn open(app: &App, conn: &mut Conn, person: &Person, via: Via) -> Result<String, StoreError> {
    let now = app.now();
    let token = secrets::fresh();
    let lasts = if person.staff { STAFF_IDLE } else { PRESS };
    let session = Session {
        id: app.new_id(),
        person: person.id,
        via,
        created_at: now,
        last_seen_at: now,
        expires_at: now.saturating_add(lasts),
    };
    sessions::insert(conn, &session, &secrets::hash(&token)).await?;
    Ok(token)
}

/// Whose cookie this is. Staff who work stay signed in.
pub async fn who(app: &App, token: &str) -> Result<Option<Who>, StoreError> {
    let now = app.now();
    let mut reader = app.db.read().await?;
    let Some(session) = sessions::find(&mut reader, &secrets::hash(token), now).await? else {
        return Ok(None);
    };
    let Some(person) = people::by_id(&mut reader, session.person).await? else {
        return Ok(None);
    };
    let held = people::held(&mut reader, person.id).await?;
    drop(reader);
    if person.staff && now.since(session.last_seen_at) >= TOUCH {
        let longest = session.created_at.saturating_add(STAFF_LONGEST);
        let mut tx = app.db.begin().await?;
        sessions::prolong(&mut tx, session.id, now, now.saturating_add(STAFF_IDLE).min(longest)).await?;
        tx.commit().await?;
    }
    Ok(Some(Who {
        person,
        session: session.id,
        held,
    }))
}

/// Makes a link that signs `person` in once. Returns its address.
pub async fn sign_in_link(
    app: &App,
    conn: &mut Conn,
    person: PersonId,
    next: Option<String>,
    lasts: Duration,
) -> Result<String, StoreError> {
    let expires_at = Some(app.now().saturating_add(lasts));
    let link = Link {
        purpose: Purpose::SignIn,
        person: Some(person),
        registration: None,
        next,
        expires_at,
    };
    mint(app, conn, &link, "/app/link").await
}

/// The link that proves the e-mail address of a registration.
pub async fn confirm_link(
    app: &App,
    conn: &mut Conn,
    person: PersonId,
    registration: RegistrationId,
) -> Result<String, StoreError> {
    let expires_at = Some(app.now().saturating_add(CONFIRM_LINK));
    let (person, registration) = (Some(person), Some(registration));
    let link = Link {
        purpose: Purpose::Confirm,
        person,
        registration,
        next: None,
        expires_at,
    };
    mint(app, conn, &link, "/app/confirm").await
}

/// The personal link of an accredited journalist; it ends a day after the event should.
pub async fn join_link(
    app: &App,
    conn: &mut Conn,
    person: PersonId,
    registration: RegistrationId,
    event_ends: Timestamp,
) -> Result<String, StoreError> {
    let expires_at = Some(event_ends.max(app.now()).saturating_add(DAY));
    let (person, registration) = (Some(person), Some(registration));
    let link = Link {
        purpose: Purpose::Join,
        person,
        registration,
        next: None,
        expires_at,
    };
    mint(app, conn, &link, "/app/join").await
}

/// While nobody runs the installation: a new set-up link, which replaces older ones.
pub async fn setup_link(app: &App) -> Result<Option<String>, StoreError> {
    let mut tx = app.db.begin().await?;
    if people::any_admin(&mut tx).await? {
        return Ok(None);
    }
    sessions::cancel_links(&mut tx, Purpose::Setup, app.now()).await?;
    let link = Link {
        purpose: Purpose::Setup,
        person: None,
        registration: None,
        next: None,
        expires_at: None,
    };
    let address = mint(app, &mut tx, &link, "/app/setup").await?;
    tx.commit().await?;
    Ok(Some(address))
}

/// What the first administrator holds: every staff role that is not tied to one event's stage.
pub const FIRST_ADMIN: [Role; 6] = [
    Role::Admin,
    Role::Officer,
    Role::Chair,
    Role::Captioner,
    Role::Editor,
    Role::Reviewer,
];

/// `20 minutes`-style figures for the mails.
pub fn minutes(duration: Duration) -> u64 {
    duration.as_secs() / MINUTE.as_secs()
}

async fn mint(app: &App, conn: &mut Conn, link: &Link, path: &str) -> Result<String, StoreError> {
    let token = secrets::fresh();
    sessions::insert_link(conn, link, &secrets::hash(&token), app.now()).await?;
    Ok(format!("{}{path}?token={token}", app.config.public_url()))
}
