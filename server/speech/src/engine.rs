//! What any recogniser of finished sound clips must offer. Cutting speech into clips, times, partial captions and
//! queues live outside, so that a new engine is one file.

use crate::glossary::Term;
use std::path::PathBuf;

/// Samples a second of all sound that reaches an engine: mono, `f32`, -1 to 1.
pub const SAMPLE_RATE: usize = 16_000;

/// Turns a clip of speech into words. One instance per thread.
pub trait ClipRecognizer: Send {
    fn caps(&self) -> &Caps;

    /// Words of one clip of at most some ten seconds at [`SAMPLE_RATE`]. `lang` is a BCP 47 tag.
    fn recognize(&mut self, pcm: &[f32], lang: &str, hints: &Hints<'_>) -> Result<Hypothesis, EngineError>;
}

/// What an engine is and can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caps {
    pub engine: String,
    pub model: String,
    /// Primary language subtags, for instance `en`.
    pub languages: Vec<String>,
    /// Gives punctuation and capitals by itself.
    pub punctuates: bool,
    /// Sends sound to another machine: the organiser must have agreed.
    pub leaves_host: bool,
}

impl Caps {
    /// Whether speech in this language (BCP 47) can be understood.
    pub fn understands(&self, lang: &str) -> bool {
        let primary = lang.split(['-', '_']).next().unwrap_or_default();
        self.languages.iter().any(|known| known.eq_ignore_ascii_case(primary))
    }
}

/// What helps an engine that can take help.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    pub glossary: &'a [Term],
}

/// What an engine thinks was said.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    pub text: String,
    /// 0 to 1: geometric mean of the probabilities of the chosen tokens, when the engine knows them.
    pub confidence: Option<f32>,
}

/// Why an engine cannot be had or cannot answer. The sentences are for an operator.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("the speech model is not installed: {} is missing (run deploy/models/fetch.sh)", .0.display())]
    ModelMissing(PathBuf),
    #[error("the speech model is damaged: {}: {why}", .file.display())]
    ModelDamaged { file: PathBuf, why: String },
    #[error("ONNX Runtime is not installed: {} is missing (run deploy/models/fetch.sh)", .0.display())]
    LibraryMissing(PathBuf),
    #[error("ONNX Runtime at {} is version {found}; at least 1.{needed} is needed", .path.display())]
    LibraryVersion { path: PathBuf, found: String, needed: u32 },
    #[error("ONNX Runtime at {} cannot be loaded: {why}", .path.display())]
    LibraryUnusable { path: PathBuf, why: String },
    #[error("the speech engine does not understand the language {0:?}")]
    Language(String),
    #[error("the speech engine failed on a clip: {0}")]
    Run(String),
}
