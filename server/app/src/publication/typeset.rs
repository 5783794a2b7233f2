//! An edition on paper: what stands on it (`content`), how it falls into lines and pages (`pages`), the tagged PDF (`pdf`)
//! and the word-processor document (`docx`). Functions of the frozen edition, so they can be made again byte for byte.

mod content;
mod docx;
mod pages;
mod pdf;
mod typeface;

pub use content::{Paper, Piece, Rank, Said, paper};
pub use docx::docx;
pub use pages::can_set;
pub use pdf::pdf;

/// Why an edition could not be put on paper.
#[derive(Debug, thiserror::Error)]
pub enum TypesetError {
    /// Better no document than one with boxes where a name should be.
    #[error("the typeface has no letter {0:?}")]
    NoLetter(char),
    #[error("the typeface cannot be read: {0}")]
    Typeface(#[from] ttf_parser::FaceParsingError),
    #[error("the container cannot be written: {0}")]
    Container(#[from] zip::result::ZipError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

#[cfg(test)]
mod tests;
