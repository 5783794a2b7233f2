//! Paper that says what the edition says, on every page which edition it is.

use super::*;

fn example(words: usize) -> Paper {
    let mut pieces = vec![Piece {
        rank: Rank::Title,
        lang: "vi".into(),
        text: "Họp báo thường kỳ".into(),
    }];
    for number in 1..=words / 40 {
        pieces.push(Piece {
            rank: Rank::Heading,
            lang: "vi".into(),
            text: format!("Q{number}  Mai Trần, Xinwen Daily"),
        });
        pieces.push(Piece {
            rank: Rank::Text,
            lang: "vi".into(),
            text: "Trường Sa, Đà Nẵng, quyền chủ quyền. ".repeat(5).trim().to_owned(),
        });
    }
    Paper {
        title: "Họp báo".into(),
        author: "Bộ Ngoại giao".into(),
        lang: "vi".into(),
        address: "https://press.example.org/vi/hop-bao/2026/1".into(),
        running_head: "Bộ Ngoại giao".into(),
        running_foot: format!("Ấn bản 1 · SHA-256 {}", "ab12".repeat(16)),
        page_label: "trang {page}/{pages}",
        made_at: "2026-11-19T09:00:00Z".into(),
        pieces,
    }
}

#[test]
fn a_heading_is_never_the_last_line_of_a_page() {
    let paper = example(4000);
    let (regular, strong) = (
        typeface::Typeface::regular().unwrap(),
        typeface::Typeface::strong().unwrap(),
    );
    let pages = pages::pages(&paper, &regular, &strong).unwrap();
    assert!(pages.len() > 3);
    for page in &pages[..pages.len() - 1] {
        let last = page.last().unwrap();
        assert_eq!(paper.pieces[last.piece].rank, Rank::Text);
        assert!(page.iter().all(|line| line.y >= pages::BOTTOM - 1.0));
    }
}

#[test]
fn the_same_edition_gives_the_same_bytes() {
    let paper = example(400);
    assert_eq!(pdf(&paper).unwrap(), pdf(&paper).unwrap());
    assert_eq!(docx(&paper).unwrap(), docx(&paper).unwrap());
    assert!(pdf(&paper).unwrap().starts_with(b"%PDF-1.7"));
}

#[test]
fn a_script_the_typeface_does_not_have_is_refused() {
    let mut paper = example(40);
    paper.pieces[0].text = "記者会見".into();
    assert!(matches!(pdf(&paper), Err(TypesetError::NoLetter('記'))));
    assert!(docx(&paper).is_ok(), "a word processor brings its own typefaces");
}

#[test]
fn a_word_wider_than_the_page_is_broken() {
    let mut paper = example(40);
    paper.pieces[0].text = "W".repeat(300);
    assert!(pdf(&paper).is_ok());
}
