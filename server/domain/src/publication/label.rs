//! How the record names a speaker. House people carry name and office; those who ask are named as the series' policy says,
//! in every output alike, because what the policy hides is not in the record at all.

use crate::{event::AskerPolicy, person::NameCard};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case", deny_unknown_fields)]
pub enum Speaker {
    /// Speaks for the house or as its guest.
    House { name: String, office: Option<String> },
    /// Press, named with the outlet.
    Press { name: String, outlet: Option<String> },
    /// Press, by outlet only.
    Outlet { outlet: String },
    /// Press, not named: "QUESTION".
    Asker,
    /// Nobody could tell who spoke.
    Unknown,
}

/// The label of a speaker with this card; `press` says that the person is here as a journalist.
pub fn label(card: &NameCard, press: bool, policy: AskerPolicy) -> Speaker {
    let outlet = card
        .outlet
        .as_deref()
        .map(str::trim)
        .filter(|outlet| !outlet.is_empty());
    let name = card.name.trim();
    match (press, policy) {
        (false, _) if name.is_empty() => Speaker::Unknown,
        (false, _) => Speaker::House {
            name: name.to_owned(),
            office: card.office.clone(),
        },
        (true, AskerPolicy::NameAndOutlet) if !name.is_empty() => Speaker::Press {
            name: name.to_owned(),
            outlet: outlet.map(str::to_owned),
        },
        (true, AskerPolicy::NameAndOutlet | AskerPolicy::OutletOnly) => {
            outlet.map_or(Speaker::Asker, |outlet| Speaker::Outlet {
                outlet: outlet.to_owned(),
            })
        }
        (true, AskerPolicy::Unnamed) => Speaker::Asker,
    }
}

impl Speaker {
    /// One line as captions and plain text show it.
    pub fn line(&self) -> String {
        match self {
            Self::House {
                name,
                office: Some(office),
            } => format!("{name}, {office}"),
            Self::House { name, office: None } => name.clone(),
            Self::Press {
                name,
                outlet: Some(outlet),
            } => format!("{name}, {outlet}"),
            Self::Press { name, outlet: None } => name.clone(),
            Self::Outlet { outlet } => outlet.clone(),
            Self::Asker => "QUESTION".to_owned(),
            Self::Unknown => String::new(),
        }
    }

    pub fn is_press(&self) -> bool {
        matches!(self, Self::Press { .. } | Self::Outlet { .. } | Self::Asker)
    }
}
