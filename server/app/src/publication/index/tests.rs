//! The index follows the editions, and how fast it answers.

use super::*;
use crate::publication::testing::Briefing;
use rostrum_domain::publication::{quote, search::Search};
use std::time::Instant;

async fn found(briefing: &Briefing, words: &str) -> usize {
    let search = Search {
        words: words.into(),
        ..Search::default()
    };
    let mut reader = briefing.app.db.read().await.unwrap();
    record_index::search(&mut reader, briefing.app.db.engine(), &search.tokens(), None, 10)
        .await
        .unwrap()
        .len()
}

#[tokio::test]
async fn an_index_that_is_lost_is_made_again_from_the_editions() {
    let (briefing, _) = Briefing::published().await;
    assert_eq!(found(&briefing, "international law").await, 1);
    let mut tx = briefing.app.db.begin().await.unwrap();
    record_index::clear(&mut tx, briefing.event).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(found(&briefing, "international law").await, 0);
    catch_up(&briefing.app).await.unwrap();
    assert_eq!(found(&briefing, "international law").await, 1);
    catch_up(&briefing.app).await.unwrap();
    assert_eq!(found(&briefing, "international law").await, 1, "twice is once");
}

/// `cargo test -p rostrum --lib measure_the_index -- --ignored --nocapture`, with `BRIEFINGS` of 60 minutes.
#[tokio::test]
#[ignore = "a measurement of minutes, not a check"]
async fn measure_the_index() {
    let count: i64 = std::env::var("BRIEFINGS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(2_000);
    let (briefing, _) = Briefing::published().await;
    let mut seed = 7_u64;
    let mut random = move |below: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    // Few words are frequent and many are rare, as in speech.
    let mut word = || {
        let rank = random(20_000)
            .min(random(20_000))
            .min(random(20_000))
            .min(random(20_000));
        format!("w{rank}")
    };
    let began = Instant::now();
    let mut quoted = Vec::new();
    for number in 0..count {
        let mut tx = briefing.app.db.begin().await.unwrap();
        for place in 0..80 {
            let text: Vec<String> = (0..112).map(|_| word()).collect();
            if place == 40 {
                quoted.push(text[20..40].join(" "));
            }
            let tokens: BTreeSet<&str> = text.iter().map(String::as_str).collect();
            let mut tokens: Vec<&str> = tokens.into_iter().collect();
            tokens.extend(["0current", "0lvi", "0y2026"]);
            let passage = Passage {
                id: (number << 20) + place,
                event: briefing.event,
                edition: 1,
                superseded: false,
                path: "/hop-bao/2026/1".into(),
                anchor: Some(format!("a{place}")),
                speaker: "Lan".into(),
                title: None,
                language: "vi".into(),
                pieces: vec![(0, text.join(" "))],
            };
            record_index::insert(&mut tx, briefing.app.db.engine(), &passage, &tokens.join(" "))
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    }
    println!("indexed {count} briefings in {:.1} s", began.elapsed().as_secs_f64());
    let mut reader = briefing.app.db.read().await.unwrap();
    let mut times = [Vec::new(), Vec::new()];
    for quote in quoted.iter().step_by((quoted.len() / 200).max(1)) {
        let words = quote.split(' ').take(3).collect::<Vec<_>>().join(" ");
        let search = Search {
            words,
            ..Search::default()
        };
        let began = Instant::now();
        let all = record_index::search(&mut reader, briefing.app.db.engine(), &search.tokens(), None, 21)
            .await
            .unwrap();
        times[0].push(began.elapsed());
        assert!(!all.is_empty());
        let began = Instant::now();
        let alike = record_index::alike(&mut reader, &quote::shingles(quote), 12)
            .await
            .unwrap();
        let best = alike
            .iter()
            .filter_map(|passage| quote::find(quote, &passage.text()))
            .map(|found| found.edits)
            .min();
        times[1].push(began.elapsed());
        assert_eq!(best, Some(0));
    }
    for (name, times) in ["record_search_p99_ms", "quote_check_p99_ms"].iter().zip(&mut times) {
        times.sort_unstable();
        let p99 = times[(times.len() * 99 / 100).min(times.len() - 1)];
        println!(
            "{name} {:.2} (median {:.2})",
            p99.as_secs_f64() * 1e3,
            times[times.len() / 2].as_secs_f64() * 1e3
        );
    }
    let size: u64 = std::fs::read_dir(briefing.folder.path())
        .unwrap()
        .filter_map(|file| file.ok()?.metadata().ok())
        .map(|file| file.len())
        .sum();
    println!("record_index_mib {:.0}", size as f64 / f64::from(1 << 20));
}
