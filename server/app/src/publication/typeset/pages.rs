//! Lines and pages: words flow into a column, a heading stays with what follows it. Sizes are in points.

use crate::publication::typeset::{Paper, Rank, TypesetError, typeface::Typeface};

/// A4.
pub const WIDTH: f32 = 595.0;
pub const HEIGHT: f32 = 842.0;
pub const LEFT: f32 = 72.0;
/// Above the first line and below the last.
pub const TOP: f32 = 84.0;
pub const BOTTOM: f32 = 84.0;
const COLUMN: f32 = WIDTH - 2.0 * LEFT;

/// How one rank is set.
#[derive(Clone, Copy)]
pub struct Setting {
    pub size: f32,
    pub leading: f32,
    pub before: f32,
    pub strong: bool,
    pub grey: f32,
}

pub fn setting(rank: Rank) -> Setting {
    let (size, leading, before, strong, grey) = match rank {
        Rank::Title => (20.0, 27.0, 0.0, true, 0.0),
        Rank::Heading => (11.0, 16.0, 12.0, true, 0.0),
        Rank::Text => (11.0, 17.0, 4.0, false, 0.0),
        Rank::Note => (9.0, 13.5, 4.0, false, 0.25),
    };
    Setting {
        size,
        leading,
        before,
        strong,
        grey,
    }
}

/// One line of one piece, as glyphs.
pub struct Line {
    pub piece: usize,
    pub glyphs: Vec<u16>,
    /// Of the base line, from the bottom of the page.
    pub y: f32,
}

pub type Page = Vec<Line>;

/// The glyphs of `text` and their width at `size`.
pub fn measure(face: &Typeface, text: &str, size: f32) -> Result<(Vec<u16>, f32), TypesetError> {
    let glyphs: Vec<u16> = text
        .chars()
        .map(|letter| face.glyph(letter))
        .collect::<Result<_, _>>()?;
    let width = glyphs.iter().map(|glyph| face.advance(*glyph)).sum::<f32>() * size / 1000.0;
    Ok((glyphs, width))
}

/// Whether the typeface has every letter.
pub fn can_set(paper: &Paper) -> bool {
    let Ok(face) = Typeface::regular() else { return false };
    let texts = paper.pieces.iter().map(|piece| piece.text.as_str());
    texts
        .chain([paper.running_head.as_str(), paper.running_foot.as_str()])
        .flat_map(str::chars)
        .all(|letter| face.glyph(letter).is_ok())
}

pub fn pages(paper: &Paper, regular: &Typeface, strong: &Typeface) -> Result<Vec<Page>, TypesetError> {
    let mut set = Vec::with_capacity(paper.pieces.len());
    for piece in &paper.pieces {
        let setting = setting(piece.rank);
        set.push(lines(
            if setting.strong { strong } else { regular },
            &piece.text,
            setting.size,
        )?);
    }
    let mut pages = vec![Page::new()];
    let mut y = HEIGHT - TOP;
    for (index, (piece, lines)) in paper.pieces.iter().zip(set.iter()).enumerate() {
        let here = setting(piece.rank);
        // A heading needs room for itself and two lines of what follows.
        let follows = match (piece.rank, paper.pieces.get(index + 1)) {
            (Rank::Heading | Rank::Title, Some(next)) => setting(next.rank).before + 2.0 * setting(next.rank).leading,
            _ => 0.0,
        };
        let block = here.before + lines.len() as f32 * here.leading + follows;
        if follows > 0.0 && y - block < BOTTOM && block < HEIGHT - TOP - BOTTOM {
            pages.push(Page::new());
            y = HEIGHT - TOP;
        }
        if pages.last().is_some_and(|page| !page.is_empty()) {
            y -= here.before;
        }
        for glyphs in lines {
            if y - here.leading < BOTTOM {
                pages.push(Page::new());
                y = HEIGHT - TOP;
            }
            y -= here.leading;
            if let Some(page) = pages.last_mut() {
                page.push(Line {
                    piece: index,
                    glyphs: glyphs.clone(),
                    y,
                });
            }
        }
    }
    Ok(pages)
}

/// Breaks at spaces; a word wider than the column is broken where it must be.
fn lines(face: &Typeface, text: &str, size: f32) -> Result<Vec<Vec<u16>>, TypesetError> {
    let (space, gap) = measure(face, " ", size)?;
    let mut lines = Vec::new();
    let mut line: Vec<u16> = Vec::new();
    let mut used = 0.0;
    for word in text.split(' ') {
        let (glyphs, width) = measure(face, word, size)?;
        if !line.is_empty() && used + gap + width <= COLUMN {
            line.extend(&space);
            line.extend(glyphs);
            used += gap + width;
            continue;
        }
        if !line.is_empty() {
            // The space stays at the end of the line, so that copied text keeps its words apart.
            line.extend(&space);
            lines.push(std::mem::take(&mut line));
        }
        used = 0.0;
        for glyph in glyphs {
            let wide = face.advance(glyph) * size / 1000.0;
            if used + wide > COLUMN {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line.push(glyph);
            used += wide;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    Ok(lines)
}
