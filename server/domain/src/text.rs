//! Texts that people read exist per language.

mod fold;

pub use fold::{fold, words};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// A BCP 47 language tag as the house uses it: `vi`, `en`, `fr`.
pub type Lang = String;

/// One text in several languages; ordered, so that it serialises to the same bytes every time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Text(pub BTreeMap<Lang, String>);

impl Text {
    pub fn in_one(lang: &str, text: &str) -> Self {
        Self(BTreeMap::from([(lang.to_owned(), text.to_owned())]))
    }

    /// The text in `lang`, else in English, else in the first language there is.
    pub fn read(&self, lang: &str) -> &str {
        self.0
            .get(lang)
            .or_else(|| self.0.get("en"))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }
}
