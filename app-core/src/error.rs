//! The crate's one error. Public words (what happened, what is safe, what to do) apart from the private cause,
//! which never holds a name, an ID number, a phone or an answer.

use std::fmt;

/// What went wrong, by what the person can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The request cannot be done as asked (unknown id, wrong value, not allowed in this state).
    Invalid,
    /// A form, pack or workbook is faulty; the message names sheet, row and column.
    Form,
    /// Wrong PIN or password; the message says how many attempts are left or how long to wait.
    Pin,
    /// The device is locked, not enrolled, or its lease has ended.
    Locked,
    /// The server refuses: ticket used or expired, device revoked, outside the scope.
    Refused,
    /// The server cannot be reached. Everything typed is safe on this device.
    Offline,
    /// Somebody asked long work to stop, and it did. What came until then is kept.
    Stopped,
    /// The disk is full or cannot be written. The last answer is not saved.
    Disk,
    /// Stored or received bytes are damaged.
    Damaged,
    /// Our mistake.
    Internal,
}

/// An error with words for the person and a cause for the log.
#[derive(Debug)]
pub struct Error {
    /// What the person can do about it.
    pub kind: Kind,
    /// Words for the person, Chinese first; no personal data.
    pub words: String,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with words for the person.
    pub fn new(kind: Kind, words: impl Into<String>) -> Self {
        Self { kind, words: words.into(), cause: None }
    }

    /// The request cannot be done as asked.
    pub fn invalid(words: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, words)
    }

    /// Our mistake.
    pub fn internal(words: impl Into<String>) -> Self {
        Self::new(Kind::Internal, words)
    }

    /// Stored or received bytes are damaged.
    pub fn damaged(words: impl Into<String>) -> Self {
        Self::new(Kind::Damaged, words)
    }

    /// Keeps the private cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|c| c as &(dyn std::error::Error + 'static))
    }
}
