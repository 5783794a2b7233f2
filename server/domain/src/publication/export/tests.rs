//! The forms say what was said, whatever characters it contains.

use super::*;
use crate::{
    event::AskerPolicy,
    id::{EditionId, EventId},
    publication::{
        Anchor, EventFacts, MachineHelp, RECORD_FORMAT, RecordSegment, Speaker, Timeline, TranscriptLabel, manifest,
    },
    text::Text,
    transcript::Origin,
};
use proptest::prelude::*;
use uuid::Uuid;

fn block(anchor: Option<&str>, kind: SegmentKind, speaker: Speaker, text: &str) -> Block {
    Block {
        anchor: anchor.map(|anchor| anchor.parse::<Anchor>().unwrap()),
        kind,
        speaker,
        question: None,
        channel: None,
        title: None,
        together: Vec::new(),
        follows: None,
        written: None,
        segments: vec![RecordSegment {
            id: Uuid::from_u128(9).into(),
            revision: 1,
            start: Timestamp(1_795_075_202_000_000),
            end: Timestamp(1_795_075_205_000_000),
            start_ms: 2000,
            end_ms: 5000,
            language: "vi".into(),
            text: text.into(),
            origin: Origin::Editor,
        }],
    }
}

fn record(text: &str) -> Record {
    let press = Speaker::Press {
        name: "Mai & Co".into(),
        outlet: Some("Xinwen".into()),
    };
    let house = Speaker::House {
        name: "Phạm Lan".into(),
        office: Some("Người phát ngôn".into()),
    };
    Record {
        format: RECORD_FORMAT.into(),
        edition: 2,
        event: EventFacts {
            id: Uuid::from_u128(1).into(),
            series: "hop-bao".into(),
            series_name: Text::in_one("en", "Regular briefing"),
            number: 22,
            year: 2026,
            path: "/hop-bao/2026/22".into(),
            title: Text::in_one("en", "November"),
            starts_at: Timestamp(1_795_075_200_000_000),
            live_since: None,
            ended_at: None,
            zone: "Asia/Ho_Chi_Minh".into(),
        },
        label: TranscriptLabel::NearVerbatim,
        asker_policy: AskerPolicy::NameAndOutlet,
        machine_help: MachineHelp::default(),
        languages: vec!["vi".into()],
        totals: Default::default(),
        waits: None,
        blocks: vec![
            block(None, SegmentKind::StageNote, Speaker::Unknown, "(laughter)"),
            block(Some("q1"), SegmentKind::Question, press, "Câu hỏi?"),
            block(Some("a1"), SegmentKind::Answer, house, text),
        ],
        corrections: vec![],
        media: vec![],
        timeline: Timeline::default(),
    }
}

fn with<T>(record: &Record, then: impl FnOnce(&Released<'_>) -> T) -> T {
    let edition: EditionId = Uuid::from_u128(5).into();
    let manifest = manifest(record, edition, "Ministry", Timestamp(1_795_080_000_000_000), None, "k").unwrap();
    then(&Released {
        record,
        manifest: &manifest,
        manifest_sha256: "ab12",
        base: "https://press.example.org",
        lang: "en",
    })
}

#[test]
fn the_debate_keeps_permalinks_speakers_and_words() {
    let xml = with(&record("Chúng tôi <tôn trọng> luật & trật tự."), |released| {
        akoma_ntoso::akoma_ntoso(released, "vn")
    });
    for piece in [
        r#"<FRBRuri value="/akn/vn/debate/2026-11-19/hop-bao-2026-22"/>"#,
        r#"<FRBRlanguage language="vie"/>"#,
        r#"<question eId="q1" by="#,
        r#"<answer eId="a1" by="#,
        r#"showAs="Mai &amp; Co""#,
        "<from>Phạm Lan, Người phát ngôn</from>",
        "<p>Chúng tôi &lt;tôn trọng&gt; luật &amp; trật tự.</p>",
        "<scene>(laughter)</scene>",
        "manifest sha256:ab12",
    ] {
        assert!(xml.contains(piece), "{piece}\n{xml}");
    }
}

#[test]
fn broadcasters_get_times_agents_and_lines() {
    let xml = with(&record("Một & hai."), ttml::ttml);
    assert!(xml.contains(r#"begin="00:00:02.000" end="00:00:05.000" ttm:agent="s"#));
    assert!(xml.contains("<ttm:name type=\"full\">Phạm Lan, Người phát ngôn</ttm:name>"));
    assert!(xml.contains(">Một &amp; hai.</p>") && xml.contains(r#"xml:lang="vi""#));
}

#[test]
fn citations_name_who_where_when_which_edition() {
    let record = record("Luật.");
    with(&record, |released| {
        assert_eq!(
            citation::line(released, Some(&record.blocks[2])),
            "Phạm Lan, Người phát ngôn; Regular briefing 22/2026, A1; 2026-11-19 (Asia/Ho_Chi_Minh); vi; edition 2; \
             https://press.example.org/en/hop-bao/2026/22#a1"
        );
        let bibtex = citation::bibtex(released);
        assert!(bibtex.contains("@misc{hop-bao-2026-22-a1,") && bibtex.contains("author = {{Phạm Lan}}"));
        assert!(bibtex.contains(r"author = {{Mai \& Co}}"));
        let ris = citation::ris(released);
        assert!(ris.contains("TY  - GEN\r\nID  - hop-bao-2026-22\r\nAU  - Ministry\r\n"));
        let csl = citation::csl(released);
        assert_eq!(csl[2]["type"], "speech");
        assert_eq!(csl[2]["issued"]["date-parts"][0], serde_json::json!([2026, 11, 19]));
        assert_eq!(csl[2]["edition"], "2");
    });
}

proptest! {
    /// No text can break out of its element, and none of it is lost but what XML cannot hold.
    #[test]
    fn any_text_stays_text(text in "\\PC{1,80}") {
        let record = record(&text);
        with(&record, |released| {
            let xml = akoma_ntoso::akoma_ntoso(released, "vn");
            let inside = xml.split("<answer").nth(1).and_then(|rest| rest.split("</answer>").next()).unwrap();
            let shown = inside.split("<p>").nth(1).and_then(|rest| rest.split("</p>").next()).unwrap();
            prop_assert!(!shown.contains('<') && !shown.contains('>'));
            let read = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
            prop_assert_eq!(read, text.replace(['\u{fffe}', '\u{ffff}'], ""));
            let cited = citation::bibtex(released);
            prop_assert_eq!(cited.matches('{').count(), cited.matches('}').count());
            Ok(())
        })?;
    }
}

#[test]
fn an_event_without_words_is_still_a_document() {
    let mut empty = record("x");
    empty.blocks.clear();
    empty.languages.clear();
    let _: EventId = empty.event.id;
    with(&empty, |released| {
        assert!(akoma_ntoso::akoma_ntoso(released, "zz").contains("<debateSection"));
        assert!(ttml::ttml(released).contains("<body>"));
    });
}
