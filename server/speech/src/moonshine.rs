//! Moonshine tiny (English) on ONNX Runtime: the default engine. Its cost follows the length of the clip (about 3 % of
//! one core), so short clips can be decoded again and again while somebody speaks. Runs on one thread: ONNX Runtime's
//! thread pools spin, and on a busy machine that costs more than it gives.

mod tokenizer;

use crate::engine::{Caps, ClipRecognizer, EngineError, Hints, Hypothesis, SAMPLE_RATE};
use ort::{
    environment::Environment,
    session::{Session, SessionInputValue},
    value::{DynValue, Tensor},
};
use std::{
    borrow::Cow,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};
use tokenizer::Tokenizer;

const LAYERS: usize = 6;
const HEADS: usize = 8;
const HEAD_SIZE: usize = 36;
const BEGIN: i64 = 1;
const END: usize = 2;
/// The decoder never stops on some noises. People speak at most about 6 tokens a second; more is repetition.
const TOKENS_PER_SECOND: f64 = 6.5;
/// The encoder's convolutions need this much sound to give one frame.
const SHORTEST: usize = SAMPLE_RATE / 10;

/// The file names inside a model folder.
pub const LIBRARY: &str = "libonnxruntime.so";
const ENCODER: &str = "encoder_model.ort";
const DECODER: &str = "decoder_model_merged.ort";
const TOKENIZER: &str = "tokenizer.bin";

pub struct Moonshine {
    encoder: Session,
    decoder: Session,
    tokenizer: Tokenizer,
    caps: Caps,
}

impl Moonshine {
    /// Loads the model from `folder`; ONNX Runtime from `library`, or from the same folder.
    pub fn load(folder: &Path, library: Option<&Path>) -> Result<Self, EngineError> {
        let beside = folder.join(LIBRARY);
        for name in [ENCODER, DECODER, TOKENIZER] {
            let file = folder.join(name);
            if !file.is_file() {
                return Err(EngineError::ModelMissing(file));
            }
        }
        let environment = environment(library.unwrap_or(&beside))?;
        let tokenizer_file = folder.join(TOKENIZER);
        let tokenizer = std::fs::read(&tokenizer_file)
            .map_err(|error| error.to_string())
            .and_then(|bytes| Tokenizer::parse(&bytes).map_err(|error| error.to_string()))
            .map_err(|why| EngineError::ModelDamaged {
                file: tokenizer_file,
                why,
            })?;
        Ok(Self {
            encoder: session(&environment, folder.join(ENCODER))?,
            decoder: session(&environment, folder.join(DECODER))?,
            tokenizer,
            caps: Caps {
                engine: "moonshine".to_owned(),
                model: "moonshine-tiny-en".to_owned(),
                languages: vec!["en".to_owned()],
                punctuates: true,
                leaves_host: false,
            },
        })
    }

    fn decode(&mut self, pcm: &[f32]) -> Result<Hypothesis, DecodeError> {
        let samples = pcm.len();
        let mask = Tensor::from_array(([1, samples], vec![1_i64; samples]))?;
        let mut encoded = self.encoder.run(ort::inputs![
            "input_values" => Tensor::from_array(([1, samples], pcm.to_vec()))?,
            "attention_mask" => mask.view(),
        ])?;
        let first_output = encoded
            .keys()
            .next()
            .ok_or(DecodeError::Output("hidden states"))?
            .to_owned();
        let hidden = encoded
            .remove(&first_output)
            .ok_or(DecodeError::Output("hidden states"))?;
        drop(encoded);

        let mut memory = Memory::empty()?;
        let mut chosen = Vec::new();
        let mut log_probability = 0.0;
        let mut current = BEGIN;
        let longest = (samples as f64 / SAMPLE_RATE as f64 * TOKENS_PER_SECOND).ceil() as usize + 4;
        while chosen.len() < longest {
            let first = chosen.is_empty();
            let mut inputs: Vec<(Cow<'_, str>, SessionInputValue<'_>)> = vec![
                ("input_ids".into(), Tensor::from_array(([1, 1], vec![current]))?.into()),
                ("encoder_hidden_states".into(), (&hidden).into()),
                // One entry per sample, not per encoder frame: the model works that out by itself.
                ("encoder_attention_mask".into(), (&mask).into()),
                (
                    "use_cache_branch".into(),
                    Tensor::from_array(([1], vec![!first]))?.into(),
                ),
            ];
            inputs.extend(memory.inputs());
            let mut outputs = self.decoder.run(inputs)?;
            let (_, logits) = outputs
                .get("logits")
                .ok_or(DecodeError::Output("logits"))?
                .try_extract_tensor()?;
            let (best, probability) = most_likely(logits).ok_or(DecodeError::Output("logits"))?;
            log_probability += probability;
            memory.update(&mut outputs, first)?;
            if best == END {
                break;
            }
            chosen.push(best);
            current = best as i64;
        }
        Ok(Hypothesis {
            text: self.tokenizer.text(&chosen),
            confidence: Some((log_probability / (chosen.len() + 1) as f32).exp().clamp(0.0, 1.0)),
        })
    }
}

