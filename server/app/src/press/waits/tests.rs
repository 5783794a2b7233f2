use super::*;
use crate::press::words::words;

fn row(of: &str, heard: u32, median_s: Option<u32>) -> Waited {
    Waited {
        of: of.to_owned(),
        received: 2,
        heard,
        median_s,
        longest_s: median_s.map(|median| median * 2),
    }
}

#[test]
fn every_wait_stands_in_numbers_beside_its_bar() {
    let waits = RecordWaits {
        outlets: vec![row("Le <Jour>", 1, Some(65)), row("", 0, None)],
        languages: vec![row("fr", 1, Some(65))],
    };
    let english = words("en").expect("a language of the press centre");
    let page = section(english, Some(&waits)).into_string();
    assert!(page.contains("Le &lt;Jour&gt;") && page.contains(english.no_outlet));
    assert!(page.contains("<td>1:05</td><td>2:10</td>"));
    assert!(page.contains("<td>–</td><td>–</td>"), "nobody was heard");
    assert_eq!(page.matches("<svg").count(), 3);
    assert!(!page.contains("<script"));
}

#[test]
fn an_edition_from_before_the_count_says_nothing() {
    let english = words("en").expect("a language of the press centre");
    assert_eq!(section(english, None).into_string(), "");
}
