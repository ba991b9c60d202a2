//! Ruhu 入户: the core of an offline-first household survey.
//!
//! Layers in reading order; imports go down only (see `docs/ARCHITECTURE.md`, checked by `tests/layers.rs`):
//!
//! 1. [`domain`]: the notice's nouns
//! 2. [`xlsform`]: workbook → form → instance
//! 3. [`policy`]: the pack, its rules, and which form is for whom
//! 4. [`approvals`]: who may write what
//!    and [`reports`]: tables and papers that leave the app
//! 5. [`document`]: the household file (automerge)
//! 6. [`wire`]: what leaves the device
//! 7. [`storage`]: the device database
//! 8. [`sync`]: a round with the server
//! 9. [`service`]: the app's verbs
//! 10. [`api`]: what the screens see
//! 11. [`testing`]: builders for tests and benches
//!
//! Beside them [`error`], the one error, [`told`], a sentence in both languages, and [`stdout`], how a program says its answer.

pub mod api;
pub mod approvals;
pub mod document;
pub mod domain;
pub mod error;
pub mod policy;
pub mod reports;
pub mod service;
pub mod stdout;
pub mod storage;
pub mod sync;
pub mod testing;
pub mod told;
pub mod wire;
pub mod xlsform;

pub use error::{Error, Result};