impl ClipRecognizer for Moonshine {
    fn caps(&self) -> &Caps {
        &self.caps
    }

    fn recognize(&mut self, pcm: &[f32], lang: &str, _: &Hints<'_>) -> Result<Hypothesis, EngineError> {
        if !self.caps.understands(lang) {
            return Err(EngineError::Language(lang.to_owned()));
        }
        if pcm.len() < SHORTEST {
            return Ok(Hypothesis {
                text: String::new(),
                confidence: None,
            });
        }
        self.decode(pcm).map_err(|error| EngineError::Run(error.to_string()))
    }
}

#[derive(Debug, thiserror::Error)]
enum DecodeError {
    #[error(transparent)]
    Runtime(#[from] ort::Error),
    #[error("the model gave no {0}")]
    Output(&'static str),
}

/// Keys and values of the tokens so far and of the encoded sound, as the decoder gave them.
struct Memory(Vec<Past>);

struct Past {
    input: String,
    output: String,
    /// Of the encoded sound: given in the first step only, empty afterwards.
    of_encoder: bool,
    value: DynValue,
}

impl Memory {
    /// One zero per head: the model wants something of the right shape before the first token.
    fn empty() -> Result<Self, ort::Error> {
        let mut past = Vec::with_capacity(LAYERS * 4);
        for layer in 0..LAYERS {
            for side in ["decoder", "encoder"] {
                for part in ["key", "value"] {
                    let zeros = vec![0.0_f32; HEADS * HEAD_SIZE];
                    past.push(Past {
                        input: format!("past_key_values.{layer}.{side}.{part}"),
                        output: format!("present.{layer}.{side}.{part}"),
                        of_encoder: side == "encoder",
                        value: Tensor::from_array(([1, HEADS, 1, HEAD_SIZE], zeros))?.into_dyn(),
                    });
                }
            }
        }
        Ok(Self(past))
    }

    fn inputs(&self) -> impl Iterator<Item = (Cow<'_, str>, SessionInputValue<'_>)> {
        self.0
            .iter()
            .map(|past| (past.input.as_str().into(), (&past.value).into()))
    }

    fn update(&mut self, outputs: &mut ort::session::SessionOutputs<'_>, first: bool) -> Result<(), DecodeError> {
        for past in self.0.iter_mut().filter(|past| first || !past.of_encoder) {
            past.value = outputs
                .remove(&past.output)
                .ok_or(DecodeError::Output("keys and values"))?;
        }
        Ok(())
    }
}

/// The best of the last step's scores and the logarithm of its probability.
fn most_likely(logits: &[f32]) -> Option<(usize, f32)> {
    let (best, &top) = logits.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    let sum: f32 = logits.iter().map(|score| (score - top).exp()).sum();
    Some((best, -sum.ln()))
}

fn session(environment: &Environment, file: PathBuf) -> Result<Session, EngineError> {
    let open = || -> Result<Session, ort::Error> {
        Session::builder(environment)?
            .with_intra_threads(1)?
            .with_inter_threads(1)?
            .commit_from_file(&file)
    };
    open().map_err(|error| EngineError::ModelDamaged {
        why: error.to_string(),
        file: file.clone(),
    })
}

/// ONNX Runtime allows one environment in a process; all engines share it.
fn environment(library: &Path) -> Result<Environment, EngineError> {
    static LOADED: Mutex<Option<Environment>> = Mutex::new(None);
    // Set in one step after everything else worked, so a poisoned lock holds good state.
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = &*loaded {
        return Ok(environment.clone());
    }
    if !library.is_file() {
        return Err(EngineError::LibraryMissing(library.to_owned()));
    }
    // A relative path would be looked up beside the program and then in the system's library folders.
    let path = std::path::absolute(library).unwrap_or_else(|_| library.to_owned());
    let unusable = |why: String| EngineError::LibraryUnusable {
        path: path.clone(),
        why,
    };
    let environment = ort::init_from(&path)
        .map_err(|error| match error {
            ort::LoadDynamicError::BadVersion { version_str, path } => EngineError::LibraryVersion {
                path,
                found: version_str,
                needed: ort::MINOR_VERSION,
            },
            other => unusable(other.to_string()),
        })?
        .with_telemetry(false)
        .build()
        .map_err(|error| unusable(error.to_string()))?;
    Ok(loaded.insert(environment).clone())
}
