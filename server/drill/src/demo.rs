//! The demonstration's ministry, made through the public doors of an empty installation: accounts, a series, events in every
//! state, applications in every state, questions. Everything is fictional; nothing is written past the API.

mod past;
mod programme;

pub use past::hold_and_publish;

use crate::{
    client::{Event, House, Page, Registration},
    office::{Account, Applicant, Office},
    show::{HOUSE_PASSWORD, MINISTRY, PRESS, Reporter},
};
use anyhow::Context;
use rostrum_domain::{
    id::{EventId, PersonId},
    person::Role,
    room::command::Command,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// One account for a visitor of the demonstration to try.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    /// What the printed link is for.
    pub part: &'static str,
    pub name: &'static str,
    pub email: &'static str,
    pub roles: &'static [Role],
}

pub const ADMIN: Visitor = Visitor {
    part: "admin",
    name: "Trần Quản",
    email: "admin@demo.example",
    roles: &[Role::Admin],
};
pub const OFFICER: Visitor = Visitor {
    part: "officer",
    name: "Phạm Vân",
    email: "officer@demo.example",
    roles: &[Role::Officer],
};

/// Whose sign-in links are printed, in this order; the journalist is the first of [`PRESS`].
pub const VISITORS: [Visitor; 6] = [
    ADMIN,
    OFFICER,
    Visitor {
        part: "chair",
        name: "Đỗ Minh",
        email: "chair@demo.example",
        roles: &[Role::Chair],
    },
    Visitor {
        part: "spokesperson",
        name: "Vũ Lan",
        email: "spokesperson@demo.example",
        roles: &[Role::Spokesperson],
    },
    Visitor {
        part: "editor",
        name: "Bùi Thảo",
        email: "editor@demo.example",
        roles: &[Role::Editor],
    },
    Visitor {
        part: "reviewer",
        name: "Hoàng Sơn",
        email: "reviewer@demo.example",
        roles: &[Role::Reviewer],
    },
];

/// The events of a new demonstration.
#[derive(Clone, Debug)]
pub struct Seeded {
    /// To be held at once and published.
    pub past: Event,
    /// To be held for ever.
    pub live: Event,
    pub upcoming: Event,
}

/// Fills an empty installation.
pub async fn seed(house: &House, setup_token: &str) -> anyhow::Result<Seeded> {
    let admin = account(&ADMIN);
    let admin = Office::set_up(house, setup_token, &admin).await?;
    let mut team = Vec::new();
    for visitor in VISITORS.iter().filter(|visitor| visitor.part != ADMIN.part) {
        let person = admin.hire(&account(visitor)).await.context(visitor.email)?;
        if let [role @ (Role::Chair | Role::Spokesperson)] = visitor.roles {
            team.push((person, *role, None));
        }
    }
    for member in &MINISTRY {
        let roles = [member.role];
        let account = Account {
            name: member.name,
            email: member.email,
            password: HOUSE_PASSWORD,
            language: "vi",
            roles: &roles,
        };
        let person = admin.hire(&account).await.context(member.email)?;
        team.push((person, member.role, member.office));
    }

    let office = Office::sign_in(house, OFFICER.email, HOUSE_PASSWORD).await?;
    let series = office.found_series(&programme::series()).await?;
    let past = open_event(&office, &programme::past(series), &team).await?;
    let live = open_event(&office, &programme::live(series), &team).await?;
    let upcoming = open_event(&office, &programme::upcoming(series), &team).await?;
    office.plan(&programme::draft(series)).await?;

    accredit_all(&office, live.id).await?;
    for reporter in &PRESS[1..3] {
        office
            .accredit(past.id, &applicant(reporter))
            .await
            .context(reporter.email)?;
    }
    fill_desk(&office, &upcoming).await?;
    Ok(Seeded { past, live, upcoming })
}

/// One more briefing to be held for ever, when somebody has ended the last one.
pub async fn another(house: &House) -> anyhow::Result<Event> {
    #[derive(Deserialize)]
    struct Staff {
        id: PersonId,
        email: String,
    }
    let office = Office::sign_in(house, OFFICER.email, HOUSE_PASSWORD).await?;
    let last: Page<Event> = office
        .house
        .get("/api/v1/events?limit=1")
        .await
        .context("list the events")?;
    let series = last.items.first().context("the series of the demonstration")?.series;
    let staff: Page<Staff> = office
        .house
        .get("/api/v1/staff?limit=100")
        .await
        .context("list the staff")?;
    let on_stage = |visitor: &&Visitor| matches!(visitor.roles, [Role::Chair | Role::Spokesperson]);
    let visitors = VISITORS
        .iter()
        .filter(on_stage)
        .map(|visitor| (visitor.email, visitor.roles[0], None));
    let ministry = MINISTRY.iter().map(|member| (member.email, member.role, member.office));
    let mut team = Vec::new();
    for (email, role, post) in visitors.chain(ministry) {
        let person = staff.items.iter().find(|person| person.email == email);
        team.push((
            person.with_context(|| format!("no account for {email}"))?.id,
            role,
            post,
        ));
    }
    let event = open_event(&office, &programme::live(series), &team).await?;
    accredit_all(&office, event.id).await?;
    Ok(event)
}

