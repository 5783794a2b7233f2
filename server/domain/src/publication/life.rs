//! The desk's state for one event: draft, under review, released. Four eyes: nobody who edited or submitted a text releases it.

use crate::{id::PersonId, text::Text, time::Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DeskState {
    #[default]
    Draft,
    /// Waiting for a reviewer; the text stands still.
    Submitted { by: PersonId, at: Timestamp },
    /// Released and not touched since.
    Published,
}

/// Where an event's record stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    #[serde(flatten)]
    pub state: DeskState,
    /// From the reviewer who gave the text back.
    pub note: Option<String>,
    /// What the next edition corrects, for the public.
    pub correction: Option<Text>,
    /// Number of the newest edition; 0: none yet.
    pub editions: u32,
    /// Everybody whose words or decisions the next edition would release for the first time.
    pub editors: BTreeSet<PersonId>,
    /// Whether a change since the last edition needs a public correction.
    pub sense_changed: bool,
}

/// What is true of the event when its text is submitted or released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The room has ended.
    pub event_over: bool,
    /// Segments that would be published.
    pub segments: usize,
    /// The programme file is being made; its checksum belongs to the edition.
    pub programme_pending: bool,
    /// Words came in after the text was submitted (late machine text).
    pub changed_since: bool,
}

/// Why the desk refuses; [`DeskRefusal::code`] is stable for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeskRefusal {
    #[error("the text is under review: have it returned before you change it")]
    UnderReview,
    #[error("the text has not been submitted")]
    NotSubmitted,
    #[error("the event is not over")]
    EventNotOver,
    #[error("there is nothing to publish")]
    Empty,
    #[error("nothing has changed since the last edition")]
    Unchanged,
    #[error("the sense changed after publication: say publicly what is corrected")]
    CorrectionMissing,
    #[error("whoever edited or submitted this text may not release it")]
    FourEyes,
    #[error("the programme file is still being made")]
    ProgrammePending,
    #[error("words came in after the text was submitted: have it returned and read again")]
    ChangedSince,
}

impl DeskRefusal {
    pub fn code(self) -> &'static str {
        match self {
            Self::UnderReview => "under_review",
            Self::NotSubmitted => "not_submitted",
            Self::EventNotOver => "event_not_over",
            Self::Empty => "empty",
            Self::Unchanged => "unchanged",
            Self::CorrectionMissing => "correction_missing",
            Self::FourEyes => "four_eyes",
            Self::ProgrammePending => "programme_pending",
            Self::ChangedSince => "changed_since",
        }
    }
}

impl Desk {
    /// Somebody (or, with `None`, a machine) changes the text. After a release this opens the next edition's draft.
    pub fn edited(mut self, by: Option<PersonId>, needs_correction: bool) -> Result<Self, DeskRefusal> {
        if matches!(self.state, DeskState::Submitted { .. }) {
            return Err(DeskRefusal::UnderReview);
        }
        self.state = DeskState::Draft;
        self.editors.extend(by);
        self.sense_changed |= needs_correction && self.editions > 0;
        Ok(self)
    }

    pub fn submit(
        mut self,
        by: PersonId,
        at: Timestamp,
        correction: Option<Text>,
        is: Submission,
    ) -> Result<Self, DeskRefusal> {
        match self.state {
            DeskState::Submitted { .. } => return Err(DeskRefusal::UnderReview),
            DeskState::Published => return Err(DeskRefusal::Unchanged),
            DeskState::Draft => {}
        }
        if !is.event_over {
            return Err(DeskRefusal::EventNotOver);
        }
        if is.segments == 0 {
            return Err(DeskRefusal::Empty);
        }
        let correction = correction.or(self.correction.take()).filter(|text| !text.0.is_empty());
        if self.sense_changed && correction.is_none() {
            return Err(DeskRefusal::CorrectionMissing);
        }
        self.correction = correction;
        self.state = DeskState::Submitted { by, at };
        self.note = None;
        self.editors.insert(by);
        Ok(self)
    }

    pub fn give_back(mut self, note: String) -> Result<Self, DeskRefusal> {
        let DeskState::Submitted { .. } = self.state else {
            return Err(DeskRefusal::NotSubmitted);
        };
        self.state = DeskState::Draft;
        self.note = Some(note).filter(|note| !note.trim().is_empty());
        Ok(self)
    }

    /// The desk after the release and what the edition says about corrections; the edition's number is `desk.editions`.
    pub fn release(mut self, by: PersonId, is: Submission) -> Result<(Self, Option<Text>), DeskRefusal> {
        let DeskState::Submitted { by: submitter, .. } = self.state else {
            return Err(DeskRefusal::NotSubmitted);
        };
        if by == submitter || self.editors.contains(&by) {
            return Err(DeskRefusal::FourEyes);
        }
        if is.segments == 0 {
            return Err(DeskRefusal::Empty);
        }
        if is.programme_pending {
            return Err(DeskRefusal::ProgrammePending);
        }
        if is.changed_since {
            return Err(DeskRefusal::ChangedSince);
        }
        let correction = self.correction.take();
        self = Self {
            state: DeskState::Published,
            editions: self.editions + 1,
            ..Self::default()
        };
        Ok((self, correction))
    }
}
