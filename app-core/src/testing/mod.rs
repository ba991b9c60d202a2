//! Builders for tests and benches: invented households and visits, laid out as the app writes them. Plain and documented.
//!
//! Here lives what the dictionary, the byte counts, the benches and the server's load share. Nothing of the product uses it (the
//! topmost layer, `tests/layers.rs`); no IO, no clock: the same seed makes the same bytes for ever. ID numbers start with
//! 999999; names are made from lists; no place is real. Start with [`imported`] and [`visited`].

mod dice;
mod forms;
mod household;
mod push;
mod revised;
mod visit;

pub use dice::{Dice, name};
pub use household::{IMPORTED, founding, household, imported};
pub use push::{request, visited};
pub use revised::Revised;
pub use visit::{FORMS, Worker, visit};
