//! From the public form to the personal link, with a real mail server and without one.

use crate::house::{opened, refusal};
use anyhow::{Context, ensure};
use futures::future::join_all;
use reqwest::Method;
use rostrum_domain::person::Role;
use rostrum_drill::{
    client::{House, HouseError, Page, Registration, token_in},
    office::{Account, Applicant, Office},
};
use rostrum_tests::{MailServer, server::Options};
use serde_json::{Value, json};

const MAI: Applicant<'static> = Applicant {
    name: "Mai Trần",
    email: "mai@xinwen.example",
    outlet: "Xinwen Daily",
    country: "CN",
    language: "vi",
};

fn smtp(mail: &MailServer) -> Options {
    Options::default()
        .set("ROSTRUM_SMTP__HOST", "127.0.0.1")
        .set("ROSTRUM_SMTP__PORT", mail.port())
        .set("ROSTRUM_SMTP__SECURITY", "none")
        .set("ROSTRUM_SMTP__FROM", "Press Office <press@house.example>")
}

#[tokio::test]
async fn a_journalist_comes_in_by_three_mails() -> anyhow::Result<()> {
    let mail = MailServer::start().await?;
    let (_server, office) = opened(smtp(&mail)).await?;
    let event = office.simple_event("hop-bao", "Briefing").await?;
    office.apply_only(event.id, &MAI).await?;

    let confirm = mail.to(MAI.email).await?;
    ensure!(confirm.from == "press@house.example", "from {}", confirm.from);
    let browser = office.house.visitor();
    let token = json!({ "token": token_of(&confirm.link("/app/confirm")?)? });
    let confirmed: Value = browser.post("/api/v1/registrations/confirm", &token).await?;
    ensure!(confirmed["state"] == "pending", "{confirmed}");
    ensure!(
        mail.to(MAI.email)
            .await?
            .text()
            .contains("Bộ phận báo chí đã nhận được"),
        "told that it waits, in Vietnamese"
    );

    office
        .decide(event.id, MAI.email, &json!({ "decision": "approve" }))
        .await?;
    let approved = mail.to(MAI.email).await?;
    let link = approved.link("/app/join")?;
    let (me, joined) = browser.join(&token_of(&link)?).await?;
    ensure!(joined == event.id && me.person.email == MAI.email);
    browser
        .grant(event.id)
        .await
        .context("an accredited journalist may enter")?;

    let outbox: Page<Value> = office.house.get("/api/v1/outbox?limit=100").await?;
    let mine: Vec<_> = outbox.items.iter().filter(|mail| mail["to"] == MAI.email).collect();
    ensure!(mine.len() == 3, "{mine:?}");
    let token = token_of(&link)?;
    for mail in mine {
        ensure!(
            !mail["text"].as_str().unwrap_or_default().contains(&token),
            "a sent mail keeps no key"
        );
    }
    Ok(())
}

#[tokio::test]
async fn without_a_mail_server_letters_are_kept_for_the_console() -> anyhow::Result<()> {
    let (_server, office) = opened(Options::default()).await?;
    let event = office.simple_event("hop-bao", "Briefing").await?;
    let mai = office.accredit(event.id, &MAI).await?;
    let outbox: Page<Value> = office.house.get("/api/v1/outbox").await?;
    ensure!(
        outbox.items.iter().all(|mail| mail["state"] == "kept"),
        "{:?}",
        outbox.items
    );
    let (status, problem) = refusal(mai.get::<Value>("/api/v1/outbox").await)?;
    ensure!(
        (status, problem.as_str()) == (403, "forbidden"),
        "the outbox holds everybody's links"
    );
    Ok(())
}

#[tokio::test]
async fn a_refusal_tells_the_reason_and_lets_nobody_in() -> anyhow::Result<()> {
    let mail = MailServer::start().await?;
    let (_server, office) = opened(smtp(&mail)).await?;
    let event = office.simple_event("hop-bao", "Briefing").await?;
    office.apply_only(event.id, &MAI).await?;
    let token = json!({ "token": token_of(&mail.to(MAI.email).await?.link("/app/confirm")?)? });
    office
        .house
        .visitor()
        .post::<Value>("/api/v1/registrations/confirm", &token)
        .await?;
    mail.to(MAI.email).await?;
    let refuse = json!({ "decision": "refuse", "reason": "Thẻ nhà báo đã hết hạn" });
    office.decide(event.id, MAI.email, &refuse).await?;
    ensure!(
        mail.to(MAI.email).await?.text().contains("Thẻ nhà báo đã hết hạn"),
        "the reason is in the mail"
    );
    Ok(())
}

#[tokio::test]
async fn sent_eight_times_at_once_it_is_one_registration() -> anyhow::Result<()> {
    let (_server, office) = opened(Options::default()).await?;
    let event = office.simple_event("hop-bao", "Briefing").await?;
    for outcome in join_all((0..8).map(|_| office.apply_only(event.id, &MAI))).await {
        outcome.context("each of them is told that a mail is on its way")?;
    }
    let path = format!("/api/v1/events/{}/registrations", event.id);
    let all: Page<Registration> = office.house.get(&path).await?;
    ensure!(all.items.len() == 1, "{} registrations", all.items.len());
    Ok(())
}

#[tokio::test]
async fn of_two_officers_at_once_the_second_sees_the_first_decision() -> anyhow::Result<()> {
    let (_server, office) = opened(Options::default()).await?;
    let second = colleague(&office).await?;
    let event = office.simple_event("hop-bao", "Briefing").await?;
    office.apply(event.id, &MAI).await?;
    let path = format!("/api/v1/events/{}/registrations?state=pending", event.id);
    let pending: Page<Registration> = second.get(&path).await?;
    let request = pending.items.first().context("one request")?;
    let path = format!("/api/v1/registrations/{}/decision", request.id);
    let decide =
        async |house: &House, body: Value| house.change::<Value>(Method::POST, &path, request.version, &body).await;
    let (one, two) = tokio::join!(
        decide(&office.house, json!({ "decision": "approve" })),
        decide(&second, json!({ "decision": "refuse", "reason": "Unknown outlet" })),
    );
    let outcomes = [one, two];
    let lost: Vec<_> = outcomes.into_iter().filter_map(Result::err).collect();
    ensure!(lost.len() == 1, "exactly one decision counts: {lost:?}");
    ensure!(
        matches!(&lost[0], HouseError::Problem { status, problem, .. } if *status == 412 && problem == "stale"),
        "{:?}",
        lost[0]
    );
    Ok(())
}

async fn colleague(office: &Office) -> anyhow::Result<House> {
    let (email, password) = ("second@house.example", "another password");
    let account = Account {
        name: "Lê Hai",
        email,
        password,
        language: "vi",
        roles: &[Role::Officer],
    };
    office.hire(&account).await?;
    Ok(Office::sign_in(&office.house, email, password).await?.house)
}

fn token_of(link: &str) -> anyhow::Result<String> {
    Ok(token_in(link, "token=").context("a token")?.to_owned())
}
