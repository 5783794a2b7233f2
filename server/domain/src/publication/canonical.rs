//! One value, one sequence of bytes: JSON by RFC 8785 (JCS), for values without fractional numbers. Hashes and signatures
//! are taken over these bytes, so anybody can make them again in any language.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;

#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    #[error("the value cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("fractional numbers have no single form here")]
    Fraction,
}

/// The canonical bytes of a value.
pub fn bytes(value: &impl Serialize) -> Result<Vec<u8>, CanonicalError> {
    let mut out = String::new();
    write(&serde_json::to_value(value)?, &mut out)?;
    Ok(out.into_bytes())
}

/// SHA-256 of the canonical bytes, as lower-case hexadecimal.
pub fn sha256(value: &impl Serialize) -> Result<String, CanonicalError> {
    Ok(sha256_of(&bytes(value)?))
}

/// SHA-256 of bytes, as lower-case hexadecimal.
pub fn sha256_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

fn write(value: &Value, out: &mut String) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) if number.is_f64() => return Err(CanonicalError::Fraction),
        Value::Number(number) => {
            let _ = write!(out, "{number}");
        }
        Value::String(text) => out.push_str(&serde_json::to_string(text)?),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (index, name) in names.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::to_string(name)?);
                out.push(':');
                write(&fields[name], out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}
