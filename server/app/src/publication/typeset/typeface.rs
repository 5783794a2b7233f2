//! The typeface of paper editions: which letters it has, and how wide they are. Vietnamese letters are precomposed glyphs,
//! so no shaping is needed; a script it does not have is refused, never drawn wrong.

use crate::publication::typeset::TypesetError;
use ttf_parser::Face;

static REGULAR: &[u8] = include_bytes!("fonts/be-vietnam-pro-400.ttf");
static STRONG: &[u8] = include_bytes!("fonts/be-vietnam-pro-600.ttf");

pub struct Typeface {
    pub name: &'static str,
    pub bytes: &'static [u8],
    pub weight: u16,
    face: Face<'static>,
}

impl Typeface {
    pub fn regular() -> Result<Self, TypesetError> {
        Self::read("BeVietnamPro-Regular", REGULAR, 400)
    }

    pub fn strong() -> Result<Self, TypesetError> {
        Self::read("BeVietnamPro-SemiBold", STRONG, 600)
    }

    fn read(name: &'static str, bytes: &'static [u8], weight: u16) -> Result<Self, TypesetError> {
        Ok(Self {
            name,
            bytes,
            weight,
            face: Face::parse(bytes, 0)?,
        })
    }

    /// The glyph of a letter.
    pub fn glyph(&self, letter: char) -> Result<u16, TypesetError> {
        match self.face.glyph_index(letter) {
            Some(glyph) => Ok(glyph.0),
            None => Err(TypesetError::NoLetter(letter)),
        }
    }

    /// Width of a glyph in thousandths of the type size.
    pub fn advance(&self, glyph: u16) -> f32 {
        let units = f32::from(
            self.face
                .glyph_hor_advance(ttf_parser::GlyphId(glyph))
                .unwrap_or_default(),
        );
        units * 1000.0 / f32::from(self.face.units_per_em())
    }

    pub fn glyphs(&self) -> u16 {
        self.face.number_of_glyphs()
    }

    /// Ascent, descent and height of capitals, in thousandths of the type size.
    pub fn heights(&self) -> [f32; 3] {
        let scale = 1000.0 / f32::from(self.face.units_per_em());
        let capitals = self.face.capital_height().unwrap_or(self.face.ascender());
        [self.face.ascender(), self.face.descender(), capitals].map(|units| f32::from(units) * scale)
    }

    /// Left, bottom, right and top of all glyphs, in thousandths of the type size.
    pub fn bounds(&self) -> [f32; 4] {
        let scale = 1000.0 / f32::from(self.face.units_per_em());
        let all = self.face.global_bounding_box();
        [all.x_min, all.y_min, all.x_max, all.y_max].map(|units| f32::from(units) * scale)
    }
}