async fn accredit_all(office: &Office, event: EventId) -> anyhow::Result<()> {
    for reporter in &PRESS {
        office
            .accredit(event, &applicant(reporter))
            .await
            .context(reporter.email)?;
    }
    Ok(())
}

fn account(visitor: &Visitor) -> Account<'static> {
    Account {
        name: visitor.name,
        email: visitor.email,
        password: HOUSE_PASSWORD,
        language: "en",
        roles: visitor.roles,
    }
}

fn applicant(reporter: &Reporter) -> Applicant<'static> {
    Applicant {
        name: reporter.name,
        email: reporter.email,
        outlet: reporter.outlet,
        country: reporter.country,
        language: reporter.language,
    }
}

async fn open_event(office: &Office, plan: &Value, team: &[(PersonId, Role, Option<&str>)]) -> anyhow::Result<Event> {
    let event = office.plan(plan).await?;
    for (person, role, post) in team {
        office.assign(event.id, *person, *role, *post).await?;
    }
    // The team's changes may have made a new version.
    let event = office.house.event(event.id).await.context("read the event")?;
    office.announce(&event).await
}

/// Applications in every state and a few questions, for the next briefing.
async fn fill_desk(office: &Office, event: &Event) -> anyhow::Result<()> {
    let [mai, claire, sato, amina, marta] = &PRESS;
    let mai = office.accredit(event.id, &applicant(mai)).await?;
    let claire = office.accredit(event.id, &applicant(claire)).await?;
    for reporter in [sato, amina, marta] {
        office.apply(event.id, &applicant(reporter)).await?;
    }
    withdraw(office, event.id, marta.email).await?;
    let stranger = Applicant {
        name: "Viktor Hale",
        email: "hale@phantomwire.example",
        outlet: "Phantom Wire",
        country: "GB",
        language: "en",
    };
    office.apply(event.id, &stranger).await?;
    let refusal = json!({ "decision": "refuse", "reason": "We could not confirm that this outlet exists." });
    office.decide(event.id, stranger.email, &refusal).await?;
    let unread = Applicant {
        name: "Lena Fischer",
        email: "fischer@nordpost.example",
        outlet: "Nordpost",
        country: "DE",
        language: "en",
    };
    office.apply_only(event.id, &unread).await?;

    let listed = ask(
        &mai,
        event.id,
        "Fisheries talks",
        Some("Which date has been agreed for the next round of talks?"),
    )
    .await?;
    let held = ask(
        &mai,
        event.id,
        "Visa fees for students",
        Some("Will the fee be lowered before the autumn term?"),
    )
    .await?;
    ask(&claire, event.id, "Cultural season 2027", None).await?;
    order(
        office,
        event.id,
        Command::List {
            question: listed,
            before: None,
        },
    )
    .await?;
    let reason = Some("With the consular department; answered by Thursday.".to_owned());
    order(office, event.id, Command::Hold { question: held, reason }).await
}

async fn ask(
    browser: &House,
    event: EventId,
    topic: &str,
    text: Option<&str>,
) -> anyhow::Result<rostrum_domain::id::QuestionId> {
    let draft = rostrum_domain::question::QuestionDraft {
        topic: topic.to_owned(),
        language: "en".to_owned(),
        text: text.map(str::to_owned),
    };
    let question = browser
        .submit(event, &draft, topic)
        .await
        .context("ask before the event")?;
    Ok(question.id)
}

async fn order(office: &Office, event: EventId, command: Command) -> anyhow::Result<()> {
    let body = json!({ "id": uuid::Uuid::now_v7(), "command": command });
    let path = format!("/api/v1/events/{event}/commands");
    let answer: Value = office.house.post(&path, &body).await.context("order the desk")?;
    anyhow::ensure!(answer["refused"].is_null(), "the desk refused: {answer}");
    Ok(())
}

/// Somebody who is accredited elsewhere takes their application back.
async fn withdraw(office: &Office, event: EventId, email: &str) -> anyhow::Result<()> {
    let path = format!("/api/v1/events/{event}/registrations?state=pending&limit=100");
    let pending: Page<Registration> = office.house.get(&path).await?;
    let mine = pending
        .items
        .iter()
        .find(|request| request.email == email)
        .context("the application")?;
    let browser = office.house.visitor();
    let token = office.token_for(email, "/app/join?token=").await?;
    browser.join(&token).await.context("sign in by a personal link")?;
    let path = format!("/api/v1/registrations/{}/withdraw", mine.id);
    browser.post::<Value>(&path, &json!({})).await.context("withdraw")?;
    Ok(())
}
