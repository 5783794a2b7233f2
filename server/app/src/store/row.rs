//! Reading a row into typed values. A cell that does not parse is an incident (`StoreError::Inconsistent`), told with its column.

use super::StoreError;
use rostrum_domain::time::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row, any::AnyRow};
use std::{fmt::Display, str::FromStr};

pub(crate) trait Cells {
    fn text(&self, column: &str) -> Result<String, StoreError>;
    fn text_opt(&self, column: &str) -> Result<Option<String>, StoreError>;
    fn int(&self, column: &str) -> Result<i64, StoreError>;
    fn int_opt(&self, column: &str) -> Result<Option<i64>, StoreError>;

    fn truth(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    fn time(&self, column: &str) -> Result<Timestamp, StoreError> {
        self.int(column).map(Timestamp)
    }

    fn time_opt(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.int_opt(column)?.map(Timestamp))
    }

    fn count(&self, column: &str) -> Result<u32, StoreError> {
        u32::try_from(self.int(column)?).map_err(|error| wrong(column, error))
    }

    fn id<T: FromStr<Err: Display>>(&self, column: &str) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|error| wrong(column, error))
    }

    fn id_opt<T: FromStr<Err: Display>>(&self, column: &str) -> Result<Option<T>, StoreError> {
        self.text_opt(column)?
            .map(|text| text.parse().map_err(|error| wrong(column, error)))
            .transpose()
    }

    fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(column)?).map_err(|error| wrong(column, error))
    }

    fn json_opt<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, StoreError> {
        self.text_opt(column)?
            .map(|text| serde_json::from_str(&text).map_err(|error| wrong(column, error)))
            .transpose()
    }

    /// A plain enum, stored as its word.
    fn word<T: DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        serde_json::from_value(self.text(column)?.into()).map_err(|error| wrong(column, error))
    }
}

impl Cells for AnyRow {
    fn text(&self, column: &str) -> Result<String, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn text_opt(&self, column: &str) -> Result<Option<String>, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn int(&self, column: &str) -> Result<i64, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn int_opt(&self, column: &str) -> Result<Option<i64>, StoreError> {
        Ok(self.try_get(column)?)
    }
}

/// A plain enum as its word: `Role::Chair` is `chair`.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("a plain enum serialises to one word, not to {other:?}"),
    }
}

/// A value as JSON text. Our stored types have string keys and no failing parts.
pub(crate) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("stored types are plain JSON")
}

fn wrong(column: &str, error: impl Display) -> StoreError {
    StoreError::Inconsistent(format!("column {column}: {error}"))
}
