//! The press centre on the real router and a real database: what is shown, and above all what is not.

use crate::{
    http,
    publication::testing::{Briefing, id},
    store::{events, journal},
};
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use rostrum_domain::{
    event::{AskerPolicy, EventState},
    room::fact::{Entry, Fact},
    text::Text,
    transcript::Reason,
};
use tower::ServiceExt;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

async fn get_with(briefing: &Briefing, path: &str, name: header::HeaderName, value: &str) -> Answer {
    let request = Request::get(path).header(name, value).body(Body::empty()).unwrap();
    let response = http::app(briefing.app.clone()).oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    Answer {
        status,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

async fn get(briefing: &Briefing, path: &str) -> Answer {
    get_with(briefing, path, header::ACCEPT, "*/*").await
}

async fn text(briefing: &Briefing, path: &str) -> String {
    let answer = get(briefing, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer.body
}

/// Every public address of the one event, in every language and form, whatever answers there.
async fn everything(briefing: &Briefing) -> String {
    let mut all = String::new();
    for path in [
        "/robots.txt",
        "/sitemap.xml",
        "/news-sitemap.xml",
        "/press.css",
        "/oembed?url=https://press.example.org/en/hop-bao/2026/1",
        "/oembed?url=https://press.example.org/en/hop-bao/2026/1%23a1",
        "/oembed?url=https://press.example.org/en/hop-bao/2026/1%23q1",
    ] {
        all.push_str(&get(briefing, path).await.body);
    }
    for lang in ["vi", "en", "fr"] {
        for path in [
            "/",
            "/feed.atom",
            "/feed.json",
            "/corrections",
            "/corrections/feed.atom",
            "/corrections/feed.json",
            "/hop-bao/feed.json",
            "/calendar.ics",
            "/signatures",
            "/search?q=fishing",
            "/search?q=secretword",
            "/search?q=unreleasedword",
            "/search?q=draftword",
            "/search?speaker=lan",
            "/quote-check",
            "/hop-bao",
            "/hop-bao.ics",
            "/hop-bao/feed.atom",
        ] {
            all.push_str(&get(briefing, &format!("/{lang}{path}")).await.body);
        }
        for form in [
            "",
            ".ics",
            ".json",
            ".vtt",
            ".srt",
            ".txt",
            ".edition.json",
            ".ttml",
            ".xml",
            ".pdf",
            ".docx",
            ".bib",
            ".ris",
            ".csl.json",
            "/edition/1",
            "/edition/1.txt",
            "/edition/1.xml",
            "/edition/1/captions.vtt",
        ] {
            all.push_str(&get(briefing, &format!("/{lang}/hop-bao/2026/1{form}")).await.body);
        }
    }
    all.push_str(
        &get(briefing, &format!("/api/v1/public/events/{}", briefing.event))
            .await
            .body,
    );
    all
}

#[tokio::test]
async fn an_announced_event_says_what_when_and_how() {
    let briefing = Briefing::announced().await;
    let page = text(&briefing, "/en/hop-bao/2026/1").await;
    assert!(page.contains("November briefing"));
    assert!(
        page.contains("Thursday 19 November 2026, 15:00 (Asia/Ho Chi Minh)"),
        "in the event's own time"
    );
    assert!(page.contains("Thursday 19 November 2026, 08:00 (UTC)"));
    assert!(page.contains(r#"<time datetime="2026-11-19T08:00:00Z""#));
    assert!(page.contains("in 60 minutes"));
    assert!(page.contains(&format!("/app/register/{}", briefing.event)));
    assert!(page.contains("One question, one follow-up."));
    assert!(page.contains("On the &lt;visit&gt; &amp; more."), "texts are escaped");
    assert!(page.len() < 100_000);

    let vietnamese = text(&briefing, "/vi/hop-bao/2026/1").await;
    assert!(vietnamese.contains(r#"<html lang="vi">"#) && vietnamese.contains("Họp báo tháng Mười Một"));
    assert!(vietnamese.contains("15:00, Thứ Năm, 19 tháng 11, 2026"));
    for lang in ["vi", "en", "fr", "x-default"] {
        assert!(vietnamese.contains(&format!(r#"hreflang="{lang}""#)));
    }
    assert!(text(&briefing, "/en/").await.contains("November briefing"));
}

#[tokio::test]
async fn registration_is_offered_only_while_it_is_open() {
    let briefing = Briefing::announced().await;
    briefing.clock.advance(std::time::Duration::from_secs(3_300));
    let page = text(&briefing, "/en/hop-bao/2026/1").await;
    assert!(!page.contains("/app/register/"));
    assert!(page.contains("closed since"));
}

#[tokio::test]
async fn the_calendar_can_be_read_and_names_nobody() {
    let briefing = Briefing::announced().await;
    let ics = text(&briefing, "/en/hop-bao/2026/1.ics").await;
    for line in [
        "METHOD:PUBLISH",
        "DTSTART:20261119T080000Z",
        "DTEND:20261119T090000Z",
        "SEQUENCE:1",
        "STATUS:CONFIRMED",
        &format!("UID:{}@press.example.org", briefing.event),
    ] {
        assert!(ics.lines().any(|found| found == line), "{line}\n{ics}");
    }
    assert!(ics.contains("\r\n") && !ics.contains("ATTENDEE") && !ics.contains("ORGANIZER"));
    assert!(ics.lines().all(|line| line.len() <= 75), "lines are folded");
    assert_eq!(
        text(&briefing, "/en/hop-bao/2026/1.ics").await,
        ics,
        "the same bytes until the event changes"
    );

    let mut tx = briefing.app.db.begin().await.unwrap();
    let mut event = events::by_id(&mut tx, briefing.event).await.unwrap().unwrap();
    event.state = EventState::Cancelled;
    event.cancel_reason = Some("A storm.".into());
    assert!(events::update(&mut tx, &event, briefing.app.now()).await.unwrap());
    tx.commit().await.unwrap();
    let ics = text(&briefing, "/en/hop-bao/2026/1.ics").await;
    assert!(ics.contains("SEQUENCE:2") && ics.contains("STATUS:CANCELLED"));
    assert!(
        text(&briefing, "/en/hop-bao/2026/1").await.contains("A storm."),
        "the address stays"
    );
}

#[tokio::test]
async fn what_was_not_announced_or_released_is_nowhere() {
    let briefing = Briefing::announced().await;
    let all = everything(&briefing).await;
    assert!(all.contains("November briefing") && !all.contains("Draftword"));

    let briefing = Briefing::held().await;
    let all = everything(&briefing).await;
    for secret in [
        "fishing grounds",
        "international law",
        "Secretword",
        "Mai Trần",
        "Draftword",
    ] {
        assert!(!all.contains(secret), "{secret} leaks before the release");
    }
    assert!(text(&briefing, "/en/hop-bao/2026/1").await.contains("is being checked"));

    let (briefing, _) = Briefing::published().await;
    let all = everything(&briefing).await;
    assert!(all.contains("international law") && all.contains("Mai Trần"));
    assert!(!all.contains("Secretword"), "struck words");

    // The desk goes on working; the public sees the edition.
    briefing.edit(33, "Unreleasedword.", Reason::Style).await;
    briefing.set_policy(AskerPolicy::Unnamed).await;
    let all = everything(&briefing).await;
    assert!(all.contains("international law") && !all.contains("Unreleasedword"));
    assert!(all.contains("Mai Trần"), "an edition is frozen with its policy");
}

#[tokio::test]
async fn people_behind_the_record_are_not_named() {
    let (briefing, _) = Briefing::published().await;
    let all = everything(&briefing).await;
    for person in [
        briefing.editor,
        briefing.reviewer,
        briefing.journalist,
        briefing.spokesperson,
    ] {
        assert!(!all.contains(&person.to_string()), "{person}");
    }
    assert!(!all.contains("demo.example"));
}

#[tokio::test]
async fn the_record_shows_numbered_exchanges_with_permalinks() {
    let (briefing, edition) = Briefing::published().await;
    let page = text(&briefing, "/en/hop-bao/2026/1").await;
    for piece in [
        r#"id="n1""#,
        r##"href="#q1""##,
        r#"id="q1""#,
        r#"id="a1""#,
        "The visit",
        "Xinwen Daily",
        "submitted in writing in advance",
        "moonshine-base",
        "Edition 1",
        &edition.manifest_sha256,
        &format!("/keys/{}.pub", edition.key_id),
        "<strong>1</strong> received",
    ] {
        assert!(page.contains(piece), "{piece}");
    }
    assert!(page.len() < 100_000);
    let french = text(&briefing, "/fr/hop-bao/2026/1").await;
    assert!(french.contains(r#"id="a1""#), "the same anchors in every language");
    assert!(
        french.contains(r#"<p lang="en">"#),
        "words in another language are marked"
    );
}

#[tokio::test]
async fn downloads_are_what_they_say() {
    let (briefing, _) = Briefing::published().await;
    let at = |form: &str| format!("/en/hop-bao/2026/1{form}");
    let vtt = get(&briefing, &at(".vtt")).await;
    assert_eq!(vtt.headers[header::CONTENT_TYPE], "text/vtt; charset=utf-8");
    assert!(vtt.body.starts_with("WEBVTT") && vtt.body.contains("edition 1"));
    assert!(
        vtt.body
            .contains("<v Mai Trần, Xinwen Daily>What about the fishing grounds?")
    );
    assert!(vtt.body.contains("00:00:21.000 --> 00:00:27.000"));
    assert!(
        text(&briefing, &at(".srt"))
            .await
            .contains("00:00:28,000 --> 00:00:38,000")
    );
    assert!(
        text(&briefing, &at(".txt"))
            .await
            .contains("[A1] Lan Phạm, Spokesperson\nViet Nam respects")
    );
    let json: serde_json::Value = serde_json::from_str(&text(&briefing, &at(".json")).await).unwrap();
    assert_eq!(json["record"]["content"]["blocks"][1]["anchor"], "q1");
    for form in [".vtt", ".srt", ".txt", ".json", ".edition.json"] {
        assert_eq!(
            text(&briefing, &at(form)).await,
            text(&briefing, &at(form)).await,
            "{form}"
        );
    }
    let key = text(
        &briefing,
        &format!("/keys/{}.pub", briefing.app.keys.editions.current_id()),
    )
    .await;
    assert!(key.starts_with("-----BEGIN PUBLIC KEY-----"));
}

#[tokio::test]
async fn every_form_of_every_edition_has_an_address() {
    let (briefing, edition) = Briefing::published().await;
    briefing
        .edit(33, "Viet Nam obeys international law.", Reason::Sense)
        .await;
    briefing.submit(Some(Text::in_one("en", "Obeys."))).await.unwrap();
    briefing.release(briefing.reviewer).await.unwrap();
    let page = text(&briefing, "/vi/hop-bao/2026/1").await;
    for form in crate::press::forms::FORMS {
        let newest = get(&briefing, &format!("/vi/hop-bao/2026/1.{}", form.suffix)).await;
        assert_eq!(newest.status, StatusCode::OK, "{}", form.suffix);
        assert_eq!(newest.headers[header::CONTENT_TYPE], form.media_type);
        assert!(
            page.contains(&format!(r#"href="/vi/hop-bao/2026/1.{}""#, form.suffix)),
            "{}",
            form.suffix
        );
        if let Some(folder) = std::env::var_os("ROSTRUM_FORMS_DIR") {
            // `make standards` reads them with tools that nobody here wrote.
            let path = format!("/vi/hop-bao/2026/1.{}", form.suffix);
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = http::app(briefing.app.clone()).oneshot(request).await.unwrap();
            let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
            std::fs::write(
                std::path::Path::new(&folder).join(format!("record.{}", form.suffix)),
                bytes,
            )
            .unwrap();
        }
        let first = get(&briefing, &format!("/vi/hop-bao/2026/1/edition/1.{}", form.suffix)).await;
        assert_eq!(first.status, StatusCode::OK, "edition 1 as {}", form.suffix);
        assert_ne!(first.body, newest.body, "{}", form.suffix);
    }
    let xml = text(&briefing, "/vi/hop-bao/2026/1/edition/1.xml").await;
    assert!(xml.contains("respects international law") && xml.contains(&edition.manifest_sha256));
    assert!(
        page.contains("Cách trích dẫn") && page.contains("; edition 2; https://press.example.org/vi/hop-bao/2026/1")
    );
}

async fn pasted(briefing: &Briefing, lang: &str, quote: &str) -> String {
    let request = Request::post(format!("/{lang}/quote-check"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("quote={}", quote.replace(' ', "+"))))
        .unwrap();
    let response = http::app(briefing.app.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn the_record_is_searched_by_words_and_filters() {
    let (briefing, _) = Briefing::published().await;
    let found = text(&briefing, "/en/search?q=INTERNATIONAL+law").await;
    assert!(
        found.contains("<mark>international</mark>") || found.contains("<mark>international </mark>"),
        "{found}"
    );
    assert!(
        found.contains(r#"href="/en/hop-bao/2026/1?t=28#a1""#),
        "opens at the answer and the second"
    );
    for (query, hit) in [
        ("speaker=pham", true),
        ("q=law&speaker=mai", false),
        ("outlet=xinwen&q=fishing", true),
        ("outlet=xinwen&q=law", false),
        ("year=2026&q=law", true),
        ("year=2025&q=law", false),
        ("in=en&q=law", true),
        ("in=vi&q=law", false),
        ("topic=thang+muoi+mot&q=law", true),
        ("topic=visit&q=announce", true),
        ("q=%22%27)+OR+(law", false),
        ("q=%FF&year=abc", false),
    ] {
        let page = text(&briefing, &format!("/vi/search?{query}")).await;
        assert_eq!(page.contains(r#"class="said""#), hit, "{query}");
    }
    let empty = text(&briefing, "/fr/search?q=introuvable").await;
    assert!(empty.contains("Aucun résultat") && empty.contains(r#"name="robots" content="noindex""#));
    assert!(text(&briefing, "/en/search").await.contains(r#"role="search""#));
}

#[tokio::test]
async fn a_quote_is_exact_near_or_not_found_and_knows_its_edition() {
    let (briefing, _) = Briefing::published().await;
    let exact = pasted(&briefing, "en", "Viet Nam respects international law").await;
    assert!(exact.contains("<h2>Exact</h2>") && exact.contains("Edition 1") && exact.contains("#a1"));
    let near = pasted(&briefing, "en", "Viet Nam ignores international law").await;
    assert!(near.contains("<h2>Near</h2>") && near.contains(">ignores</del>") && near.contains(">respects</ins>"));
    let other = pasted(&briefing, "en", "We shall leave the treaty tomorrow").await;
    assert!(other.contains("<h2>Not found</h2>"));
    let struck = pasted(&briefing, "en", "Secretword must not be published").await;
    assert!(struck.contains("<h2>Not found</h2>"), "struck words are not confirmed");
    assert!(pasted(&briefing, "en", "two words").await.contains("at least 4 words"));
    assert!(
        pasted(&briefing, "en", &"word ".repeat(400))
            .await
            .contains("at most 1500 characters")
    );
    assert!(
        pasted(&briefing, "en", &"word ".repeat(9_000))
            .await
            .contains("at most 1500 characters")
    );

    briefing
        .edit(33, "Viet Nam obeys the law of the sea.", Reason::Sense)
        .await;
    assert!(
        pasted(&briefing, "en", "Viet Nam obeys the law of the sea")
            .await
            .contains("<h2>Not found</h2>")
    );
    briefing.submit(Some(Text::in_one("en", "Obeys."))).await.unwrap();
    briefing.release(briefing.reviewer).await.unwrap();
    assert!(
        pasted(&briefing, "en", "Viet Nam obeys the law of the sea")
            .await
            .contains("Edition 2")
    );
    let old = pasted(&briefing, "en", "Viet Nam respects international law").await;
    assert!(
        old.contains("<h2>Exact</h2>") && old.contains("Edition 2 has replaced it"),
        "{old}"
    );
    assert!(
        !text(&briefing, "/en/search?q=respects")
            .await
            .contains(r#"class="said""#),
        "search shows what stands"
    );
}

#[tokio::test]
async fn a_correction_is_shown_and_the_old_edition_points_to_it() {
    let (briefing, _) = Briefing::published().await;
    briefing
        .edit(33, "Viet Nam obeys international law.", Reason::Sense)
        .await;
    briefing
        .submit(Some(Text::in_one("en", "Obeys, not respects.")))
        .await
        .unwrap();
    briefing.release(briefing.reviewer).await.unwrap();
    let page = text(&briefing, "/en/hop-bao/2026/1").await;
    assert!(page.contains("Obeys, not respects.") && page.contains("obeys international law"));
    assert!(page.contains("/en/hop-bao/2026/1/edition/1"));
    let old = text(&briefing, "/en/hop-bao/2026/1/edition/1").await;
    assert!(old.contains("respects international law") && old.contains("edition 2 replaces it"));
    assert!(old.contains(r#"<meta name="robots" content="noindex">"#));
    assert!(old.contains(r#"<link rel="canonical" href="https://press.example.org/en/hop-bao/2026/1">"#));
    assert_eq!(
        get(&briefing, "/en/hop-bao/2026/1/edition/3").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn search_engines_are_told_the_same_facts() {
    let (briefing, _) = Briefing::published().await;
    let page = text(&briefing, "/en/hop-bao/2026/1").await;
    let json = page
        .split(r#"<script type="application/ld+json">"#)
        .nth(1)
        .and_then(|rest| rest.split("</script>").next());
    let article: serde_json::Value = serde_json::from_str(json.unwrap()).unwrap();
    assert_eq!(article["@type"], "NewsArticle");
    assert_eq!(article["about"]["startDate"], "2026-11-19T08:00:00Z");
    assert_eq!(
        article["about"]["eventAttendanceMode"],
        "https://schema.org/MixedEventAttendanceMode"
    );
    assert!(page.contains(r#"<meta property="og:type" content="article">"#));
    let sitemap = text(&briefing, "/sitemap.xml").await;
    assert!(sitemap.contains("<loc>https://press.example.org/vi/hop-bao/2026/1</loc>"));
}

#[tokio::test]
async fn the_feed_is_atom_with_ids_that_stay() {
    let (briefing, _) = Briefing::published().await;
    let first = text(&briefing, "/en/feed.atom")
        .await
        .parse::<atom_syndication::Feed>()
        .unwrap();
    let ids: Vec<_> = first.entries.iter().map(|entry| entry.id.clone()).collect();
    assert_eq!(ids.len(), 2, "an advisory and a record");
    assert!(first.entries[0].title.as_str().contains("Record"));
    briefing.edit(33, "Viet Nam respects the law.", Reason::Style).await;
    briefing.submit(None).await.unwrap();
    briefing.release(briefing.reviewer).await.unwrap();
    let second = text(&briefing, "/en/feed.atom")
        .await
        .parse::<atom_syndication::Feed>()
        .unwrap();
    assert_eq!(
        second.entries.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>(),
        ids
    );
    assert!(second.entries[0].updated > first.entries[0].updated);
    assert_eq!(second.entries[0].published, first.entries[0].published);
}

#[tokio::test]
async fn the_register_says_what_was_wrong_where_and_how_it_was_corrected() {
    let (briefing, _) = Briefing::published().await;
    assert!(
        text(&briefing, "/en/corrections")
            .await
            .contains("No record has been corrected.")
    );
    briefing
        .edit(33, "Viet Nam obeys international law.", Reason::Sense)
        .await;
    briefing
        .submit(Some(Text::in_one("en", "The verb was wrong.")))
        .await
        .unwrap();
    assert!(
        !text(&briefing, "/en/corrections").await.contains("The verb was wrong."),
        "not before its release"
    );
    briefing.release(briefing.reviewer).await.unwrap();
    let page = text(&briefing, "/en/corrections").await;
    for piece in [
        "The verb was wrong.",
        "Viet Nam respects international law.",
        "Viet Nam obeys international law.",
        r#"id="hop-bao-2026-1-2""#,
        r##"href="/en/hop-bao/2026/1#a1""##,
        r#"href="/en/hop-bao/2026/1/edition/1""#,
    ] {
        assert!(page.contains(piece), "{piece}\n{page}");
    }
    let record = text(&briefing, "/en/hop-bao/2026/1").await;
    assert!(
        record.contains(r#"href="/en/corrections#hop-bao-2026-1-2""#),
        "and back"
    );
    let atom = text(&briefing, "/en/corrections/feed.atom")
        .await
        .parse::<atom_syndication::Feed>()
        .unwrap();
    assert_eq!(atom.entries.len(), 1);
    assert_eq!(
        atom.entries[0].summary.as_ref().unwrap().as_str(),
        "The verb was wrong."
    );
}

#[tokio::test]
async fn the_json_feed_says_what_the_atom_feed_says() {
    let (briefing, _) = Briefing::published().await;
    for at in ["/en/feed", "/vi/hop-bao/feed"] {
        let atom = text(&briefing, &format!("{at}.atom"))
            .await
            .parse::<atom_syndication::Feed>()
            .unwrap();
        let json: serde_json::Value = serde_json::from_str(&text(&briefing, &format!("{at}.json")).await).unwrap();
        assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
        assert_eq!(json["feed_url"], format!("https://press.example.org{at}.json"));
        let ids: Vec<_> = json["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].clone())
            .collect();
        assert_eq!(
            ids,
            atom.entries.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>()
        );
    }
    let news = text(&briefing, "/news-sitemap.xml").await;
    assert!(news.contains("<news:publication_date>2026-11-19T"));
    briefing.clock.advance(std::time::Duration::from_secs(3 * 24 * 3600));
    assert!(!text(&briefing, "/news-sitemap.xml").await.contains("<url>"));
}

#[tokio::test]
async fn an_answer_can_be_embedded_as_text() {
    let (briefing, _) = Briefing::published().await;
    let answer = text(
        &briefing,
        "/oembed?format=json&url=https://press.example.org/en/hop-bao/2026/1%23a1",
    )
    .await;
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((&answer["type"], &answer["version"]), (&"rich".into(), &"1.0".into()));
    let html = answer["html"].as_str().unwrap();
    assert!(html.contains("Viet Nam respects international law.") && html.contains("Edition 1"));
    assert!(!html.contains("script") && !html.contains("src="));
    for address in [
        "https://elsewhere.example/en/hop-bao/2026/1",
        "https://press.example.org/en/hop-bao/2026/9",
        "",
    ] {
        let answer = get(&briefing, &format!("/oembed?url={address}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
    }
}

#[tokio::test]
async fn who_has_the_newest_is_told_so() {
    let (briefing, _) = Briefing::published().await;
    let first = get(&briefing, "/en/hop-bao/2026/1.vtt").await;
    let tag = first.headers[header::ETAG].to_str().unwrap();
    let again = get_with(&briefing, "/en/hop-bao/2026/1.vtt", header::IF_NONE_MATCH, tag).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[tokio::test]
async fn what_is_not_there_is_a_page_that_leads_on() {
    let briefing = Briefing::announced().await;
    for path in [
        "/en/nothing",
        "/en/hop-bao/2026/99",
        "/en/hop-bao/2026/01",
        "/en/hop-bao/2026/1.pdf",
        "/en/hop-bao/2026/1.odt",
        "/en/hop-bao/2026/1/edition/01",
        "/en/hop-bao/2026/1.vtt",
        "/en/hop-bao/x/y",
        "/de/",
    ] {
        let answer = get(&briefing, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.body.contains("To the press centre"), "{path}");
    }
    assert_eq!(
        get(
            &briefing,
            &format!("/media/{}/programme.webm", id::<rostrum_domain::id::EditionId>(7))
        )
        .await
        .status,
        404
    );
    let lost = get_with(&briefing, "/fr/a/b/c/d/e", header::ACCEPT, "text/html").await;
    assert!(lost.status == StatusCode::NOT_FOUND && lost.body.contains("Vers le centre de presse"));
    let program = get(&briefing, "/fr/a/b/c/d/e").await;
    assert_eq!(program.headers[header::CONTENT_TYPE], "application/problem+json");
    let shortened = get(&briefing, "/en/hop-bao/2026").await;
    assert_eq!(shortened.headers[header::LOCATION], "/en/hop-bao");
    let root = get_with(&briefing, "/", header::ACCEPT_LANGUAGE, "fr-CA,fr;q=0.9,en;q=0.8").await;
    assert_eq!(
        (root.status, &root.headers[header::LOCATION]),
        (StatusCode::SEE_OTHER, &"/fr/".parse().unwrap())
    );
}

#[tokio::test]
async fn a_page_asks_nobody_else() {
    let (briefing, _) = Briefing::published().await;
    for path in ["/en/", "/en/hop-bao", "/en/hop-bao/2026/1", "/en/signatures"] {
        let answer = get(&briefing, path).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        for attribute in [r#"src=""#, r#"rel="stylesheet" href=""#] {
            let foreign = answer.body.split(attribute).skip(1).any(|rest| !rest.starts_with('/'));
            assert!(!foreign, "{path}: {attribute}");
        }
    }
}

#[tokio::test]
async fn a_live_event_is_shown_as_live() {
    let briefing = Briefing::announced().await;
    let mut tx = briefing.app.db.begin().await.unwrap();
    let live = Entry {
        number: 1,
        at: briefing.app.now(),
        actor: None,
        command: None,
        fact: Fact::WentLive,
    };
    journal::append(&mut tx, briefing.event, &[live]).await.unwrap();
    events::set_state(&mut tx, briefing.event, EventState::Live, briefing.app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(text(&briefing, "/en/").await.contains("Live now"));
    assert!(
        text(&briefing, "/en/hop-bao/2026/1")
            .await
            .contains(&format!("/app/room/{}", briefing.event))
    );
}
