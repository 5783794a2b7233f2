//! From a corrected transcript to a released edition: who may release it, what exactly is released, and how anybody can
//! check it later without asking us. An edition is frozen; a correction is a further edition, the earlier stays readable.

pub mod bundle;
pub mod canonical;
mod changes;
mod compile;
pub mod export;
mod label;
mod life;
mod manifest;
mod numbering;
pub mod quote;
mod record;
mod render;
pub mod search;
mod timeline;

pub use changes::{Change, changes};
pub use compile::{Asked, Draft, compile};
pub use label::{Speaker, label};
pub use life::{Desk, DeskRefusal, DeskState, Submission};
pub use manifest::{MANIFEST_FORMAT, Manifest, Previous, RevisionEntry, entries, manifest};
pub use numbering::{Anchor, Numbering, Part};
pub use record::{
    Block, Correction, EventFacts, MachineHelp, MediaFile, RECORD_FORMAT, Record, RecordSegment, RecordWaits,
    TranscriptLabel,
};
pub use render::{captions, heading, plain_text, subtitles};
pub use timeline::{Kept, Timeline};

#[cfg(test)]
mod tests;
