//! What the press corps shows and says: portraits drawn by `assets/make.sh`, and recorded human speech (the tests'
//! fixtures, with their provenance beside them).

use crate::{
    ivf::{Clip, IvfError, read_clip},
    voice::{Voice, VoiceError},
};

macro_rules! speech {
    ($name:literal) => {
        Voice::read(
            include_bytes!(concat!("../../../tests/fixtures/speech/", $name, ".opus")),
            include_str!(concat!("../../../tests/fixtures/speech/", $name, ".txt")),
        )
    };
}

/// A face to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portrait {
    Chair,
    Spokesperson,
    Mai,
    Claire,
    Sato,
    Amina,
}

impl Portrait {
    pub fn clip(self) -> Result<Clip, IvfError> {
        read_clip(match self {
            Self::Chair => include_bytes!("../assets/chair.ivf"),
            Self::Spokesperson => include_bytes!("../assets/spokesperson.ivf"),
            Self::Mai => include_bytes!("../assets/mai.ivf"),
            Self::Claire => include_bytes!("../assets/claire.ivf"),
            Self::Sato => include_bytes!("../assets/sato.ivf"),
            Self::Amina => include_bytes!("../assets/amina.ivf"),
        })
    }
}

/// Read by one voice: what the spokesperson says.
pub fn statements() -> Result<Vec<Voice>, VoiceError> {
    Ok(vec![
        speech!("spokesperson-1")?,
        speech!("spokesperson-2")?,
        speech!("spokesperson-3")?,
    ])
}

/// Read by another voice: what journalists ask.
pub fn questions() -> Result<Vec<Voice>, VoiceError> {
    Ok(vec![
        speech!("journalist-a-1")?,
        speech!("journalist-a-2")?,
        speech!("journalist-a-3")?,
        speech!("journalist-b-1")?,
    ])
}

/// Everything there is.
pub fn speech() -> Result<Vec<Voice>, VoiceError> {
    let mut all = statements()?;
    all.extend(questions()?);
    Ok(all)
}

#[cfg(test)]
mod tests;
