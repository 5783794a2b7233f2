//! What can go wrong below the store. Absence is `Ok(None)`, never an error.

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique value is taken: somebody else was first.
    #[error("already there")]
    Conflict,
    /// A row points to something that is not there.
    #[error("refers to something that does not exist")]
    Dangling,
    /// A stored value cannot be read back: an incident, not a case.
    #[error("the database holds something impossible: {0}")]
    Inconsistent(String),
    /// No connection became free in time.
    #[error("the database is busy")]
    Busy,
    #[error("database: {0}")]
    Driver(sqlx::Error),
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

impl StoreError {
    /// For a column whose content does not parse.
    pub fn inconsistent(what: impl std::fmt::Display) -> Self {
        Self::Inconsistent(what.to_string())
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy;
        }
        match error.as_database_error().map(|error| error.kind()) {
            Some(sqlx::error::ErrorKind::UniqueViolation) => Self::Conflict,
            Some(sqlx::error::ErrorKind::ForeignKeyViolation) => Self::Dangling,
            _ => Self::Driver(error),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Inconsistent(error.to_string())
    }
}
