//! The server's one error: what kind, words for the person, and a private cause for the log.
//! Words and causes never hold a name, an ID number, a phone, an answer, a token or a ticket's code.

use std::fmt;

/// What went wrong, by what the other side can do about it. Codes are those of `wire::message::Refusal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// no such ticket
    TicketUnknown,
    /// the ticket was used
    TicketUsed,
    /// the ticket has expired
    TicketExpired,
    /// too many attempts
    Attempts,
    /// the device is revoked
    DeviceRevoked,
    /// no or an unknown token
    Token,
    /// the protocol version is not served here
    Version,
    /// the body or its content is too large
    TooLarge,
    /// the body is not a message
    Malformed,
    /// a lean change lacks what is not known here
    Whole,
    /// too many rounds at once
    Busy,
    /// the device has brought too much today
    Quota,
    /// the person's title does not allow it
    Permit,
    /// no such thing
    NotFound,
    /// the operator's request cannot be done as asked
    Invalid,
    /// our mistake, or the disk's
    Internal,
}

impl Why {
    /// The code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::TicketUnknown => "ticket_unknown",
            Self::TicketUsed => "ticket_used",
            Self::TicketExpired => "ticket_expired",
            Self::Attempts => "attempts",
            Self::DeviceRevoked => "device_revoked",
            Self::Token => "token",
            Self::Version => "version",
            Self::TooLarge => "too_large",
            Self::Malformed => "malformed",
            Self::Whole => "whole",
            Self::Busy => "busy",
            Self::Quota => "quota",
            Self::Permit => "permit",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Internal => "internal",
        }
    }

    /// The HTTP status that goes with it.
    pub fn status(self) -> u16 {
        match self {
            Self::TicketUnknown | Self::DeviceRevoked | Self::Permit => 403,
            Self::TicketUsed | Self::TicketExpired => 410,
            Self::Whole => 409,
            Self::Attempts | Self::Quota => 429,
            Self::Token => 401,
            Self::Version => 426,
            Self::TooLarge => 413,
            Self::Malformed | Self::Invalid => 400,
            Self::Busy => 503,
            Self::NotFound => 404,
            Self::Internal => 500,
        }
    }
}

/// An error with words for the person and a cause for the log.
#[derive(Debug)]
pub struct Error {
    /// what the other side can do about it
    pub why: Why,
    /// words for the person, Chinese first
    pub words: String,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with words for the person.
    pub fn new(why: Why, words: impl Into<String>) -> Self {
        Self { why, words: words.into(), cause: None }
    }

    /// The operator's request cannot be done as asked.
    pub fn invalid(words: impl Into<String>) -> Self {
        Self::new(Why::Invalid, words)
    }

    /// Our mistake, or the disk's.
    pub fn internal(words: impl Into<String>) -> Self {
        Self::new(Why::Internal, words)
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

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        Self::internal("读写文件失败。 A file could not be read or written.").because(e)
    }
}

impl From<app_core::Error> for Error {
    fn from(e: app_core::Error) -> Self {
        let words = e.words.clone();
        let why = match e.kind {
            app_core::error::Kind::Invalid | app_core::error::Kind::Form => Why::Invalid,
            app_core::error::Kind::Damaged => Why::Malformed,
            // The wire's word for a framing of another version.
            app_core::error::Kind::Refused => Why::Version,
            app_core::error::Kind::Pin
            | app_core::error::Kind::Locked
            | app_core::error::Kind::Offline
            | app_core::error::Kind::Stopped
            | app_core::error::Kind::Disk
            | app_core::error::Kind::Internal => Why::Internal,
        };
        Self::new(why, words).because(e)
    }
}
