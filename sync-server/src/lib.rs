//! Ruhu's sync server: axum over one SQLite file, nothing to install. What it does and how to run it: docs/server.md.
//!
//! In reading order:
//!
//! 1. [`settings`]: bounds and paths; [`error`]: the one error
//! 2. [`store`]: what it remembers, and the verbs to ask and change it
//! 3. [`keys`] and [`officer`]: its own keys; who gets in; [`letters`]: whom it knows again after a restore
//! 4. [`register`]: the office's register becomes household files; [`demo`]: an invented township
//! 5. [`intake`]: a push is judged change by change; [`delivery`]: what a device has not heard yet
//! 6. [`routes`]: HTTP; [`serve`]: listening and stopping
//! 7. [`ops`]: init, backup, restore, check, digest

pub mod delivery;
pub mod demo;
pub mod error;
pub mod intake;
pub mod keys;
pub mod letters;
pub mod officer;
pub mod ops;
pub mod register;
pub mod routes;
pub mod serve;
pub mod settings;
pub mod store;

pub use error::{Error, Result};

/// Now, in seconds since 1970.
pub fn now() -> i64 {
    chrono::Utc::now().timestamp()
}
