//! A workbook compiled: [`Form`], immutable and shared. Start at `model.rs`; `load.rs` shows the order of work.
//!
//! What cannot be run is refused here, by sheet, row and column, never at run time.

mod checks;
mod choices;
mod graph;
mod header;
mod load;
mod loops;
mod model;
mod parameters;
pub(crate) mod range;
mod reads;
mod resolve;
mod structure;
mod type_names;
mod types;
mod words;

pub use choices::{Choice, ChoiceList};
pub use graph::{Edge, Graph, Slot, SlotKind};
pub use load::compile;
pub use model::{Form, Formula, Question, QuestionId, Setter};
pub(crate) use resolve::LAST_SAVED;
pub use types::{Kind, Shape};
pub use words::{Piece, Words};

#[cfg(test)]
mod tests;
